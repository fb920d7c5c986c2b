"""Loads a catalogue into a stack: categories by level, then sellers, then products, many rows at a time."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby
from typing import Iterator

from .journal import Journal, digest_of
from .model import Catalogue, Product, Rejection, Row
from .operator_api import Failing, OperatorApi, Outcome, Refused, path_of
from .progress import Progress
from .row_requests import requests_of
from .transport import Unreachable

CONNECTIONS = 16
PROBES = 5
# So many rows in a row that the server failed on are an outage, not rows.
OUTAGE = 25


class Outage(Exception):
    """The stack fails on whatever it is sent; what is in is in the journal."""


@dataclass
class Report:
    """What became of the rows."""

    counts: Counter = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    loaded: list[Product] = field(default_factory=list)
    skipped: int = 0


class Loader:
    """One import. `run` returns when every row is in or rejected."""

    def __init__(self, api: OperatorApi, journal: Journal, progress: Progress, connections: int = CONNECTIONS) -> None:
        self._api, self._journal, self._progress, self._connections = api, journal, progress, connections
        self._stop = threading.Event()
        self._failures = 0

    def run(self, catalogue: Catalogue) -> Report:
        """Loads all good rows; the rejections of the catalogue come back with those of the server."""
        report = Report(rejections=list(catalogue.rejections))
        for rejection in catalogue.rejections:
            report.counts[rejection.kind, "rejected"] += 1
            self._progress.step(rejected=True)
        if self._journal.done and not self._still_the_same_stack(catalogue):
            self._progress.note("import: the stack lost what the journal lists; loading everything")
            self._journal.forget()
        with ThreadPoolExecutor(self._connections, thread_name_prefix="import") as pool:
            try:
                for group in _groups(catalogue):
                    self._load(pool, group, report)
            finally:
                self._stop.set()
                self._progress.end()
        refused = {(rejection.kind, rejection.position) for rejection in report.rejections}
        report.loaded = [row.value for row in catalogue.products if (row.kind, row.position) not in refused]
        return report

    def _load(self, pool: ThreadPoolExecutor, rows: list[Row], report: Report) -> None:
        waiting: dict[Future, Row] = {}
        queue = iter(rows)
        exhausted = False
        while waiting or not exhausted:
            # A short queue ahead of the threads, so that an interrupt has little to wait for.
            while not exhausted and len(waiting) < 2 * self._connections:
                row = next(queue, None)
                if row is None:
                    exhausted = True
                else:
                    waiting[pool.submit(self._put, row)] = row
            done, _ = wait(waiting, return_when=FIRST_COMPLETED) if waiting else ((), ())
            for future in done:
                self._settle(waiting.pop(future), future, report)

    def _settle(self, row: Row, future: Future, report: Report) -> None:
        try:
            outcome = future.result()
            report.counts[row.kind, outcome.name.lower() if outcome is not None else "unchanged"] += 1
            report.skipped += outcome is None
            self._failures = 0
        except Refused as refusal:
            self._failures = self._failures + 1 if isinstance(refusal, Failing) else 0
            if self._failures >= OUTAGE:
                raise Outage(f"the server failed on {OUTAGE} rows one after the other, at last with {refusal}") from refusal
            report.counts[row.kind, "rejected"] += 1
            report.rejections.append(Rejection(row.kind, row.value.id, row.position, (str(refusal),)))
        self._progress.step(rejected=future.exception() is not None)

    def _put(self, row: Row) -> Outcome | None:
        """Puts all of a row; None where an interrupted run has done so."""
        requests = requests_of(row)
        digest = digest_of(requests)
        if self._journal.is_done(row.key, digest):
            return None
        known, same_as_before = self._journal.is_known(row.key), self._journal.is_known(row.key, digest)
        outcome = Outcome.UNCHANGED
        for request in requests:
            if self._stop.is_set():
                raise Unreachable("the import was stopped")
            try:
                if request.create_only:
                    # Stock never goes away, except with the stack: then the product was missing as well.
                    if same_as_before and outcome is Outcome.UNCHANGED:
                        continue
                    outcome = max(outcome, self._api.create(request.path, request.body))
                else:
                    outcome = max(outcome, self._api.put(request.path, request.body, probably_there=known))
            except Refused as refusal:
                where = "" if request is requests[0] else f"{request.path.removeprefix('/admin/')}: "
                raise type(refusal)(f"{where}{refusal}") from refusal
        self._journal.add(row.key, digest)
        return outcome

    def _still_the_same_stack(self, catalogue: Catalogue) -> bool:
        """Looks whether some products that the journal skips are there: a wiped stack may keep its address."""
        skipped = [row.value.id for row in catalogue.products if row.key in self._journal.done]
        probes = random.sample(skipped, min(PROBES, len(skipped)))
        return all(self._api.get(path_of("products", name)) is not None for name in probes)


def _groups(catalogue: Catalogue) -> Iterator[list[Row]]:
    """Rows that may go in at once; every group needs the ones before it."""
    depth: dict[str, int] = {}
    for row in catalogue.categories:
        depth[row.value.id] = depth.get(row.value.parent_id or "", -1) + 1
    levels = sorted(catalogue.categories, key=lambda row: depth[row.value.id])
    for _, level in groupby(levels, key=lambda row: depth[row.value.id]):
        yield list(level)
    yield catalogue.sellers
    yield catalogue.products
