"""Templates hold what the policy and the form tokens ask for."""

import re
from pathlib import Path

import pytest

from services.csrf import FIELD
from services.pages.assets import ASSETS
from services.pages.layout import FORM_TOKEN, TEMPLATES
from services.roles import ACTIONS

pytestmark = pytest.mark.promise
PAGES = sorted(Path(TEMPLATES).rglob("*.html"))
FORM = re.compile(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>(?:\{\{ form_token \}\})?", re.IGNORECASE | re.DOTALL)
MAY = re.compile(r"\bmay\([\"']([a-z-]+)[\"']\)")
SENDS = re.compile(r"method\s*=\s*[\"']?post|hx-(?:post|put|patch|delete)", re.IGNORECASE)


def posted_forms(text):
    return [form for form in FORM.findall(text) if SENDS.search(form)]


def test_every_form_that_is_posted_begins_with_the_form_token():
    forms = [(page.name, form) for page in PAGES for form in posted_forms(page.read_text(encoding="utf-8"))]
    assert len(forms) > 20
    assert [(name, form) for name, form in forms if not form.endswith("{{ form_token }}")] == []


def test_a_page_asks_for_actions_that_there_are():
    asked = {action for page in PAGES for action in MAY.findall(page.read_text(encoding="utf-8"))}
    assert len(asked) > 5
    assert asked <= set(ACTIONS)


@pytest.mark.parametrize(
    "form",
    [
        '<form method="post" action="/x">\n<input name="a">',
        "<form action='/x' method=POST><p>",
        '<form action="{{ address("a > b") }}" method="post"><button>',
        '<form hx-post="/x">',
    ],
)
def test_a_form_without_it_is_noticed(form):
    (found,) = posted_forms(form)
    assert not found.endswith("{{ form_token }}")


def test_no_button_posts_a_form_that_is_not_posted():
    for page in PAGES:
        assert "formmethod" not in page.read_text(encoding="utf-8"), page.name


def test_the_field_is_called_as_the_guard_looks_for_it():
    assert f'name="{FIELD}"' in FORM_TOKEN


def test_scripts_send_changes_only_with_the_token():
    for name, asset in ASSETS.items():
        if name.endswith(".js") and not name.startswith("vendor/"):
            text = asset.body.decode()
            sends = re.findall(r"fetch\([^)]*method|method: 'POST'|sendBeacon", text)
            assert not sends or name == "csrf.js", (name, sends)
            if "XMLHttpRequest" in text:
                assert "new FormData(form)" in text, name
