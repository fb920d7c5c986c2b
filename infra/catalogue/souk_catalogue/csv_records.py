"""The rows of a CSV file: a record each, by the names of its first one."""

from __future__ import annotations

import csv
import itertools
from typing import Iterator, TextIO

from .mapping import Mapping
from .model import Fault, Position, RawRow
from .opened import Unreadable, lines

# Above the server's limit of a product: a quote that is never closed ends here and not at the end of the file.
csv.field_size_limit(1 << 20)
SEPARATORS = ",;\t|"


def rows_of(text: TextIO, name: str, plan: Mapping, separator: str | None = None) -> Iterator[RawRow]:
    """Each record by the header's names. Needs a text that keeps its ends of lines."""
    content = lines(text, name)
    first = next(content, "")
    separator = plan.separator or separator or max(SEPARATORS, key=first.count)
    reader = csv.reader(itertools.chain([first], content), delimiter=separator, quotechar=plan.quote, strict=True)
    header = [column.strip() for column in next(_records(reader), (1, [], None))[1]]
    if problem := plan.problem_of(header):
        raise Unreadable(f"{name}: {problem}")
    for number, (line, cells, problem) in enumerate(_records(reader), 1):
        if not problem and len(cells) != len(header):
            problem = f"has {len(cells)} cells, where the first record names {len(header)} columns"
        faults = (Fault("", problem),) if problem else ()
        # A line that ends within a cell ends as in any other text.
        values = {column: cell.replace("\r\n", "\n").strip() for column, cell in zip(header, cells)}
        yield RawRow(None, Position(name, line, number), None if faults else values, faults)


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
