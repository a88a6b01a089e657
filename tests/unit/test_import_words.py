import ast
import re
from pathlib import Path

import pytest

import infra
import services.imports
from domain.community import doors
from services.imports import households, order_stands, orders
from services.pages import import_words
from services.pages.import_words import PATTERNS, REFUSED, ROWS, TABLES, row_text, table_text
from services.pages.language import say

CHINESE = re.compile("[\u4e00-\u9fff]")
READERS = [*Path(services.imports.__path__[0]).glob("*.py"), *Path(infra.__path__[0]).glob("*.py")]
ERRORS = {"UnreadableTable", "UnreadableFile", "Bomb", "NotText"}


def reasons_raised():
    """(reason, text) of every error that a reader raises; what is filled in stands as «sheet»."""
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                reason, text = node.args[0], node.args[1]
                if isinstance(reason, ast.Constant) and not isinstance(text, ast.Name | ast.Attribute):
                    yield reason.value, text_of(text)


def text_of(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else filled_in(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) else ""


def filled_in(part):
    name = getattr(part.value, "id", "")
    return {"form": "a row per good", "needed": "needed are a door"}.get(name, "3" if name == "twins" else "filled-in")


@pytest.mark.parametrize("reason", {**doors.SENTENCES, **order_stands.WHY, **households.WHY, **dict.fromkeys(ROWS)})
def test_every_reason_why_a_row_is_unclear_or_skipped_has_words_in_both_languages(reason):
    assert row_text("en", reason, "") == ROWS[reason]
    assert CHINESE.search(row_text("zh_CN", reason, ""))
    assert row_text("zh_CN", reason, "") != ROWS[reason]


def test_every_error_of_the_readers_has_words():
    raised = {(reason, text) for reason, text in reasons_raised() if text}
    assert len(raised) > 25
    for reason, text in raised - {("not-found", "filled-in cannot be opened (filled-in); check its name")}:
        told = table_text("en", reason, text)
        assert told[:1].isupper(), (reason, text)
        assert table_text("zh_CN", reason, text) != told, (reason, text)


@pytest.mark.parametrize("text", [*TABLES.values(), *REFUSED.values(), *(sentence for _, sentence in PATTERNS)])
def test_every_sentence_is_said_in_chinese(text):
    assert CHINESE.search(say("zh_CN", text))
    assert say("zh_CN", text) != text


def notices_written():
    """Every notice in the readers' own files, as far as it is written out there."""
    for module in (orders, households):
        tree = ast.parse(Path(module.__file__).read_text())
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in inside:
                text = text_of(node)
                if (
                    isinstance(text, str)
                    and text[:1].islower()
                    and re.search(r" (?:was|were|are) (?:read|dropped|not used|passed over|kept)", text)
                ):
                    yield text.replace("notes of filled-in", "notes of 3")


def test_every_notice_of_the_readers_has_words():
    written = {text for text in notices_written() if "\n" not in text and text.count(" ") < 30}
    assert len(written) > 5
    for text in written:
        assert import_words.notice_text("zh_CN", text) not in {text, text[:1].upper() + text[1:]}, text


def test_an_unknown_sentence_is_shown_as_it_is():
    assert table_text("zh_CN", "never-heard-of", "the moon is full") == "The moon is full"


def test_what_a_sentence_holds_is_filled_in():
    text = "no column with doors was found; the columns are: 下单人, 商品; needed are a door and more"
    assert table_text("en", "no-door-column", text).startswith(
        "No column with doors was found, only: 下单人, 商品. Add"
    )
    assert (
        table_text("en", "", "the sheet 顾客购买表 was read (a row per good)")
        == "Read: sheet 顾客购买表, a row per good."
    )
