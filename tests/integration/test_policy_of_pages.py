"""Every page as it is served: no script, style or handler inside the HTML, which the policy would not run anyway."""

import asyncio
from html.parser import HTMLParser

import first_day
import pytest
from fastapi.routing import iter_route_contexts
from visitor import Visitor

from services.app import create_app

DATA = {"application/json", "application/ld+json"}
STREAMS = {"/board/stream"}


class Inline(HTMLParser):
    """Collects what the policy forbids."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in named and named.get("type") not in DATA):
            self.found.append(self.get_starttag_text())
        for name, value in attributes:
            if name == "style" or name.startswith(("on", "hx-on", "hx-vals")) or "javascript:" in (value or "").lower():
                self.found.append(self.get_starttag_text())

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)


def inline_in(text):
    parser = Inline()
    parser.feed(text)
    return parser.found


@pytest.mark.parametrize(
    "text",
    [
        "<style>p{}</style>",
        "<script>1</script>",
        '<p style="color:red">',
        "<p onclick='x()'>",
        "<svg><path style='fill:red'/></svg>",
        '<a href="JavaScript:x()">',
        "<script type='module'>1</script>",
    ],
)
def test_what_is_forbidden_is_noticed(text):
    assert inline_in(text)


def test_what_is_allowed_is_not():
    assert not inline_in('<script type="application/json">{}</script><script src="x.js"></script><p class="style">on')


def addresses(app, codes):
    """Every address that can be asked for, with something there is in place of its parameters."""
    there = {"code": codes["disinfected"], "folder": "deliveries", "token": "x", "target": "x"}
    for route in iter_route_contexts(app.routes):
        if "GET" in (getattr(route, "methods", None) or ()) and route.path not in STREAMS:
            path = route.path
            for name in route.param_convertors if hasattr(route, "param_convertors") else ():
                path = path.replace(f"{{{name}}}", there.get(name, "x"))
            for name, value in there.items():
                path = path.replace(f"{{{name}}}", value)
            yield path


def test_no_page_holds_script_or_style_of_its_own(house):
    codes = asyncio.run(first_day.a_first_day(house))
    app = create_app(house)
    seen = 0
    for role in ("admin", "runner", None):
        visitor = Visitor(app).signed_in(role) if role else Visitor(app)
        paths = [*addresses(app, codes), *(f"/scan?step={step}" for step in ("sort", "deliver", "declare", "annul"))]
        paths += ["/nowhere", "/paper/sign?delivery=" + codes["disinfected"], "/board?wall=1", "/doubts?show=settled"]
        for path in paths:
            answer = visitor.get(path)
            assert answer.status_code < 500, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert inline_in(answer.text) == [], path
                seen += answer.status_code == 200
    assert seen > 25
