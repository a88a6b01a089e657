"""What waited on a phone when a shift ended there, and is sent while somebody else acts on the phone."""

from fastapi import Request

from services.access import ACTING, entrance_of, upload_key_of


def left_over(request: Request) -> bool:
    """Whether the page says whose scans these are, and the shift of that upload key is over.

    No other site can make a browser send the header that says it. While the shift lasts, its own session has to act.
    """
    key = upload_key_of(request) if ACTING in request.headers else None
    return key is not None and key.is_late(entrance_of(request).access.now())
