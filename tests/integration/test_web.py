import gzip
import hashlib
from typing import Annotated, Literal

import pytest
from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import RedirectResponse
from fastapi.sse import EventSourceResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from visitor import ADDRESS, Visitor, web_app

from domain.base import Refused
from infra.errors import Conflict, StorageUnavailable
from services.access import Anyone
from services.pages.assets import ASSETS, VERSION, static_url
from services.web.bodies import API_LIMIT, UPLOAD_LIMIT

PHONE = "13912345678"
probe = APIRouter()


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: Literal["arrive", "sort"]
    at: AwareDatetime
    pieces: Annotated[int, Field(ge=1, le=99)] = 1
    code: Annotated[str, Field(pattern="^[A-Z]+$", max_length=12)] = "P"


class Lines(BaseModel):
    lines: Annotated[list[Line], Field(max_length=3)]


@probe.post("/api/lines")
async def lines(_: Anyone, body: Lines):
    return len(body.lines)


@probe.post("/form")
async def form(_: Anyone, pieces: Annotated[int, Form()]):
    return pieces


@probe.post("/import")
async def upload(_: Anyone, file: UploadFile):
    return file.size


@probe.get("/p/{code}")
async def label(_: Anyone, code: str):
    return code


@probe.get("/api/trouble/{kind}")
@probe.get("/trouble/{kind}")
async def trouble(_: Anyone, kind: str):
    raise {
        "refused": Refused("stock-left", "Nothing is left."),
        "conflict": Conflict(),
        "storage": StorageUnavailable("disk full"),
        "bug": ZeroDivisionError(PHONE),
    }[kind]


@probe.get("/stream")
async def stream(_: Anyone):
    async def messages():
        yield b"data: " + b"x" * 5000 + b"\n\n"

    return EventSourceResponse(messages())


@probe.get("/long")
async def long(_: Anyone):
    return "x" * 5000


@probe.get("/away")
async def away(_: Anyone):
    return RedirectResponse("/long", 303)


@pytest.fixture
def visitor(tmp_path):
    return Visitor(web_app(tmp_path, probe))


def test_a_wrong_field_is_named_and_what_was_sent_is_not_repeated(visitor):
    sent = {"lines": [{"step": PHONE, "at": PHONE}, {"step": "sort", "at": "2022-04-09T09:00:00", PHONE: PHONE}]}
    answer = visitor.post("/api/lines", json=sent)
    assert answer.status_code == 422
    assert PHONE not in answer.text
    named = {(mistake["field"], mistake["text"]) for mistake in answer.json()["errors"]}
    assert ("lines.0.step", "must be one of 'arrive' or 'sort'") in named
    assert ("lines.1.at", "must say its time zone, such as +08:00") in named
    assert ("lines.1.?", "is not a known field") in named
    assert answer.json()["rule"] == "well-formed"


@pytest.mark.parametrize(
    "line",
    [
        {"code": PHONE},
        {"code": ["x", PHONE]},
        {"pieces": f"{PHONE} pieces"},
        {"pieces": int(PHONE)},
        {"at": f"2022-04-09T{PHONE}"},
        {"step": {PHONE: PHONE}},
    ],
)
def test_no_kind_of_mistake_repeats_what_was_sent(visitor, line):
    answer = visitor.post("/api/lines", json={"lines": [{"step": "sort", "at": "2022-04-09T09:00:00Z", **line}]})
    assert answer.status_code == 422
    assert PHONE not in answer.text


def test_mistakes_are_told_in_the_readers_language(visitor):
    answer = visitor.post("/api/lines", json={}, headers={"accept-language": "zh-CN"})
    assert answer.json()["errors"] == [{"field": "lines", "text": "缺少"}]


def test_a_form_with_a_mistake_gets_a_page_that_names_the_field(visitor):
    answer = visitor.post("/form", data={"pieces": f"<b>{PHONE}"})
    assert answer.status_code == 422
    assert "Pieces: must be a whole number" in answer.text
    assert PHONE not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"lines": NaN', b""])
