"""Passwords that are long enough and still the first to be guessed."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

LONGEST_PIECE: Final = 4
"""What is this short and repeated over and over, like ``abcabcabcabc``, is no longer for it."""
ROWS_MAKE: Final = 2
"""Up and down again, or twice the same row: still a row."""

COMMONEST: Final = frozenset(
    [
        "password12",
        "password123",
        "password1234",
        "password12345",
        "passw0rd123",
        "p4ssw0rd123",
        "mypassword",
        "passwordpassword",
        "qwertyuiop",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop123",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "q1w2e3r4t5",
        "1qaz2wsx3edc",
        "qazwsxedcrfv",
        "asdfghjkl1",
        "asdfghjkl123",
        "zxcvbnm123",
        "zxcvbnm1234",
        "asdfzxcv1234",
        "iloveyou12",
        "iloveyou123",
        "iloveyou1314",
        "woaini1314",
        "woaini520520",
        "woaini5201314",
        "woaiwojia123",
        "aini1314520",
        "5201314520",
        "1314520520",
        "52013141314",
        "520131452",
        "1314521521",
        "a123456789",
        "a1234567890",
        "aa12345678",
        "aa123456789",
        "abc1234567",
        "abc12345678",
        "abc123456789",
        "abcd123456",
        "abcd12345678",
        "abcde12345",
        "abc123abc123",
        "q123456789",
        "qq12345678",
        "qq123456789",
        "w123456789",
        "z123456789",
        "zxc123456789",
        "asd123456789",
        "qwe123456789",
        "123456789a",
        "1234567890a",
        "123456789q",
        "123456789qq",
        "123456789abc",
        "123456abcdef",
        "admin12345",
        "admin123456",
        "admin1234567",
        "adminadmin",
        "administrator",
        "administrator1",
        "root123456",
        "rootroot123",
        "test123456",
        "testtest123",
        "user123456",
        "guest12345",
        "welcome123",
        "welcome1234",
        "welcome2022",
        "letmein123",
        "letmein1234",
        "changeme12",
        "changeme123",
        "superman123",
        "sunshine123",
        "football123",
        "princess123",
        "dragon12345",
        "monkey12345",
        "computer123",
        "baogong123",
        "baogong1234",
        "baogong12345",
        "baogong2022",
        "baogongbaogong",
        "juweihui123",
        "shequ12345",
        "xiaoqu12345",
        "shanghai12",
        "shanghai123",
        "shanghai2022",
        "beijing123",
        "beijing2008",
        "zhongguo123",
        "china12345",
        "wuhanjiayou",
        "jiayou2022",
        "1472583690",
        "7894561230",
        "0147852369",
        "1029384756",
        "3141592653",
        "31415926535",
        "1122334455",
        "11223344556",
        "1357924680",
        "1231231234",
        "1111122222",
        "1234512345",
        "1234554321",
        "0102030405",
        "1020304050",
        "1212341234",
        "6666688888",
        "8888866666",
    ]
)

COMMON_WORDS: Final = tuple(
    """
    password passwd passw0rd pass admin administrator root test user guest login welcome letmein changeme secret
    qwerty qwertyuiop asdfgh zxcvbn abc love iloveyou woaini woaiwojia hello nihao baogong juweihui yeweihui
    wuye shequ xiaoqu tuangou tuanzhang louzhang zhiyuanzhe fangyi jiayou shanghai beijing wuhan zhongguo china
    runner gate sorter captain leader staff volunteer committee
    密码 口令 管理员 你好 我爱你 保供 居委会 业委会 物业 社区 小区 团购 团长 楼长 志愿者 防疫 加油 上海 北京 武汉 中国
    """.split()  # noqa: SIM905 — a list of eighty lines says no more
)
SHORTEST_WORD: Final = 2
FEW_LETTERS: Final = 3
"""Beside such words they make no password either, like ``hui`` behind the first part of a compound's name."""


def is_weak(password: str, words: Iterable[str] = ()) -> bool:
    """``words``: what everybody there knows, such as the name of the compound."""
    folded = password.casefold()
    bare = only_letters_and_digits(folded)
    if bare in COMMONEST or is_words_and_digits(bare, words):
        return True
    return any(is_repeated(text) or is_row(text) for text in (folded, bare) if text)


def only_letters_and_digits(text: str) -> str:
    return "".join(symbol for symbol in text.casefold() if symbol.isalnum())


def is_words_and_digits(bare: str, words: Iterable[str]) -> bool:
    """Nearly nothing is left of its letters without well-known words."""
    left = bare
    for word in sorted({only_letters_and_digits(each) for each in (*COMMON_WORDS, *words)}, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, " ")
    return left != bare and sum(symbol.isalpha() for symbol in left) <= FEW_LETTERS


def is_repeated(text: str) -> bool:
    """Made of one character or of one short piece."""
    pieces = (text[:size] for size in range(1, LONGEST_PIECE + 1) if 2 * size < len(text))
    return any((piece * len(text))[: len(text)] == text for piece in pieces)


def is_row(text: str) -> bool:
    """Digits or letters in the order of the alphabet, forwards or backwards; 0 follows 9."""
    rows, before = 1, 0
    for one, next_one in pairwise(text):
        step = step_between(one, next_one)
        if before and step != before:
            rows, before = rows + 1, 0
        elif not before:
            if abs(step) != 1:
                return False
            before = step
    return rows <= ROWS_MAKE


def step_between(one: str, other: str) -> int:
    if {one, other} == {"9", "0"}:
        return 1 if one == "9" else -1
    return ord(other) - ord(one)
