"""Where a sign-in may lead afterwards: to a page of ours and nowhere else."""

import re
from typing import Final

OWN_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]{0,299})?")
"""Visible ASCII without backslashes, and no second slash at the start: browsers read ``//host`` and ``/\\host`` as another
site, and drop tabs and line ends before they look."""


def own_path(wanted: str | None) -> str | None:
    """The path with its query as it was asked for; None for what could lead away from here."""
    return wanted if wanted and OWN_PATH.fullmatch(wanted) else None
