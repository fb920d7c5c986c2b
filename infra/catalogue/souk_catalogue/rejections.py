"""Tells of the rows that do not go in: the first ones on standard error, all of them in a file."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any, Iterator, TextIO

from .model import Rejection

SHOWN = 20
COLUMNS = ("file", "line", "row", "kind", "id", "field", "reason")


class Rejections:
    """Takes rejections one by one; a context manager. The file begins to exist with the first one.

    A path that ends in .csv becomes CSV, any other JSON lines: a record for each thing that is wrong.
    """

    def __init__(self, path: Path | None = None, shown: int = SHOWN, stream: TextIO | None = None) -> None:
        self.path, self.count = path, 0
        self._shown, self._stream = shown, stream or sys.stderr
        self._file: TextIO | None = None
        if path:
            # What an earlier run said is no longer true.
            path.unlink(missing_ok=True)

    def add(self, rejection: Rejection) -> None:
        """Tells of one row."""
        self.count += 1
        if self.count <= self._shown:
            print(f"rejected: {printable(str(rejection))}", file=self._stream)
        if self.path:
            self._write(rejection)

    def __enter__(self) -> Rejections:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()
        if self.count > self._shown:
            print(f"rejected: {self.count - self._shown} more rows", file=self._stream)
        if self._file:
            print(f"rejected: all of them, with position, field and reason, are in {self.path}", file=self._stream)

    def _write(self, rejection: Rejection) -> None:
        is_csv = self.path.suffix.lower() == ".csv"
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Half a character of a bad row must not cost the report.
            self._file = open(self.path, "w", encoding="utf-8", errors="backslashreplace", newline="")
            if is_csv:
                csv.writer(self._file).writerow(COLUMNS)
        for record in records_of(rejection):
            if is_csv:
                csv.writer(self._file).writerow([record[name] for name in COLUMNS])
            else:
                self._file.write(json.dumps(record, ensure_ascii=False) + "\n")


def records_of(rejection: Rejection) -> Iterator[dict[str, Any]]:
    """A record for each fault; who made a row that stands in no file is told as nothing."""
    place = rejection.position
    for fault in rejection.faults:
        where = (place.file, place.line, place.row) if place else (None, None, None)
        yield dict(zip(COLUMNS, (*where, rejection.kind, rejection.id, fault.field or None, fault.reason)))


def printable(text: str) -> str:
    """The text for a terminal, which acts on control characters."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
