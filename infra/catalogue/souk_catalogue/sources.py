"""Finds out which format a file has, by its content and its ending, and reads its rows."""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path
from typing import Callable, Iterator

from . import catalogues, csv_records, json_records, mapping, sample, yaml_records
from .model import KINDS, Catalogue, Fault, RawRow, Rejection
from .opened import Unreadable, open_text, state_of, suffix_of
from .retail_demo import RetailDemo, looks_like, reworded

__all__ = ["Unreadable", "load"]

WORDS = frozenset(KINDS.values())
# So many rows tell whose format the file is.
LOOKED_AT = 100
# A first line that is longer is no row.
LONGEST_ROW = 1 << 20
UNWRAPPED = 'the row must be {"category": …}, {"collection": …}, {"seller": …} or {"product": …}'


def load(path: Path | None, reject: Callable[[Rejection], None], columns: Path | None = None) -> Catalogue:
    """The catalogue of a file, or the sample where there is none. `columns` is a mapping file for flat rows."""
    if path is None:
        return catalogues.build(sample.raw_rows, reject)
    plan = mapping.load(columns) if columns else None
    read = _reader_of(path, plan)
    if plan or read.is_flat:
        return catalogues.build(lambda: (plan or mapping.PLAIN).rows(read()), reject)
    first = list(itertools.islice(read(), LOOKED_AT))
    if any(looks_like(raw.value) for raw in first) and not any(raw.kind or _kind_in(raw) for raw in first):
        retail = RetailDemo()
        catalogue = catalogues.build(lambda: retail.rows(read()), lambda rejection: reject(reworded(rejection)))
        retail.complete(catalogue)
        return catalogue
    return catalogues.build(lambda: map(_unwrapped, read()), reject)


class _Reader:
    """Reads a file's rows from its beginning, as often as it is called, as long as it stays the same."""

    def __init__(self, path: Path, read: Callable[..., Iterator[RawRow]], encoding: str | None, newline: str | None) -> None:
        self._path, self._read, self._encoding, self._newline = path, read, encoding, newline
        self._state = state_of(path)
        # A table has no kinds and no structure: somebody has to say what its columns are.
        self.is_flat = newline is not None

    def __call__(self) -> Iterator[RawRow]:
        if state_of(self._path) != self._state:
            raise Unreadable(f"{self._path} has changed since the import began")
        try:
            with open_text(self._path, self._encoding, self._newline) as text:
                yield from self._read(text, self._path.name)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self._path} is not {error.encoding}: {error.reason}") from error
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"cannot read {self._path}: {error}") from error


def _reader_of(path: Path, plan: mapping.Mapping | None) -> _Reader:
    ending, encoding = suffix_of(path), plan.encoding if plan else None
    first = _first_line(path, encoding)
    if not first:
        raise Unreadable(f"{path.name} is empty")
    if ending in (".csv", ".tsv"):
        separator = "\t" if ending == ".tsv" else None
        return _Reader(path, lambda text, name: csv_records.rows_of(text, name, plan or mapping.PLAIN, separator), encoding, "")
    if ending in (".jsonl", ".ndjson") or (first.startswith("{") and ending not in (".yaml", ".yml", ".json")):
        read = json_records.lines_of
    elif ending == ".json" or (first.startswith("[") and ending not in (".yaml", ".yml")):
        # Many programs call JSON lines .json.
        read = json_records.lines_of if _is_one_row(first) else json_records.document_of
    else:
        read = yaml_records.rows_of
    return _Reader(path, read, encoding, None)


def _first_line(path: Path, encoding: str | None) -> str:
    """The first line that is not blank, or so much of it as a row can have."""
    state_of(path)
    try:
        with open_text(path, encoding) as text:
            return next(filter(None, (line.strip() for line in iter(lambda: text.readline(LONGEST_ROW), ""))), "")
    except (UnicodeError, OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"cannot read {path}: {error}") from error


def _is_one_row(line: str) -> bool:
    try:
        value = json_records.read(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not value.keys() & KINDS.keys()


def _kind_in(raw: RawRow) -> str | None:
    kind = next(iter(raw.value), None) if isinstance(raw.value, dict) and len(raw.value) == 1 else None
    return kind if kind in WORDS else None


def _unwrapped(raw: RawRow) -> RawRow:
    if raw.kind or raw.faults:
        return RawRow(raw.kind or "product", raw.position, raw.value, raw.faults)
    kind = _kind_in(raw)
    return RawRow(kind, raw.position, raw.value[kind]) if kind else RawRow("product", raw.position, raw.value, (Fault("", UNWRAPPED),))
