"""Which ids and SKUs have been used, and where first: on disk, since a file may have millions of them."""

from __future__ import annotations

import sqlite3
from typing import Iterable

from .model import Fault, Position


class Names:
    """Names of one catalogue, in a database that is gone with its connection."""

    def __init__(self) -> None:
        # The empty name is SQLite's for a temporary file. What is lost in a crash is of no use after it.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE names (name TEXT PRIMARY KEY, file TEXT, line INTEGER, row INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def use(self, names: Iterable[str], position: Position) -> list[Fault]:
        """Takes the names, unless one of them is another row's already."""
        names = list(names)
        used = [fault for name in names if (fault := self._used(name))]
        if not used:
            rows = [(name, position.file, position.line, position.row) for name in names]
            self._database.executemany("INSERT INTO names VALUES (?, ?, ?, ?)", rows)
        return used

    def close(self) -> None:
        """Forgets everything."""
        self._database.close()

    def _used(self, name: str) -> Fault | None:
        first = self._database.execute("SELECT file, line, row FROM names WHERE name = ?", (name,)).fetchone()
        return Fault("", f"duplicate {name}, first used at {Position(*first)}") if first else None
