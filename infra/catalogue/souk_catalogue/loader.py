"""Loads a catalogue into a stack: categories by level, then collections and sellers, then products, in chunks of rows and several of those at once."""

from __future__ import annotations

import threading
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Callable, Iterable, Iterator

from .journal import Journal, digest_of
from .model import Catalogue, Product, Rejection, Row
from .operator_api import OperatorApi, path_of
from .products import ProductLoader
from .progress import Progress
from .row_put import Failing, Outcome, Refused
from .row_requests import COLLECTIONS, content_of, resource_of
from .transport import Unreachable

CONNECTIONS = 4
# So many products go in together: a few requests each, and little to do again after an interrupt.
CHUNK = 50
PROBES = 5
# So many rows in a row that the server failed on are an outage, not rows.
OUTAGE = 25
# So many products are looked for by search: the last ones, which it finds last.
WATCHED = 5000


class Outage(Exception):
    """The stack fails on whatever it is sent; what is in is in the journal."""


@dataclass
class Report:
    """What became of the rows."""

    counts: Counter = field(default_factory=Counter)
    loaded: deque[Product] = field(default_factory=lambda: deque(maxlen=WATCHED))
    skipped: int = 0

    @property
    def rejected(self) -> int:
        """How many rows are not in."""
        return sum(count for (_, outcome), count in self.counts.items() if outcome == "rejected")


class Loader:
    """One import. `run` returns when every row is in or rejected."""

    def __init__(
        self,
        api: OperatorApi,
        journal: Journal,
        progress: Progress,
        reject: Callable[[Rejection], None],
        connections: int = CONNECTIONS,
        chunk: int = CHUNK,
    ) -> None:
        self._api, self._journal, self._progress, self._reject = api, journal, progress, reject
        self._connections, self._chunk = connections, chunk
        self._stop = threading.Event()
        self._failures = 0

    def run(self, catalogue: Catalogue) -> Report:
        """Loads all good rows; what the catalogue rejected is counted with what the server refuses."""
        report = Report()
        for kind, count in catalogue.rejected.items():
            report.counts[kind, "rejected"] += count
        self._progress.begin(catalogue.rejected.total())
        if not self._is_still_the_same_stack():
            self._progress.note("import: the stack lost what the journal lists; loading everything")
            self._journal.forget()
        with ThreadPoolExecutor(self._connections, thread_name_prefix="import") as pool:
            try:
                for group in _groups(catalogue):
                    self._load(pool, group, report)
            finally:
                self._stop.set()
                self._progress.end()
        return report

    def _load(self, pool: ThreadPoolExecutor, rows: Iterable[Row], report: Report) -> None:
        waiting: dict[Future, list[Row]] = {}
        chunks = _chunks(rows, self._chunk)
        exhausted = False
        while waiting or not exhausted:
            # A short queue ahead of the threads, so that an interrupt has little to wait for.
            while not exhausted and len(waiting) < 2 * self._connections:
                chunk = next(chunks, None)
                if chunk is None:
                    exhausted = True
                else:
                    waiting[pool.submit(self._put, chunk)] = chunk
            done, _ = wait(waiting, return_when=FIRST_COMPLETED) if waiting else ((), ())
            for future in done:
                for row, result in zip(waiting.pop(future), future.result(), strict=True):
                    self._settle(row, result, report)

    def _settle(self, row: Row, result: Outcome | Refused | None, report: Report) -> None:
        is_refused = isinstance(result, Refused)
        if is_refused:
            self._failures = self._failures + 1 if isinstance(result, Failing) else 0
            if self._failures >= OUTAGE:
                raise Outage(f"the server failed on {OUTAGE} rows one after the other, at last with {result}") from result
            report.counts[row.kind, "rejected"] += 1
            self._reject(Rejection(row.kind, row.value.id, row.position, result.faults))
        else:
            self._failures = 0
            report.counts[row.kind, result.name.lower() if result is not None else "unchanged"] += 1
            report.skipped += result is None
            if row.kind == "product":
                report.loaded.append(row.value)
        self._progress.step(rejected=is_refused, skipped=result is None)

    def _put(self, rows: list[Row]) -> list[Outcome | Refused | None]:
        """Puts all of some rows; None of a row that an interrupted run has put."""
        digests = {row.key: digest_of(content_of(row)) for row in rows}
        todo = [row for row in rows if not self._journal.is_done(row.key, digests[row.key])]
        same = {row.key for row in todo if self._journal.is_known(row.key, digests[row.key])}
        results: dict[str, Outcome | Refused | None] = dict.fromkeys(digests)
        if todo and todo[0].kind == "product":
            results.update(ProductLoader(self._api, self._stop).put(todo, same))
        elif todo:
            results.update((row.key, self._put_resource(row)) for row in todo)
        self._journal.add((row.key, digests[row.key]) for row in todo if not isinstance(results[row.key], Refused))
        return [results[row.key] for row in rows]

    def _put_resource(self, row: Row) -> Outcome | Refused:
        if self._stop.is_set():
            raise Unreachable("the import was stopped")
        try:
            return self._api.put(*resource_of(row))
        except Refused as refusal:
            return refusal

    def _is_still_the_same_stack(self) -> bool:
        """Looks whether some rows that the journal skips are there: a wiped stack may keep its address."""
        probes = (name.partition(":") for name in self._journal.some_done(PROBES))
        return all(self._api.get(path_of(COLLECTIONS[kind], name)) is not None for kind, _, name in probes)


def _groups(catalogue: Catalogue) -> Iterator[Iterable[Row]]:
    """Rows that may go in at once; every group needs the ones before it."""
    depth: dict[str, int] = {}
    for row in catalogue.categories:
        depth[row.value.id] = depth.get(row.value.parent_id or "", -1) + 1
    levels = sorted(catalogue.categories, key=lambda row: depth[row.value.id])
    for _, level in groupby(levels, key=lambda row: depth[row.value.id]):
        yield list(level)
    yield catalogue.collections
    yield catalogue.sellers
    yield catalogue.products


def _chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Only the API of products takes many at once."""
    rows = iter(rows)
    for first in rows:
        yield [first, *islice(rows, size - 1)] if first.kind == "product" else [first]
