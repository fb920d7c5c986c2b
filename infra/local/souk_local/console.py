"""What the person at the terminal sees: steps with their times, and failures as one line."""
import sys
import threading
import time

_lock = threading.Lock()


class Failure(Exception):
    """Something the user has to act on; its text is one line that says what to do."""


def say(text):
    """Print one line; safe from several threads at once. Standard output stays free for data."""
    with _lock:
        print(text, file=sys.stderr, flush=True)


class Step:
    """A named piece of work: announces itself, then prints how long it took.

    A step that is still running after ``pulse`` seconds says so now and then, so that
    a quiet download is not taken for a hang.
    """

    def __init__(self, name, pulse=20):
        self.name, self.pulse = name, pulse

    def __enter__(self):
        say(f"  … {self.name}")
        self._began, self._over = time.monotonic(), threading.Event()
        threading.Thread(target=self._report, daemon=True).start()
        return self

    def _report(self):
        while not self._over.wait(self.pulse):
            say(f"  … {self.name}: still at it after {time.monotonic() - self._began:.0f} s")

    def __exit__(self, kind, error, trace):
        self._over.set()
        mark = "✓" if kind is None else "✗"
        say(f"  {mark} {self.name} ({time.monotonic() - self._began:.1f} s)")
        return False
