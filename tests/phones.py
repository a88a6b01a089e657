"""Phones of volunteers: a badge opened, a shift started, scans sent."""

from datetime import timedelta

import crew
from visitor import Visitor

from services.wiring import now

SCAN = {"step": "deliver", "group_buy": "vegetables", "door": "12-101"}


def opened(app, token, phone=None):
    phone = phone or Visitor(app)
    answer = phone.post("/j", data={"token": token, "device": "phone-1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/shift")
    return phone


def on_shift(app, token, phone=None, **said):
    phone = opened(app, token, phone)
    assert phone.post("/shift", data={"fit": "yes", **said}).headers["location"] == "/scan"
    return phone


def an_item(minutes=0):
    """Scanned in so many minutes."""
    return {"id": crew.an_id(), "happened_at": (now() + timedelta(minutes=minutes)).isoformat(), **SCAN}


def shift_of_page(phone, page):
    """As its page asks while it only waits."""
    return phone.get("/api/scans/shift", headers=page).json()


def scans(phone, *items):
    moment = now().isoformat()
    sent = [{"id": crew.an_id(), "happened_at": moment, **item} for item in items]
    return phone.post("/api/scans", json={"scans": sent})
