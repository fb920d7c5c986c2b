"""The entries of a YAML catalogue, one after the other: each is parsed by itself, so that memory stays bounded and a
syntax error costs one entry. What is written in flow style at the top (`products: [...]`) is parsed as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterator, TextIO

import yaml

from . import located_yaml
from .model import KINDS, Fault, Position, RawRow
from .opened import Unreadable, lines
from .texts import not_utf8

SECTION = re.compile(r"""(["']?)([A-Za-z_][\w-]*)\1[ \t]*:(?=\s|$)""")
PREAMBLE = re.compile(r"%|(---|\.\.\.)\s*(#.*)?$")
ITEM = re.compile(r"( *)-(?=\s|$)")
# YAML counts these among the ends of lines; in a catalogue they are characters like any other.
HIDDEN = {"\x85": "\U0010ff85", "\u2028": "\U0010ff28", "\u2029": "\U0010ff29"}
HIDE, SHOW = str.maketrans(HIDDEN), str.maketrans({there: here for here, there in HIDDEN.items()})
# What stands at the top beside the lists.
HEADER = "souk"


@dataclass
class _Part:
    """Lines that belong together: an entry, or all of a section that is no block list."""

    section: str | None
    line: int
    is_entry: bool
    lines: list[str] = field(default_factory=list)


def rows_of(text: TextIO, name: str) -> Iterator[RawRow]:
    """The rows of the lists `categories`, `collections`, `sellers` and `products`, or of one flat list, whose rows have no kind."""
    anchors: dict[str, Any] = {}
    number = 0
    for part in _parts(text, name):
        for section, line, value, faults in _entries(part, name, anchors):
            number += 1
            yield RawRow(KINDS[section] if section else None, Position(name, line, number), value, faults)


def _parts(text: TextIO, name: str) -> Iterator[_Part]:
    part: _Part | None = None
    section, indent, begun = None, None, False
    for number, line in enumerate(lines(text, name), 1):
        item, key = ITEM.match(line), SECTION.match(line)
        if not line.strip() or line.lstrip().startswith("#"):
            pass
        elif PREAMBLE.match(line) and not begun:
            continue
        elif line.startswith("---"):
            raise Unreadable(f"{name}:{number}: a catalogue is one YAML document, which begins on a line of its own")
        elif key:
            if part:
                yield part
            section, indent, begun = _section(key.group(2), name, number), None, True
            # Whatever follows on the line is all of the section, or its beginning.
            part = _Part(section, number, False) if re.sub(r"(^|\s)#.*", "", line[key.end():]).strip() else None
        elif item and (part is None or part.is_entry) and indent in (None, len(item.group(1))):
            if part:
                yield part
            indent, begun, part = len(item.group(1)), True, _Part(section, number, True)
        elif part is None:
            if begun:
                raise Unreadable(f"{name}:{number}: {section or 'the file'} must be a list")
            begun, part = True, _Part(None, number, False)
        if part:
            part.lines.append(line)
    if part:
        yield part


def _section(key: str, name: str, line: int) -> str:
    if key not in KINDS and key != HEADER:
        raise Unreadable(f"{name}:{line}: expected one of the lists {', '.join(KINDS)}, not {key}: see infra/catalogue/README.md")
    return key


def _entries(part: _Part, name: str, anchors: dict[str, Any]) -> Iterator[tuple[str | None, int, Any, tuple[Fault, ...]]]:
    """Section, line, value and faults of each entry."""
    if part.section == HEADER:
        return
    try:
        value = _read("".join(part.lines), anchors)
    except (yaml.YAMLError, located_yaml.BadNode, UnicodeEncodeError) as error:
        problem = f"not valid YAML: {_one_line(error, part.line - 1)}"
        if not part.is_entry:
            raise Unreadable(f"{name}: {problem}") from error
        yield part.section, part.line, None, (Fault("", problem),)
        return
    lists = {part.section: value} if part.is_entry or not isinstance(value, dict) else value
    for section, entries in lists.items():
        if section and _section(section, name, part.line) == HEADER:
            continue
        if not isinstance(entries, list):
            raise Unreadable(f"{name}:{part.line}: {section or 'the file'} must be a list: see infra/catalogue/README.md")
        for item in entries:
            inside = item.line - 1 if isinstance(item, located_yaml.Mapping) and not part.is_entry else 0
            yield section, part.line + inside, item, ()


def _read(text: str, anchors: dict[str, Any]) -> Any:
    if not any(character in text for character in HIDDEN):
        return located_yaml.read(text, anchors)
    return _shown(located_yaml.read(text.translate(HIDE), anchors))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(SHOW)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        shown = located_yaml.Mapping((key.translate(SHOW), _shown(item)) for key, item in value.items())
        shown.line = getattr(value, "line", 0)
        return shown
    return value


def _one_line(error: Exception, before: int) -> str:
    if isinstance(error, UnicodeEncodeError):
        return not_utf8(error.object) or "it holds half a character"
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"{problem} at line {before + mark.line + 1}" if mark else " ".join(problem.split())
