"""Remembers per stack which rows are in, so that an interrupted import goes on where it stopped.

A row is known by its name and by a digest of all that it says: so an import goes on in a file that was mended or put in
another order meanwhile, and a row that was changed is put again. What runs since the last complete one have put is
skipped; older rows are a hint that a row's stock is in, and never a reason not to look at the row.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any, Iterable

from .outputs import Outputs


class Busy(Exception):
    """Another import into the same stack is running."""


class Journal:
    """The journal of one stack. Safe to use from many threads; a context manager that holds the stack's lock."""

    def __init__(self, folder: Path, outputs: Outputs) -> None:
        # A new user pool is a new stack, also behind the same address.
        name = hashlib.sha256(f"{outputs.api_url} {outputs.client_id}".encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.sqlite"
        self._held = open(folder / f"{name}.lock", "w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._held.close()
            raise Busy(f"another import into {outputs.api_url} is running (it holds {self._held.name})") from error
        self._lock = threading.Lock()
        self._database = self._open()
        self._trusted = False

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            # A process that is killed loses nothing; a machine that loses power loses the last rows, which are put again.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("CREATE TABLE IF NOT EXISTS rows (name TEXT PRIMARY KEY, digest TEXT, complete INTEGER) WITHOUT ROWID")
        except sqlite3.DatabaseError:
            database.close()
            self.path.unlink()
            return self._open()
        return database

    def is_done(self, key: str, digest: str) -> bool:
        """Whether an interrupted run has brought in exactly this row; once `trust` was called, whether any run has."""
        found = self._find(key)
        return found is not None and found[0] == digest and (self._trusted or not found[1])

    def is_known(self, key: str, digest: str) -> bool:
        """Whether the last run that brought in a row of this name brought in exactly this one."""
        found = self._find(key)
        return found is not None and found[0] == digest

    def trust(self) -> None:
        """Takes the rows of complete runs for done as well."""
        self._trusted = True

    def some_done(self, count: int) -> list[str]:
        """The names of some rows that `is_done` may answer for, anywhere among them."""
        condition = "" if self._trusted else "WHERE complete = 0"
        with self._lock:
            return [name for name, in self._database.execute(f"SELECT name FROM rows {condition} ORDER BY random() LIMIT ?", (count,))]

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Notes that rows are in, by name and digest."""
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, 0)", rows)
            self._database.execute("COMMIT")

    def complete(self) -> None:
        """Notes that a run has reached its end."""
        with self._lock:
            self._database.execute("UPDATE rows SET complete = 1 WHERE complete = 0")

    def forget(self) -> None:
        """Begins anew, because the stack is not the one that the journal speaks of."""
        with self._lock:
            self._database.execute("DELETE FROM rows")

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        # Closing gives the lock back.
        self._held.close()

    def _find(self, key: str) -> tuple[str, int] | None:
        with self._lock:
            return self._database.execute("SELECT digest, complete FROM rows WHERE name = ?", (key,)).fetchone()


def digest_of(content: Any) -> str:
    """What a row says, as a hash."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]
