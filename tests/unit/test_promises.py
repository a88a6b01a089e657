"""The machines that keep the promises of the architecture; ``make check`` runs them."""

import ast
import re
from pathlib import Path

import pytest
from stored_shapes import changed, frozen, shapes_now

from domain.base import Event
from services.office import REQUESTS, TOPICS, initial
from services.pages.sentences import SENTENCES
from services.pages.words import DOUBTS

pytestmark = pytest.mark.promise
ROOT = Path(__file__).parents[2]


def domain_events():
    return {name: event for name, event in Event.by_name.items() if event.__module__.startswith("domain.")}


def test_what_is_stored_keeps_its_shape():
    now = shapes_now()
    assert changed(now, frozen()) == [], "stored facts must stay readable: raise shape and add an upcaster"
    assert now == frozen(), "new facts: freeze their shape with python tests/stored_shapes.py"


def test_a_changed_shape_is_noticed():
    now = shapes_now()
    name = next(iter(now))
    before = now | {name: now[name] | {"schema": {}}}
    assert changed(now, before) == [name]
    assert changed({}, before) == list(before)


def test_a_new_field_with_a_default_is_no_other_shape_but_one_without_is():
    before = {"X": {"shape": 1, "schema": {"properties": {"a": {"type": "string"}}, "required": ["a"]}}}
    optional = {"a": {"type": "string"}, "b": {"default": False, "type": "boolean"}}
    wanted = {"a": {"type": "string"}, "b": {"type": "boolean"}}
    assert changed({"X": {"shape": 1, "schema": {"properties": optional, "required": ["a", "b"]}}}, before) == []
    assert changed({"X": {"shape": 1, "schema": {"properties": wanted, "required": ["a", "b"]}}}, before) == ["X"]


def test_every_event_has_a_sentence():
    assert set(domain_events()) <= set(SENTENCES)


def rules_raised():
    """What the readings append to ``broken`` or ``rules``, yield or return as a doubt."""
    files = [*(ROOT / "domain").rglob("*.py"), ROOT / "projections" / "duty.py"]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))):
        match node:
            case ast.Yield(value=ast.Constant() as said):
                told = [said]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="broken" | "rules"), attr="append"), args=told):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="broken"), attr="append"), args=told):
                pass
            case ast.Call(func=ast.Name(id="Doubted"), args=told):
                pass
            case ast.IfExp(body=ast.Tuple() | ast.List() as one, orelse=ast.Tuple() | ast.List() as other):
                told = [one, other]
            case _:
                continue
        constants = (each for part in told for each in ast.walk(part) if isinstance(each, ast.Constant))
        yield from (each.value for each in constants if re.fullmatch(r"[a-z]+(-[a-z]+)+", str(each.value)))


def test_every_rule_that_a_reading_raises_has_a_sentence():
    no_longer_raised = {"faces-kept"}
    assert {*rules_raised(), *no_longer_raised} == set(DOUBTS)


def test_two_events_of_one_name_are_refused():
    with pytest.raises(TypeError, match="two events are named DeliveryArrived"):
        type("DeliveryArrived", (Event,), {"__module__": "elsewhere"})


def test_every_topic_and_request_is_listed_in_the_office():
    assert all(initial(f"{topic}-x") is not None for topic in TOPICS)
    assert all("decide" in vars(request) for request in REQUESTS)


def test_no_field_of_an_event_has_a_name_that_asks_for_personal_words():
    personal = re.compile(r"name|phone|note|comment|remark|health|identity|text", re.IGNORECASE)
    fields = [f"{name}.{field}" for name, event in domain_events().items() for field in event.model_fields]
    assert [field for field in fields if personal.search(field.partition(".")[2])] == []


def test_no_tracked_text_names_a_package_index_or_this_machine():
    here = str(ROOT.parent) + "/"
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".js", ".css"} and not parts[0].startswith(
            (".", "var")
        ):
            text = path.read_text(encoding="utf-8")
            assert here not in text, path
            assert "index" + "-url" not in text, path
