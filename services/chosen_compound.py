"""Which of several compounds an administrator of all has chosen: by ``?compound=``, here or on the page before."""

from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import Request

NAME: Final = "compound"


class CompoundKept(Exception):  # noqa: N818 — an answer to a browser (303), not an error of the program
    """The page before was in this compound: to the same page with it in the address, for the links that follow."""

    def __init__(self, compound: str) -> None:
        super().__init__(compound)
        self.compound = compound


def chosen_compound(request: Request, compounds: Collection[str]) -> str | None:
    """None where none was chosen, or one that there is not. Raises CompoundKept for a page that is opened without it.

    The page before is that of the same tab: two tabs with two compounds do not get into each other's way.
    """
    said = request.query_params.get(NAME)
    if said is not None:
        return said if said in compounds else None
    before = urlsplit(request.headers.get("referer", ""))
    kept = parse_qs(before.query).get(NAME, [""])[0] if before.netloc == request.headers.get("host") else ""
    if kept not in compounds:
        return None
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        raise CompoundKept(kept)
    return kept


def same_page_in(request: Request, compound: str) -> str:
    """The address of this page with the compound; of the board where something was sent, which is to be sent from there anew."""
    if request.method != "GET":
        return f"/board?{urlencode({NAME: compound})}"
    said = [(name, value) for name, value in request.query_params.multi_items() if name != NAME]
    return f"{request.scope['path']}?{urlencode([*said, (NAME, compound)])}"
