"""The rows of JSON lines and of JSON documents. Numbers and truth values stay the text that was written."""

from __future__ import annotations

import json
import re
from typing import Any, Iterator, TextIO

from .model import KINDS, Fault, Position, RawRow
from .opened import MAX_LINE, Unreadable, lines

CHUNK = 1 << 16
TOKEN = re.compile(r'["{}\[\],]')
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
BLANK = re.compile(r"[ \t\r\n,]*")
KEY = re.compile(r'[ \t\r\n,]*("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*:[ \t\r\n]*\[')


def lines_of(text: TextIO, name: str) -> Iterator[RawRow]:
    """A row a line; blank lines do not count."""
    number = 0
    for line, content in enumerate(lines(text, name), 1):
        if content.strip():
            number += 1
            yield _row(content, Position(name, line, number))


def document_of(text: TextIO, name: str) -> Iterator[RawRow]:
    """The rows of one list, or of an object of the lists `categories`, `collections`, `sellers` and `products`."""
    reader = _Reader(text, name)
    number = 0
    for section in reader.sections():
        if section is not None and section not in KINDS:
            raise Unreadable(f"{name}:{reader.line}: expected one of the lists {', '.join(KINDS)}, not {section}")
        for line, content in reader.items():
            number += 1
            yield _row(content, Position(name, line, number), KINDS[section] if section else None)


def _row(content: str, position: Position, kind: str | None = None) -> RawRow:
    try:
        return RawRow(kind, position, read(content))
    except (ValueError, RecursionError) as error:
        return RawRow(kind, position, None, (Fault("", f"not valid JSON: {error}"),))


def read(content: str) -> Any:
    """A JSON text as dict, list, str and None."""
    return _written(_DECODER.decode(content))


def _written(value: Any) -> Any:
    # The decoder has no hook for these two.
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list) else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)} is given twice")
    return result


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_no_number)


class _Reader:
    """Walks a document by its brackets and quotes alone, so that an item which is no JSON costs only itself."""

    def __init__(self, text: TextIO, name: str) -> None:
        self._text, self._name = text, name
        self._buffer, self._at, self.line = "", 0, 1

    def sections(self) -> Iterator[str | None]:
        """The names of the lists; None is a list without one. Each list has to be read before the next."""
        first = self._next()
        if first == "[":
            self._skip(1)
            yield None
        elif first == "{":
            self._skip(1)
            while self._next() != "}":
                yield self._key()
            self._skip(1)
        else:
            raise Unreadable(f"{self._name}:{self.line}: expected [ or {{")
        if self._next():
            raise Unreadable(f"{self._name}:{self.line}: something stands after the end of the document")

    def items(self) -> Iterator[tuple[int, str]]:
        """Line and text of each item, up to the list's closing bracket."""
        while (found := self._next()) != "]":
            if not found:
                raise Unreadable(f"{self._name}:{self.line}: the file ends within a list")
            line, end = self.line, self._end_of_item()
            yield line, self._buffer[self._at : end]
            self._skip(end - self._at)
        self._skip(1)

    def _key(self) -> str:
        while not (match := KEY.match(self._buffer, self._at)):
            if len(self._buffer) - self._at > CHUNK or not self._more():
                raise Unreadable(f"{self._name}:{self.line}: expected a name and a list")
        self._skip(match.end() - self._at)
        return match.group(1)[1:-1]

    def _end_of_item(self) -> int:
        at, depth = self._at, 0
        while True:
            token = TOKEN.search(self._buffer, at)
            string = STRING.match(self._buffer, token.start()) if token and token.group() == '"' else None
            if token is None or (token.group() == '"' and string is None):
                start = token.start() if token else len(self._buffer)
                behind = start - self._at
                if len(self._buffer) - self._at > MAX_LINE or not self._more():
                    raise Unreadable(f"{self._name}:{self.line}: an item that begins here has no end")
                at = self._at + behind
            elif string:
                at = string.end()
            elif depth == 0 and token.group() in ",]":
                return token.start()
            else:
                depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
                at = token.end()

    def _next(self) -> str:
        """The next character that is neither white space nor a comma; empty at the end."""
        while True:
            self._skip(BLANK.match(self._buffer, self._at).end() - self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _skip(self, count: int) -> None:
        self.line += self._buffer.count("\n", self._at, self._at + count)
        self._at += count

    def _more(self) -> bool:
        chunk = self._text.read(CHUNK)
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)
