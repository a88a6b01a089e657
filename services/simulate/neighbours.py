"""Invented words for the directory of a demo: what leaders and captains would have written down of some doors."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from infra.directory import Subject, Words

SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹"
CALLED: Final = ("先生", "女士", "阿姨", "叔叔", "老师")
NEEDS: Final = ("没有手机，由楼组长代登记", "行动不便，请送到门口", "需要冷藏的药", "家里有婴儿", "听力不好，请敲门")
NO_SUCH_PHONE: Final = "1380000{:04d}"
"""Nobody has a number of these."""
WRITTEN_DOWN: Final = 0.2
IN_NEED: Final = 0.12


def words_of(households: Iterable[str], draw: Random) -> Iterator[tuple[Subject, Words]]:
    for household in households:
        if draw.random() < WRITTEN_DOWN:
            name = draw.choice(SURNAMES) + draw.choice(CALLED)
            phone = NO_SUCH_PHONE.format(draw.randrange(10_000))
            need = draw.choice(NEEDS) if draw.random() < IN_NEED else ""
            yield Subject("household", household), Words(name=name, phone=phone, help=need)