def test_what_is_not_json_is_said_so(visitor, body):
    answer = visitor.post("/api/lines", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert set(answer.json()) >= {"status", "rule", "text"}


@pytest.mark.parametrize(
    ("kind", "status", "rule"),
    [
        ("refused", 409, "stock-left"),
        ("conflict", 409, "someone-wrote-first"),
        ("storage", 503, "storage-unavailable"),
        ("bug", 500, "our-fault"),
    ],
)
def test_trouble_is_told_without_a_stack_trace(visitor, kind, status, rule):
    told = visitor.get(f"/api/trouble/{kind}")
    assert (told.status_code, told.json()["rule"]) == (status, rule)
    assert told.headers["content-type"] == "application/problem+json"
    page = visitor.get(f"/trouble/{kind}")
    assert page.status_code == status
    assert "<html" in page.text
    fragment = visitor.get(f"/trouble/{kind}", headers={"hx-request": "true"})
    assert fragment.status_code == status
    assert "<html" not in fragment.text
    for answer in (told, page, fragment):
        assert "Traceback" not in answer.text
        assert PHONE not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert ("retry-after" in told.headers) == (status == 503)


def test_there_are_pages_for_what_is_not_there(visitor):
    assert visitor.get("/nowhere").status_code == 404
    assert "There is nothing here." in visitor.get("/nowhere").text
    assert visitor.get("/api/nowhere").json()["rule"] == "not-found"
    wrong = visitor.ask("DELETE", "/links")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_read(visitor):
    read = []

    async def body():
        read.append(1)
        yield b"x"

    answer = visitor.post("/api/lines", content=body(), headers={"content-length": str(API_LIMIT + 1)})
    assert answer.status_code == 413
    assert answer.json()["rule"] == "too-large"
    assert visitor.post("/api/lines", content=b"", headers={"content-length": "9" * 5000}).status_code == 413


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(visitor):
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(100):
            sent += 100_000
            yield b"x" * 100_000

    answer = visitor.post("/api/lines", content=body(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_uploads_may_be_larger(visitor):
    assert visitor.post("/import", files={"file": b"x" * (API_LIMIT + 1)}).json() == API_LIMIT + 1
    assert visitor.post("/import", files={"file": b"x" * UPLOAD_LIMIT}).status_code == 413


def test_every_answer_has_the_headers(visitor):
    for path in ("/j", "/nowhere", "/api/nowhere", "/links", "/away"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        if not path.startswith("/api/"):
            assert "script-src 'self';" in policy
            assert headers["referrer-policy"] == "same-origin"


def test_pages_hold_no_script_or_style_of_their_own(visitor):
    visitor.signed_in("staff")
    for path in ("/j", "/links", "/scan", "/scan?step=disinfect-start", "/nowhere"):
        text = visitor.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count("<script type=")


@pytest.mark.parametrize("path", ["/P/K7M2-9QX4T3", "/p/K7M2-9QX4T3"])
def test_upper_case_addresses_of_labels_work(visitor, path):
    assert visitor.get(path).json() == "K7M2-9QX4T3"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://bg.test:99"},
    ],
)
def test_a_form_of_another_site_is_not_taken_in(visitor, headers):
    answer = visitor.signed_in("staff").post("/form", data={"pieces": 3}, headers=headers)
    assert answer.status_code == 403
    assert visitor.get("/j", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": ADDRESS}]
)
def test_our_own_forms_and_programs_are_taken_in(visitor, headers):
    assert visitor.post("/form", data={"pieces": 3}, headers=headers).json() == 3


def test_text_is_packed_but_never_a_stream(visitor):
    assert visitor.get("/long").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in visitor.get("/stream").headers


def test_static_files_are_kept_for_ever_under_their_version(visitor):
    answer = visitor.get(static_url("baogong.css"))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == ASSETS["baogong.css"].body
    assert visitor.get("/static/older/baogong.css").headers["cache-control"] == "no-cache"
    assert visitor.get(f"/static/{VERSION}/../../words.py").status_code == 404
    assert visitor.get(f"/static/{VERSION}/nothing.css").status_code == 404
    etag = {"if-none-match": answer.headers["etag"]}
    assert visitor.get(static_url("baogong.css"), headers=etag).status_code == 304


def test_a_first_visit_stays_within_sixty_kilobytes(visitor):
    page = gzip.compress(visitor.signed_in("staff").get("/scan?step=disinfect-start").content)
    needed = ("baogong.css", "goods.css", "icons.svg", "favicon.svg", "scan.js", "scan_items.js")
    live = ("vendor/htmx-4.0.1.min.js", "vendor/hx-sse-4.0.1.min.js")
    total = len(page) + sum(len(ASSETS[name].packed) for name in (*needed, *live))
    assert total < 60_000


def test_the_vendored_files_are_what_their_note_says():
    note = ASSETS["vendor/README.md"].body.decode()
    for name, asset in ASSETS.items():
        if name.endswith(".min.js"):
            assert name.removeprefix("vendor/") in note
            assert hashlib.sha256(asset.body).hexdigest() in note
