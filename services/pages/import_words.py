"""What the readers of tables say, in words for the page: by reason, or by pattern where a sentence holds values."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from domain.base import Refused
from services.pages.language import N_, Language, say
from services.pages.words import Look, refusal_text

OUTCOMES: Final[Mapping[str, Look]] = {
    "ok": Look(N_("clear"), "check", "good"),
    "unclear": Look(N_("unclear"), "doubt", "wait"),
    "skipped": Look(N_("skipped"), "back", "quiet"),
}

ROWS: Final[Mapping[str, str]] = {
    "no-door": N_("No door is written in this row."),
    "unreadable": N_("The door cannot be read."),
    "glued": N_("Building and room are written together, so it could be more than one door."),
    "several-doors": N_("More than one door is written here."),
    "other-place": N_("The address is not in this compound."),
    "other-lane": N_("This lane (弄) is not one of the compound's."),
    "words-before": N_("There are words before the door that are not the compound's name, street or town."),
    "words-behind": N_("There are words behind the door that may change it."),
    "note-names-door": N_("The note in brackets may name another door."),
    "floor-differs": N_("The floor and the room do not agree."),
    "floor-or-room": N_("The room may be counted on its floor or in the whole building, and the roster has both."),
    "building-missing": N_("There is a room, but no building."),
    "room-missing": N_("There is a building, but no room."),
    "date": N_("The table program made a date of this door."),
    "not-text": N_("The cell of the door holds no text and no whole number."),
    "blocks-unset": N_("栋, 幢 or 楼 is written, and nobody has said yet whether it means the same as 号 here."),
    "blocks-different": N_("栋, 幢 or 楼 is written, and here it is not the same as 号."),
    "block-unknown": N_("This 栋 or 幢 is not in the compound's table of blocks."),
    "block-several": N_("This 栋 or 幢 has several entrances (号)."),
    "unit-not-used": N_("A unit (单元) is written, and doors here have none."),
    "phase-not-used": N_("A phase (期) is written, and doors here have none."),
    "part-missing": N_("A part that doors have here is missing: 弄, 期 or 单元."),
    "several-buildings": N_("Two buildings of the roster could be meant."),
    "not-on-roster": N_("This door is not on the roster."),
    "building-not-on-roster": N_("This building is not on the roster."),
    "columns-differ": N_("The columns name different doors."),
    "doors-differ": N_("The columns and the address name different doors."),
    "no-good": N_("No good is named. Write it here, or leave this row out."),
    "several-goods": N_("Several goods stand in one cell. Give each a row in the table, or leave this out."),
    "goods-differ": N_("Two columns name goods and differ. Which one is meant?"),
    "good-cancelled": N_("The name of the good says that it was cancelled. How many are still wanted?"),
    "good-changes": N_(
        "The name of the good changes another good, takes it back, or says how many. What is wanted, and how many?"
    ),
    "maybe-no-good": N_("This column may be no good but something else that is counted."),
    "maybe-money": N_("This column may hold amounts of money and not how many. How many are ordered?"),
    "maybe-sum": N_("This column adds up the others in every row. Is it a good, or their sum?"),
    "not-in-summary": N_("The file's own list of goods lacks this column. Is it a good?"),
    "sum-differs": N_("The goods of this row and their sum in the file differ."),
    "amount-differs": N_("Price times quantity is not the amount that stands in this row. How many are ordered?"),
    "quantity-in-pieces": N_("Does this count the pieces in the unit, or the units? Write how many units."),
    "quantity-unreadable": N_("The quantity cannot be read as a whole number from 1 to 9999."),
    "quantity-missing": N_("The quantity is missing."),
    "quantity-formula": N_("The quantity is a formula without a stored value."),
    "quantity-merged": N_("The quantity is merged over several rows or goods."),
    "quantities-differ": N_("Two quantities stand in this row and differ."),
    "state-unknown": N_("Nobody knows this state of an order. Is it paid?"),
    "partly-refunded": N_("A part of this order was refunded. How many are still to be delivered?"),
    "refund-unreadable": N_("The refund cannot be read. How many are still to be delivered?"),
    "returned": N_("A column says that goods came back or were taken off. How many are still to be delivered?"),
    "note-changes": N_("A note or another column may cancel or change this order. How many are still wanted?"),
    "struck-through": N_("This row is struck through in the table. How many are still wanted?"),
    "corrected-row": N_(
        "A row of this door says that it corrects another. Keep the row that stands, and leave the other out."
    ),
    "partly-struck": N_(
        "A part of this row is struck through in the table, and was not read. Which good is wanted, and how many?"
    ),
    "line-takes-back": N_(
        "A line of its own in the table may take this order back, send it elsewhere or mean another good. How many are still wanted?"
    ),
    "note-other-door": N_("A note names another door."),
    "receiver-other-door": N_("The name of the receiver names another door."),
    "other-pickup": N_("The order is for another compound's pick-up place."),
    "other-compound": N_("A column names another compound, another part of this one, or another street or town."),
    "captains-sum": N_("A building without rooms: this looks like a captain's sum. Ask the captain for the doors."),
    "duplicate": N_("This door stands in an earlier row, too."),
    "villa-or-rooms": N_("This building stands in the table as a villa and with rooms."),
    "not-a-door": N_("Building and room take letters and digits, at most 16, without blanks and dashes."),
    "cancelled": N_("The order was cancelled."),
    "unpaid": N_("The order is not paid."),
    "refunded": N_("The order was refunded."),
    "left-out": N_("Left out on purpose."),
}

TABLES: Final[Mapping[str, str]] = {
    "archive": N_("This is a packed archive, not a table. Unpack it and choose the table in it."),
    "damaged": N_("The file is damaged or was cut off. Export or download it again, then choose it again."),
    "corrected-elsewhere": N_(
        "A building, room or quantity was written into the column that repeats the table. Write it into the column "
        "correct_building, correct_room or correct_quantity."
    ),
    "digest-damaged": N_("The column digest of this row was changed. Download the corrections file again."),
    "empty": N_("There is nothing in this table. Export it again, then choose it again."),
    "leave-out-unreadable": N_("In the column leave_out write x, or nothing."),
    "merged-page": N_("This is a web page under a table's name. Open it in a table program and save it as xlsx."),
    "no-clear-door": N_("No row of this table names a door. Look at its columns 楼号 and 房号, then choose it again."),
    "no-file": N_("No file was chosen. Choose the table first."),
    "several-headers": N_(
        "This row is another header, and its columns mean something else. Bring the rows below it in a file of their own."
    ),
    "not-a-table": N_("This file is not a table. Export it as xlsx or csv, then choose it again."),
    "not-a-door": N_("Building and room take letters and digits, at most 16, without blanks and dashes."),
    "not-corrections": N_("This is no corrections file. Take the one that you download here."),
    "password-missing": N_("The file is protected. Choose it again and type its password."),
    "password-wrong": N_("The password does not open this file. Ask the leader who exported it."),
    "pdf": N_("This is a PDF, not a table. Export the table as xlsx or csv."),
    "picture": N_("This is a picture, not a table. Export the table as xlsx or csv."),
    "quantity-unreadable": N_("A correction of the quantity is no number from 1 to 9999."),
    "too-large": N_("The file is larger than 20 MB. Delete pictures and old sheets, save it, and choose it again."),
    "too-long": N_(
        "The name of a good is too long, or one door orders more than 9999 of one good. Correct the table, then choose "
        "it again."
    ),
    "too-many-cells": N_("A cell far outside the table is filled. Copy the orders into a new file and choose that."),
    "too-many-columns": N_("The table has more than 200 columns. Delete what is no order, then choose it again."),
    "too-many-rows": N_("The table has more than 12,000 rows. Split it by building and import the parts one by one."),
    "unpacks-too-large": N_("The file unpacks to far more than a table holds. Copy the orders into a new file."),
    "unreadable": N_("Each row of the table of blocks needs a block and its entrances: 栋 3, 号 12、13."),
}

REFUSED: Final[Mapping[str, str]] = {
    "too-long": TABLES["too-long"],
    "rows-unclear": N_("Some rows are unclear, nothing was booked. Correct them, or leave them out on purpose."),
    "group-buy-doubled": N_(
        "Most of these orders stand in another group buy already. Name that one to bring it up to date, or confirm "
        "that this is another group buy."
    ),
    "orders-found": N_("No row of this table can be booked."),
    "import-shrinks": N_(
        "More than one in five orders of this group buy are missing in the table, or refunded or cancelled there. Is it a "
        "filtered export? Choose the whole table, or confirm that these orders are withdrawn."
    ),
    "import-unread": N_(
        "Some rows name no certain door, and orders of this group buy would be withdrawn; they may be the same. Settle those "
        "rows first, or confirm that these orders are withdrawn."
    ),
    "import-replaces": N_(
        "More than half of what the doors of this group buy ordered is missing in the table. Is it the table of another "
        "group buy? Then give that one's name, or confirm that these orders are replaced."
    ),
    "name-too-long": N_("The name of a group buy has at most 120 characters. Shorten it."),
    "import-known": N_("There is no such import, or it is undone already."),
    "import-latest": N_("Only the latest import of a group buy can be undone. Undo that one first."),
    "pieces-packed": N_(
        "Pieces of this group buy are packed already, so nothing was undone. See below how many, and tick there that the "
        "import is undone all the same."
    ),
    "roster-in-use": N_("Some of these doors have orders. Undo the imports of those orders first."),
    "changed-meanwhile": N_("Something changed since you looked, so nothing was booked. Look again, then book."),
    "compound-new": N_("There is a compound of this id already. Choose another id."),
    "compound-id": N_("Give the compound an id: small letters, digits and dashes, such as shengdu."),
    "preview-over": N_(
        "This preview is over: an hour has passed, or the server was started again. Please choose the file again. "
        "Nothing was lost, and nothing was booked by it."
    ),
}

_COLUMNS: Final = r"; the columns are: (?P<columns>.*); needed .*"
PATTERNS: Final[Sequence[tuple[str, str]]] = (
    (r"the sheet (?P<sheet>.*) was read \(a row per good\)", N_("Read: sheet %(sheet)s, a row per good.")),
    (r"the sheet (?P<sheet>.*) was read \(a column per good\)", N_("Read: sheet %(sheet)s, a column per good.")),
    (r"the sheet (?P<sheet>.*) was read", N_("Read: sheet %(sheet)s.")),
    (
        r"the sheet (?P<sheet>.*) says the same and was not read again",
        N_("The sheet %(sheet)s says the same and was not read again."),
    ),
    (
        r"the sheet (?P<sheet>.*) holds the orders in its other form and differs; .*",
        N_("The sheet %(sheet)s holds the orders in its other form and differs. Compare the two before booking."),
    ),
    (
        r"several sheets hold orders and differ: (?P<sheets>.*); bring .*",
        N_("Several sheets hold orders and differ: %(sheets)s. Choose the file again, and which sheet is meant."),
    ),
    (
        r"several sheets hold doors: (?P<sheets>.*); bring .*",
        N_("Several sheets hold doors: %(sheets)s. Bring each in a file of its own."),
    ),
    (
        r"names, phone numbers and notes of (?P<doors>\d+) doors? go to the directory .*; (?P<new>\d+) entr(?:y is|ies are) new",
        N_(
            "Names, phone numbers and notes go to the directory when this is booked, and nowhere else (doors: %(doors)s, "
            "new entries: %(new)s)."
        ),
    ),
    (r"names, phone numbers and notes are dropped", N_("Names, phone numbers and notes are dropped.")),
    (
        r"several people ordered at one door, all are kept: (?P<doors>.*)",
        N_("Several people ordered at one door, all their orders are kept: %(doors)s."),
    ),
    (
        r"rows that say the same twice, all are kept: (?P<rows>.*)",
        N_("Rows that say the same twice, all are kept: %(rows)s."),
    ),
    (r"a tick was read as one: (?P<goods>.*)", N_("A tick was read as one: %(goods)s.")),
    (
        r"the sheets of the buildings were read as one, and their rows counted on: (?P<sheets>.*)",
        N_("The sheets of the buildings were read as one, and their rows counted on: %(sheets)s."),
    ),
    (
        r"the sheets were read as one, each as the good it is called by, and their rows counted on: (?P<sheets>.*)",
        N_("The sheets were read as one, each as the good it is called by, and their rows counted on: %(sheets)s."),
    ),
    (
        r"the sheet (?P<sheet>.*) adds up the sheets of the buildings and was not read as orders",
        N_("The sheet %(sheet)s adds up the sheets of the buildings and was not read as orders."),
    ),
    (
        r"the building was taken from the name of the sheet: (?P<building>.*)",
        N_("The building was taken from the name of the sheet: %(building)s."),
    ),
    (
        r"no column names a good, it was taken from the title: (?P<good>.*)",
        N_("No column names a good. It was taken from the title: %(good)s."),
    ),
    (r"是 was read as one, and 否 as none: (?P<goods>.*)", N_("是 was read as one, and 否 as none: %(goods)s.")),
    (r"a cross was read as none: (?P<goods>.*)", N_("A cross was read as none: %(goods)s.")),
    (r"read as goods, a column each: (?P<goods>.*)", N_("Read as goods, a column each: %(goods)s.")),
    (r"rows without an order were passed over: (?P<rows>.*)", N_("Rows without an order were passed over: %(rows)s.")),
    (r"rows of sums were passed over: (?P<rows>.*)", N_("Rows of sums were passed over: %(rows)s.")),
    (r"hidden sheets were not read: (?P<sheets>.*)", N_("Hidden sheets were not read: %(sheets)s.")),
    (
        r"hidden rows were read like the others: (?P<rows>.*)",
        N_("Hidden rows were read like the others: %(rows)s."),
    ),
    (
        r"hidden columns were read like the others: (?P<columns>.*)",
        N_("Hidden columns were read like the others: %(columns)s."),
    ),
    (r"columns that were not used: (?P<columns>.*)", N_("Columns that were not used: %(columns)s.")),
    (
        r"the file names (?P<number>\d+) group buys.*",
        N_("The file names %(number)s group buys (团购标题). Export them one by one, or name the one that is meant."),
    ),
    (
        r"(?P<number>\d+) corrections? (?:is|are) for rows that are not unclear in this file; .*",
        N_("Corrections that were not used, as their rows are not unclear here: %(number)s."),
    ),
    (
        r"(?P<number>\d+) rows name a door a second time and were passed over",
        N_("Rows that name a door a second time were passed over: %(number)s."),
    ),
    (
        r"(?P<number>\d+) rows? (?:is|are) corrected as at an earlier import \(.*?\): (?P<rows>.*)",
        N_("Rows corrected as at an earlier import (– means left out): %(rows)s."),
    ),
    (
        r"the orders of (?P<number>\d+) doors? stay as they are, as a row of theirs is unclear: (?P<doors>.*)",
        N_("These doors keep the order that stands, as a row of theirs is unclear: %(doors)s."),
    ),
    (
        r"phone numbers beside the goods of (?P<number>\d+) rows? are taken out",
        N_("Phone numbers beside the goods are taken out (rows: %(number)s)."),
    ),
    (r"the file was read as (?P<kind>.*)", N_("The file was read as: %(kind)s.")),
    (
        r"the name says (?P<suffix>\S*), but the file is .*; it was read as that",
        N_("The name says %(suffix)s, but the content is of another kind; it was read by its content."),
    ),
    (
        r"the sheet (?P<sheet>.*) has a header and no (?:order|door) below it.*",
        N_("The sheet %(sheet)s has a header and nothing below it. Export it again."),
    ),
    (
        r"column (?P<column>\S+) holds quantities and has no name; .*",
        N_("Column %(column)s holds quantities and has no name. Write the good above it, or empty it."),
    ),
    (
        r"no column of quantities was found, call the one that is meant 数量: (?P<counting>.*?)" + _COLUMNS,
        N_("No column of quantities (数量) was found. Call the one that is meant 数量: %(counting)s."),
    ),
    (
        r"no column of quantities was found" + _COLUMNS,
        N_("No column of quantities (数量) was found, only: %(columns)s. Add it, then choose the file again."),
    ),
    (
        r"no column of goods was found" + _COLUMNS,
        N_("No column of goods (商品) was found, only: %(columns)s. Add it, then choose the file again."),
    ),
    (
        r"no column with doors was found" + _COLUMNS,
        N_(
            "No column with doors was found, only: %(columns)s. Add 楼号 and 房号, or 门牌号, then choose the file again."
        ),
    ),
    (
        r"no column of buildings was found" + _COLUMNS,
        N_(
            "No column of buildings was found, only: %(columns)s. Add 楼号 and 房号 (empty for a villa), then choose the "
            "file again."
        ),
    ),
    (
        r"no header row was found; needed are 楼号.*",
        N_("No header row was found. The first row needs 楼号 and 房号, or 门牌号 with the whole door."),
    ),
    (
        r"no header row was found; .*",
        N_(
            "No header row was found. Needed are a door (楼号 and 房号, or 门牌号), a good (商品) and a quantity (数量)."
        ),
    ),
    (
        r"a table of blocks needs .*",
        N_("A table of blocks needs a column 栋 (or 幢) and a column 号: which entrances a block has."),
    ),
    (
        r"this corrections file lacks the columns (?P<columns>.*)",
        N_("This corrections file lacks the columns %(columns)s."),
    ),
    (r"the pattern is empty; .*", N_("The pattern is empty.")),
    (
        r"a colon is missing .*",
        N_("A colon is missing between the buildings and their rooms."),
    ),
    (r"this makes more than \d+ doors; .*", N_("This makes more than 60,000 doors. Is it one compound?")),
    (
        r"building (?P<building>.*) is named as a villa and with rooms; .*",
        N_("Building %(building)s is named as a villa and with rooms. Leave one out."),
    ),
    (r"there is more than one x .*", N_("There is more than one x between floors and doors.")),
    (r"an x between floors and doors is missing; .*", N_("An x between floors and doors is missing.")),
    (r"the rooms .* are on two floors; .*", N_("These rooms are on two floors. Write floors x doors.")),
    (
        r"write the doors with two digits.*",
        N_("Write the doors with two digits, such as 01-04: floor 5, door 01 is 501."),
    ),
    (r".* run backwards", N_("These numbers run backwards.")),
    (r".* are not between 1 and \d+", N_("These numbers are too small or too large.")),
    (r".* cannot be read(?:; .*)?", N_("This part cannot be read.")),
)


def row_text(language: Language, reason: str, why: str) -> str:
    """Why a row is unclear or skipped."""
    return say(language, ROWS[reason]) if reason in ROWS else table_text(language, "", why)


def table_text(language: Language, reason: str, text: str) -> str:
    """Why a file, a table or a pattern cannot be read, and what to do; an unknown sentence as it came."""
    for pattern, sentence in PATTERNS:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return say(language, sentence, **found.groupdict()) if "%(" in sentence else say(language, sentence)
    if reason in TABLES:
        return say(language, TABLES[reason])
    return f"{text[:1].upper()}{text[1:]}"


def notice_text(language: Language, notice: str) -> str:
    return table_text(language, "", notice)


def refused_text(language: Language, refusal: Refused) -> str:
    if refusal.rule in REFUSED:
        return say(language, REFUSED[refusal.rule])
    return refusal_text(language, refusal.rule, refusal.text)
