"""Remembers per stack which rows are in, so that an interrupted import goes on where it stopped.

A line per row, appended when the row is in. Rows since the last `complete` line belong to an interrupted run: their
next run skips them. Older ones are a hint that a row's stock is in, and never a reason not to look at the row.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from .outputs import Outputs


class Busy(Exception):
    """Another import into the same stack is running."""


class Journal:
    """The journal of one stack. Appending is safe from many threads; a context manager that holds the stack's lock."""

    def __init__(self, folder: Path, outputs: Outputs) -> None:
        # A new user pool is a new stack, also behind the same address.
        name = hashlib.sha256(f"{outputs.api_url} {outputs.client_id}".encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.jsonl"
        self._lock = threading.Lock()
        self._file = open(self.path, "a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Busy(f"another import into {outputs.api_url} is running (it holds {self.path})") from error
        self.done: dict[str, str] = {}
        self.known: dict[str, str] = {}
        self._read()

    def _read(self) -> None:
        self._file.seek(0)
        text = self._file.read()
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # The line that was being written when the last run was killed.
            if entry.get("complete"):
                self.known.update(self.done)
                self.done.clear()
            elif "row" in entry:
                self.done[entry["row"]] = entry["digest"]
        if text and not text.endswith("\n"):
            self._append("")

    def is_done(self, key: str, digest: str) -> bool:
        """Whether an interrupted run has brought in exactly this row."""
        return self.done.get(key) == digest

    def is_known(self, key: str, digest: str) -> bool:
        """Whether the last run that brought in a row of this name brought in exactly this one."""
        return digest == (self.done.get(key) or self.known.get(key))

    def trust(self) -> None:
        """Takes the rows of complete runs for done as well."""
        self.done = {**self.known, **self.done}

    def add(self, key: str, digest: str) -> None:
        """Notes that a row is in."""
        with self._lock:
            self.done[key] = digest
            self._append(json.dumps({"row": key, "digest": digest}))

    def complete(self) -> None:
        """Notes that a run has reached its end, in a file without what is out of date."""
        self.known.update(self.done)
        self.done.clear()
        lines = [json.dumps({"row": key, "digest": digest}) for key, digest in self.known.items()]
        self._replace([*lines, json.dumps({"complete": True})])

    def forget(self) -> None:
        """Begins anew, because the stack is not the one that the journal speaks of."""
        self.done.clear()
        self.known.clear()
        self._replace([])

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing gives the lock back.
        self._file.close()

    def _append(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()

    def _replace(self, lines: list[str]) -> None:
        # In place, since the lock is on this very file; cut short, it would read as an interrupted run, which is safe.
        with self._lock:
            self._file.truncate(0)
            self._file.write("".join(line + "\n" for line in lines))
            self._file.flush()
            os.fsync(self._file.fileno())


def digest_of(content: Any) -> str:
    """What a row says, as a hash."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:24]
