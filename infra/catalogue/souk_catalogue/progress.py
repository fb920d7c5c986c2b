"""Shows on standard error how far an import is: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from typing import Callable, TextIO

WIDTH = 30
EVERY = {True: 0.1, False: 3.0}


class Progress:
    """Counts rows as they are dealt with. Used from one thread."""

    def __init__(self, total: int, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._stream, self._clock = total, stream or sys.stderr, clock
        self._bar = self._stream.isatty()
        self._started = self._shown = clock()
        self.done = self.rejected = self._skipped = 0

    def begin(self, rejected: int) -> None:
        """Begins to load; so many rows have been dealt with before."""
        self._started = self._shown = self._clock()
        self.done = self.rejected = self._skipped = rejected

    def step(self, rejected: bool = False, skipped: bool = False) -> None:
        """One row more; what is skipped says nothing of how fast the others go."""
        self.done += 1
        self.rejected += rejected
        self._skipped += skipped
        if self._clock() - self._shown >= EVERY[self._bar] or self.done == self._total:
            self._show()

    def note(self, text: str) -> None:
        """A line of its own, above the bar."""
        self._clear()
        print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leaves the bar as it is."""
        if self._bar and self.done:
            print(file=self._stream, flush=True)

    def _show(self) -> None:
        self._shown = now = self._clock()
        rate = (self.done - self._skipped) / max(now - self._started, 1e-6)
        left = f"{(self._total - self.done) / rate:.0f} s left, " if rate else ""
        text = f"{self.done}/{self._total} rows, {rate:.0f} rows/s, {left}{self.rejected} rejected"
        if self._bar:
            full = WIDTH * self.done // max(self._total, 1)
            self._stream.write(f"\r\x1b[2K[{'#' * full}{'.' * (WIDTH - full)}] {text}")
            self._stream.flush()
        else:
            print(f"import: {text}", file=self._stream, flush=True)

    def _clear(self) -> None:
        if self._bar:
            self._stream.write("\r\x1b[2K")
