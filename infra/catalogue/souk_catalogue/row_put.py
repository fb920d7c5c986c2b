"""What the server tells of a put, alone or as one row of many, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Iterator

from .model import Fault
from .transport import reason_of

STALE_ATTEMPTS = 5
CONTENDED = "somebody else keeps changing it"
# The API's limits of one request, with some room for what stands around the rows.
MAX_ROWS = 100
MAX_BYTES = 1_000_000


class Outcome(IntEnum):
    """What a put did; the greatest outcome of a row's puts is the row's."""

    UNCHANGED = 0
    CHANGED = 1
    CREATED = 2


class Refused(Exception):
    """The server refuses this resource; others may go in."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults

    def within(self, resource: str) -> Refused:
        """The same refusal, of one of the resources that a row puts."""
        return type(self)(*(Fault(f"{resource} {fault.field}".rstrip(), fault.reason) for fault in self.faults))


class Failing(Refused):
    """The server failed at every attempt: its fault, not the row's."""


def refusal(status: int, problem: Any) -> Refused:
    """What a final refusal is: a fault for each field that the problem names."""
    errors = problem.get("errors") if isinstance(problem, dict) else None
    named = [error for error in errors if isinstance(error, dict) and error.get("field")] if isinstance(errors, list) else []
    # A row of products has the product's own fields one level down; the file has not.
    faults = [Fault(str(error["field"]).removeprefix("product."), f"{error.get('detail')} ({status})") for error in named]
    return (Failing if status >= 500 or status == 429 else Refused)(*(faults or [Fault("", reason_of(status, problem))]))


@dataclass
class RowPut:
    """One row on its way. The file has the last word: a version that is told is the one that is overwritten."""

    row: dict[str, Any]
    result: Outcome | Refused | None = None
    stale: int = 0
    failures: int = 0

    def settle(self, told: dict[str, Any], keep: bool, attempts: int) -> None:
        """Takes the server's answer; without a result the row has to be sent again, as it stands then."""
        self.failures, failures = 0, self.failures
        if told["outcome"] != "refused":
            self.result = Outcome[told["outcome"].upper()]
            return
        problem = told["problem"]
        status = problem["status"]
        if status == 428 and keep:
            self.result = Outcome.UNCHANGED
        elif status in (412, 428) and self.stale < STALE_ATTEMPTS:
            self.stale += 1
            version = problem.get("present_version")
            self.row = {**self.row, "if_match": version}
        elif status in (412, 428):
            self.result = Refused(Fault("", CONTENDED))
        elif (status >= 500 or status == 429) and failures + 1 < attempts:
            self.failures = failures + 1
        else:
            self.result = refusal(status, problem)


def parts_of(puts: list[RowPut]) -> Iterator[list[RowPut]]:
    """Cuts rows into requests that keep to the API's limits; a row that is too large by itself goes alone."""
    part, size = [], 0
    for put in puts:
        length = len(json.dumps(put.row, ensure_ascii=False).encode()) + 2
        if part and (len(part) == MAX_ROWS or size + length > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(put)
        size += length
    if part:
        yield part
