"""A column headed 付款 that says how somebody paid, or how much, instead of 已付: 微信, 现金, 转账25."""

import re
from typing import Final

from services.imports.forgetting import remembered

MEANS: Final = r"(?:微信|支付宝|银行卡?|云闪付|现金|红包|转账|转)"
MONEY: Final = r"[¥￥]?[1-9][0-9]*(?:\.[0-9]+)?(?:元|块)?"
HOW_PAID: Final = re.compile(
    rf"(?:已|已经)?{MEANS}(?:已?[收付转]|付款|支付|转账|红包|收款)?(?:了|{MONEY})?|"
    rf"(?:已|已经)?(?:[付收转交]|付款|收款|转账|支付)[清款]?(?:了|{MONEY}|了{MONEY})|已收|已收到|已交|{MONEY}|ok"
)


@remembered
def says_how_paid(state: str) -> bool:
    return HOW_PAID.fullmatch(state) is not None
