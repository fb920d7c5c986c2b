"""The rows of a CSV file: a record each, by the names of its first one."""

from __future__ import annotations

import csv
from typing import Iterator, TextIO

from .model import Position, RawRow
from .opened import Unreadable

# Above the server's limit of a product: a quote that is never closed ends here and not at the end of the file.
csv.field_size_limit(1 << 20)
SEPARATORS = ",;\t|"


def rows_of(text: TextIO, name: str, separator: str | None = None, quote: str = '"') -> Iterator[RawRow]:
    """Each record by the header's names; an empty cell is nothing. Needs a text that keeps its ends of lines."""
    first = text.readline()
    while first and not first.strip():
        first = text.readline()
    separator = separator or max(SEPARATORS, key=first.count)
    reader = csv.reader(_with(first, text), delimiter=separator, quotechar=quote, strict=True)
    header = [column.strip() for column in next(_records(reader), (1, [], None))[1]]
    twice = [column for column in header if header.count(column) > 1]
    if not any(header) or twice:
        raise Unreadable(f"{name}: the first record must name the columns{f', {twice[0]!r} stands there twice' if twice else ''}")
    for number, (line, cells, problem) in enumerate(_records(reader), 1):
        position = Position(name, line, number)
        if not problem and len(cells) != len(header):
            problem = f"has {len(cells)} cells, where the first record names {len(header)} columns"
        values = {column: cell for column, cell in zip(header, cells) if cell.strip()}
        yield RawRow(None, position, None if problem else values, problem)


def _with(first: str, text: TextIO) -> Iterator[str]:
    yield first
    yield from text


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str], str | None]]:
    """First line, cells and problem of each record that is not blank."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield line, [], f"not valid CSV: {error}"
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells, None
