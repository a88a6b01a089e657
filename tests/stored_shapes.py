"""The frozen shapes of everything stored. ``python tests/stored_shapes.py`` freezes new ones; old ones never change."""

import json
import sys
from pathlib import Path

import services.wiring  # noqa: F401 — everything that is stored is known once the house can be opened
from domain.base import Event

FROZEN = Path(__file__).parent / "golden" / "stored_shapes.json"


def shapes_now() -> dict[str, dict]:
    """By event name: the number of the shape and the JSON schema of what is stored, without words for people."""
    return {
        name: {"shape": event.shape, "schema": without_words(event.model_json_schema(mode="serialization"))}
        for name, event in sorted(Event.by_name.items())
        if event.__module__.startswith("domain.")
    }


def without_words(schema):
    if isinstance(schema, dict):
        return {
            key: without_words(value)
            for key, value in sorted(schema.items())
            if not (key in {"title", "description"} and isinstance(value, str))
        }
    return [without_words(each) for each in schema] if isinstance(schema, list) else schema


def frozen() -> dict[str, dict]:
    return json.loads(FROZEN.read_text()) if FROZEN.exists() else {}


def changed(now: dict[str, dict], before: dict[str, dict]) -> list[str]:
    """Names whose stored shape is another one although its number is the same, or that are gone.

    A new field that has a default is no other shape: what is stored without it reads as before.
    """
    return [
        name
        for name, shape in before.items()
        if name not in now or (without_new_defaults(now[name], shape) != shape and now[name]["shape"] <= shape["shape"])
    ]


def without_new_defaults(now: dict, before: dict) -> dict:
    known = before["schema"].get("properties", {})
    fields = now["schema"].get("properties", {})
    kept = {name: field for name, field in fields.items() if name in known or "default" not in field}
    required = [name for name in now["schema"].get("required", []) if name in kept]
    return now | {"schema": now["schema"] | {"properties": kept, "required": required}}


if __name__ == "__main__":
    now, before = shapes_now(), frozen()
    if broken := changed(now, before):
        sys.exit(f"stored already and must not change: {', '.join(broken)}; raise shape and add an upcaster")
    FROZEN.write_text(json.dumps(now, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
