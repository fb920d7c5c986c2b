"""The server's rules, from the API's description that is made of the server's own types: docs/openapi.json."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
KINDS = {"string": str, "boolean": bool, "array": list, "object": dict}
# What the description has no words for: shared/catalog/src/product/check.rs. A test compares.
ATTRIBUTES_MAX = 50
ATTRIBUTE_NAME_MAX = 64
ATTRIBUTE_TEXT_MAX = 1_000
PRODUCT_MAX = 256 * 1024


@lru_cache(maxsize=1)
def schemas() -> dict[str, dict[str, Any]]:
    """The description's types by name."""
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]


@lru_cache(maxsize=None)
def pattern_of(name: str) -> re.Pattern[str]:
    """The pattern of a type whose values are texts."""
    return _pattern(schemas()[name]["pattern"])


def most(name: str, field: str) -> int:
    """The greatest value of a type's field."""
    return schemas()[name]["properties"][field]["maximum"]


def faults(name: str, value: Any) -> list[tuple[str, str]]:
    """The path and the reason of everything in a body that its type does not allow."""
    return list(_faults(schemas()[name], value, ""))


def product_faults(body: dict[str, Any]) -> list[tuple[str, str]]:
    """What the server refuses of a product's body as a whole."""
    found = faults("ProductDetails", body)
    found += _attribute_faults("attributes", body.get("attributes", {}))
    for index, variant in enumerate(body["variants"]):
        found += _attribute_faults(f"variants[{index}].attributes", variant.get("attributes", {}))
    rating = body.get("rating")
    if rating and rating["count"] == 0 and rating["average"] != 0:
        found.append(("rating.average", "must be 0 where nobody has rated"))
    if len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()) > PRODUCT_MAX:
        found.append(("", f"the product is larger than {PRODUCT_MAX} bytes"))
    return found


def _attribute_faults(path: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    if len(attributes) > ATTRIBUTES_MAX:
        yield path, f"has more than {ATTRIBUTES_MAX} entries"
    for name, text in attributes.items():
        if not name.strip() or len(name) > ATTRIBUTE_NAME_MAX:
            yield f"{path}.{name}", f"has a name that has not 1 to {ATTRIBUTE_NAME_MAX} characters"
        if len(text) > ATTRIBUTE_TEXT_MAX:
            yield f"{path}.{name}", f"is longer than {ATTRIBUTE_TEXT_MAX} characters"


def _faults(schema: dict[str, Any], value: Any, path: str) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        schema = schemas()[schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        # An absent member and a union: one of them has to take it; where none does, what one of its kind says is told.
        tried = [list(_faults(option, value, path)) for option in schema["oneOf"]]
        if all(tried):
            yield from min(tried, key=lambda faults: any(where == path for where, _ in faults))
    elif not _is_a(schema.get("type"), value):
        yield path, f"must be of type {schema['type']}"
    elif isinstance(value, str):
        yield from ((path, reason) for reason in _text_faults(schema, value))
    elif isinstance(value, (int, float)):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield path, f"{value:g} is not within {schema.get('minimum', 'any')} and {schema.get('maximum', 'any')}"
    elif isinstance(value, list):
        yield from _list_faults(schema, value, path)
    elif isinstance(value, dict):
        yield from _object_faults(schema, value, path)


def _text_faults(schema: dict[str, Any], value: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield "is empty"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"is longer than {schema['maxLength']} characters"
    if value not in schema.get("enum", [value]):
        yield f"must be {' or '.join(schema['enum'])}"
    if "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        yield f"{value[:80]!r} does not match {schema['pattern']}"


def _list_faults(schema: dict[str, Any], value: list[Any], path: str) -> Iterator[tuple[str, str]]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield path, f"has {len(value)} entries, not {schema.get('minItems', 0)} to {schema.get('maxItems', 'any')}"
    for index, item in enumerate(value):
        yield from _faults(schema["items"], item, f"{path}[{index}]")


def _object_faults(schema: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield _below(path, name), "is missing"
    for name, item in value.items():
        if name in properties:
            yield from _faults(properties[name], item, _below(path, name))
        elif isinstance(more, dict):
            yield from _faults(more, item, _below(path, name))
        elif not more:
            yield _below(path, name), "is not a known field"


def _is_a(kinds: str | list[str] | None, value: Any) -> bool:
    kinds = [kinds] if isinstance(kinds, str) else kinds or []
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return not kinds or any(value is None if kind == "null" else isinstance(value, KINDS.get(kind, ())) for kind in kinds)
    return not kinds or "number" in kinds or ("integer" in kinds and isinstance(value, int))


@lru_cache(maxsize=None)
def _pattern(pattern: str) -> re.Pattern[str]:
    # Python's $ also matches before a line feed at the end, the description's does not.
    return re.compile(re.sub(r"(?<!\\)\$\Z", r"\\Z", pattern), re.ASCII)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
