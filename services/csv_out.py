"""Lists as CSV that spreadsheet programs open as they are: UTF-8 with a mark, and no cell that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from fastapi.responses import StreamingResponse

from domain.goods.handling import PLACE_TIME
from services.wiring import now

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_ONCE: Final = 200

Row = Sequence[object]


def csv_answer(name: str, compound: str, header: Sequence[str], rows: Iterable[Row]) -> StreamingResponse:
    """A download named after the compound, the list and today; the header comes in the person's language."""
    today = now().astimezone(PLACE_TIME).date().isoformat()
    return StreamingResponse(
        csv_chunks(header, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{compound}-{name}-{today}.csv"'},
    )


def csv_chunks(header: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    written = io.StringIO()
    written.write("\ufeff")
    table = csv.writer(written)
    table.writerow([cell_text(cell) for cell in header])
    for number, row in enumerate(rows, start=1):
        table.writerow([cell_text(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield taken(written)
    yield taken(written)


def taken(written: io.StringIO) -> bytes:
    chunk = written.getvalue().encode()
    written.seek(0)
    written.truncate()
    return chunk


def cell_text(cell: object) -> str:
    """Text as it is shown, with an apostrophe before what a spreadsheet would take for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(PLACE_TIME).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, int | float):
        return str(cell)
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
