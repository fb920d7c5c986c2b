"""Finds out by its content which format a file has, and reads its rows."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Iterator

import yaml

from . import located_yaml, retail_demo, rows, sample
from .model import Catalogue, Position, RawRow

KINDS = {"categories": "category", "sellers": "seller", "products": "product"}


class Unreadable(Exception):
    """A file that is no catalogue at all."""


def load(path: Path | None) -> Catalogue:
    """The catalogue of a file, or the sample where there is none."""
    if path is None:
        return rows.build(sample.raw_rows())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8: byte {error.start} cannot be decoded") from error
    if text.lstrip().startswith("{"):
        return rows.build(_json_lines(text, path.name))
    return _yaml(text, path.name)


def _yaml(text: str, name: str) -> Catalogue:
    try:
        node = located_yaml.compose(text)
    except yaml.YAMLError as error:
        if re.match(r"(#.*\n|\s*\n|---.*\n)*- ", text):
            return retail_demo.build(_entries_one_by_one(text, name))
        raise Unreadable(f"{name} is not valid YAML: {_one_line(error)}") from error
    if isinstance(node, yaml.SequenceNode):
        return retail_demo.build(_entries(node, "product", name))
    if isinstance(node, yaml.MappingNode) and any(key.value in KINDS for key, _ in node.value):
        return rows.build(_sections(node, name))
    raise Unreadable(f"{name} is in no known format: see infra/catalogue/README.md")


def _entries(node: yaml.Node, kind: str, name: str, start: int = 0) -> Iterator[RawRow]:
    for number, item in enumerate(node.value, start + 1):
        position = Position(name, located_yaml.line_of(item), number)
        try:
            yield RawRow(kind, position, located_yaml.plain(item))
        except located_yaml.BadNode as error:
            yield RawRow(kind, position, None, str(error))


def _sections(node: yaml.MappingNode, name: str) -> Iterator[RawRow]:
    number = 0
    for key, section in node.value:
        if key.value == "souk":
            continue
        if key.value not in KINDS or not isinstance(section, yaml.SequenceNode):
            raise Unreadable(f"{name}:{located_yaml.line_of(key)}: expected one of the lists {', '.join(KINDS)}, not {key.value}")
        yield from _entries(section, KINDS[key.value], name, number)
        number += len(section.value)


def _entries_one_by_one(text: str, name: str) -> Iterator[RawRow]:
    """Reads a broken list entry by entry, so that one syntax error costs one row and not the file."""
    starts = [match.start() for match in re.finditer(r"^- ", text, re.MULTILINE)]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)]), 1):
        position = Position(name, text.count("\n", 0, start) + 1, number)
        try:
            node = located_yaml.compose(text[start:end])
            yield RawRow("product", position, located_yaml.plain(node.value[0]))
        except (yaml.YAMLError, located_yaml.BadNode) as error:
            yield RawRow("product", position, None, f"not valid YAML: {_one_line(error)}")


def _json_lines(text: str, name: str) -> Iterator[RawRow]:
    number = 0
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip():
            continue
        number += 1
        position = Position(name, line, number)
        try:
            value = json.loads(content, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            yield RawRow("product", position, None, f"not valid JSON: {error}")
            continue
        kind = next(iter(value), None) if isinstance(value, dict) and len(value) == 1 else None
        if kind in KINDS.values():
            yield RawRow(kind, position, value[kind])
        else:
            yield RawRow("product", position, value, 'the line must be {"category": …}, {"seller": …} or {"product": …}')


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a field is given twice")
    return result


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _one_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"{problem} at line {mark.line + 1}" if mark else " ".join(problem.split())
