"""Reads typed fields out of a row, whose every value is text, and collects everything that is wrong with it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Iterator

from . import contract
from .currency import CURRENCY, DECIMALS
from .model import Fault, Money
from .texts import broken_character, control_character

ID = contract.pattern_of("ProductId")
MAX_MINOR = contract.most("Money", "amount")
MAX_COUNT = contract.most("CountRow", "quantity")
MAX_PRICE = Decimal(MAX_MINOR).scaleb(-DECIMALS)
MINOR_UNIT = Decimal(1).scaleb(-DECIMALS)
# One rule for every number of every format: no exponent, no leading zero, no sign but a minus, nothing between digits.
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,29})\Z")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?\Z")


class Fields:
    """One mapping of a row. Each reader takes a field once; `finish` refuses the fields nobody asked for."""

    def __init__(self, value: Any, errors: list[Fault], path: str = "") -> None:
        self.errors = errors
        self.path = path
        self._taken: set[str] = set()
        self._value: dict[str, Any] = {}
        if isinstance(value, dict):
            self._value = value
        else:
            self.errors.append(Fault(path, f"{'' if path else 'the row '}must be a mapping, not {kind_of(value)}"))

    def error(self, key: str, reason: str) -> None:
        """Notes what is wrong with the field `key`."""
        self.errors.append(Fault(self._name(key), reason))

    def take(self, key: str, required: bool = False) -> Any:
        """The field as it is; None where it is missing."""
        self._taken.add(key)
        value = self._value.get(key)
        if value is None and required:
            self.error(key, "is missing")
        return value

    def text(self, key: str, required: bool = True, blank: bool = False) -> str | None:
        """A text without the white space around it, on whose length the server decides; blank only where that is allowed."""
        value = self._scalar(key, required)
        if value is None:
            return None
        if not value and not blank:
            return self.error(key, "is empty")
        if reason := broken_character(value) or (None if blank else control_character(value)):
            return self.error(key, reason)
        return value

    def id(self, key: str, required: bool = True) -> str | None:
        """An id of the alphabet that addresses of the API allow, as it was written."""
        value = self._scalar(key, required)
        if value is not None and not ID.match(value):
            return self.error(key, f"{value!r} is no usable id: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit")
        return value

    def count(self, key: str, required: bool = True, limit: int = MAX_COUNT) -> int | None:
        """A whole number from 0 to `limit`."""
        value = self._scalar(key, required)
        if value is None:
            return None
        if not WHOLE.match(value):
            return self.error(key, f"must be a whole number, not {value!r}")
        if not 0 <= int(value) <= limit:
            return self.error(key, f"{value} is not within 0 and {limit}")
        return int(value)

    def number(self, key: str) -> Decimal | None:
        """A decimal number."""
        value = self._scalar(key, required=True)
        if value is not None and not NUMBER.match(value):
            return self.error(key, f"must be a number, not {value!r}")
        return None if value is None else Decimal(value)

    def flag(self, key: str) -> bool | None:
        """Yes or no; None where it is not said."""
        value = self._scalar(key, required=False)
        if value is None or value in ("yes", "true"):
            return None if value is None else True
        return False if value in ("no", "false") else self.error(key, f"must be yes or no, not {value!r}")

    def money(self, key: str) -> Money | None:
        """A price: a decimal number of the shop's currency, or the API's {amount: minor units, currency}."""
        if isinstance(value := self.take(key), dict):
            inner = Fields(value, self.errors, self._name(key))
            amount = inner.count("amount", limit=MAX_MINOR)
            if inner.take("currency", required=True) not in (None, CURRENCY):
                inner.error("currency", f"must be {CURRENCY}")
            inner.finish()
            return None if amount is None else Money(amount)
        amount = self.number(key)
        if amount is None:
            return None
        if amount < 0:
            return self.error(key, f"{value} is negative")
        if amount > MAX_PRICE:
            return self.error(key, f"{value} is above {MAX_PRICE}")
        # A remainder is exact; a product of Decimals is rounded to 28 digits, and an overlong price would pass.
        if amount % MINOR_UNIT:
            return self.error(key, f"{value} has more than {DECIMALS} decimals")
        return Money(int(amount.scaleb(DECIMALS).to_integral_value()))

    def texts(self, key: str) -> dict[str, str]:
        """A flat mapping of names to texts as they were written."""
        inner = self.inner(key)
        if inner is None:
            return {}
        result = {}
        for name in inner.names():
            if reason := broken_character(name):
                inner.error(repr(name), reason)
            elif (text := inner.text(name, blank=True)) is not None:
                result[name] = text
        return result

    def entries(self, key: str, of_ids: bool = False) -> tuple[str, ...]:
        """The texts of a list, or its ids, each with its own path."""
        value = self.take(key)
        if not isinstance(value, (list, tuple)):
            return () if value is None else self.error(key, f"must be a list, not {kind_of(value)}") or ()
        inner = Fields({f"{key}[{index}]": entry for index, entry in enumerate(value)}, self.errors, self.path)
        read = (inner.id(name) if of_ids else inner.text(name) for name in inner.names())
        return tuple(entry for entry in read if entry is not None)

    def items(self, key: str, required: bool = False) -> Iterator["Fields"]:
        """The mappings of a list, each with its own path."""
        value = self.take(key, required)
        if value is None:
            return
        if not isinstance(value, list):
            self.error(key, f"must be a list, not {kind_of(value)}")
        elif required and not value:
            self.error(key, "is empty")
        else:
            for index, item in enumerate(value):
                yield Fields(item, self.errors, f"{self._name(key)}[{index}]")

    def inner(self, key: str) -> "Fields | None":
        """A mapping inside this one, where it is there."""
        value = self.take(key)
        return None if value is None else Fields(value, self.errors, self._name(key))

    def names(self) -> list[str]:
        """What the fields are called."""
        return list(self._value)

    def finish(self) -> None:
        """Refuses what was not read: a misspelt optional field would otherwise be lost in silence."""
        for key in self._value:
            if key not in self._taken:
                self.error(str(key), "is not a known field")

    def _scalar(self, key: str, required: bool) -> str | None:
        value = self.take(key, required)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            # Rows that are made here and not read: their numbers are as good as written.
            value = str(value)
        if value is None or isinstance(value, str):
            return value.strip() if value else value
        return self.error(key, f"must be a text, not {kind_of(value)}")

    def _name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def kind_of(value: Any) -> str:
    """The type of a value in the words of the file, not of Python."""
    names = {type(None): "nothing", str: "a text", list: "a list", dict: "a mapping"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), type(value).__name__)
