"""Reads typed fields out of an untyped row and collects everything that is wrong with it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Iterator

from .model import Money

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
# The API's own limit of an amount.
MAX_MINOR = 99_999_999
CENT = Decimal("0.01")
MAX_DOLLARS = Decimal(MAX_MINOR).scaleb(-2)
MAX_COUNT = 1_000_000_000


class Fields:
    """One mapping of a row. Each reader takes a field once; `finish` refuses the fields nobody asked for."""

    def __init__(self, value: Any, errors: list[str], path: str = "") -> None:
        self.errors = errors
        self.path = path
        self._taken: set[str] = set()
        self._value: dict[str, Any] = {}
        if isinstance(value, dict):
            self._value = value
        else:
            self.errors.append(f"{path or 'the row'} must be a mapping, not {kind_of(value)}")

    def error(self, key: str, reason: str) -> None:
        """Notes what is wrong with the field `key`."""
        self.errors.append(f"{self._name(key)} {reason}")

    def take(self, key: str, required: bool = False) -> Any:
        """The field as it is; None where it is missing."""
        self._taken.add(key)
        value = self._value.get(key)
        if value is None and required:
            self.error(key, "is missing")
        return value

    def text(self, key: str, limit: int, required: bool = True) -> str | None:
        """A text that is not blank, without the white space around it."""
        value = self.take(key, required)
        if value is None:
            return None
        if not isinstance(value, str):
            return self.error(key, f"must be a text, not {kind_of(value)}")
        value = value.strip()
        if not value:
            return self.error(key, "is empty")
        if len(value) > limit:
            return self.error(key, f"is longer than {limit} characters")
        if not _is_text(value):
            return self.error(key, "holds half a character")
        return value

    def id(self, key: str, required: bool = True) -> str | None:
        """An id of the alphabet that addresses of the API allow."""
        value = self.take(key, required)
        if value is None:
            return None
        if not isinstance(value, str):
            return self.error(key, f"must be a text, not {kind_of(value)}")
        if not ID.match(value):
            return self.error(key, f"{value!r} is no usable id: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit")
        return value

    def count(self, key: str, required: bool = True, limit: int = MAX_COUNT) -> int | None:
        """A whole number from 0 to `limit`."""
        value = self.take(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            return self.error(key, f"must be a whole number, not {kind_of(value)}")
        if not 0 <= value <= limit:
            return self.error(key, f"{value} is not within 0 and {limit}")
        return value

    def money(self, key: str) -> Money | None:
        """A price: a decimal number of dollars, or the API's {amount: minor units, currency}."""
        value = self.take(key, required=True)
        if value is None:
            return None
        if isinstance(value, dict):
            inner = Fields(value, self.errors, self._name(key))
            amount = inner.count("amount", limit=MAX_MINOR)
            if inner.take("currency", required=True) not in (None, "USD"):
                inner.error("currency", "must be USD")
            inner.finish()
            return None if amount is None else Money(amount)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return self.error(key, f"must be a number, not {kind_of(value)}")
        amount = Decimal(value)
        if not amount.is_finite():
            return self.error(key, f"{value} is no amount")
        if amount < 0:
            return self.error(key, f"{value} is negative")
        if amount > MAX_DOLLARS:
            return self.error(key, f"{value} is above {MAX_DOLLARS}")
        # A remainder is exact; a product of Decimals is rounded to 28 digits, and an overlong price would pass.
        if amount % CENT:
            return self.error(key, f"{value} has more than 2 decimals")
        return Money(int(amount.scaleb(2).to_integral_value()))

    def texts(self, key: str) -> dict[str, str]:
        """A flat mapping of names to short texts; numbers and truth values are written as text."""
        value = self.take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.error(key, f"must be a mapping, not {kind_of(value)}")
            return {}
        result = {}
        for name, item in value.items():
            if isinstance(item, bool):
                item = "true" if item else "false"
            if not isinstance(item, (str, int, Decimal)) or not str(item).strip() or not _is_text(f"{name}{item}"):
                self.error(f"{key}.{name}", "must be a text that is not empty")
            else:
                result[str(name)] = str(item).strip()
        return result

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

    def finish(self) -> None:
        """Refuses what was not read: a misspelt optional field would otherwise be lost in silence."""
        for key in self._value:
            if key not in self._taken:
                self.error(str(key), "is not a known field")

    def _name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _is_text(value: str) -> bool:
    """JSON can spell a lone surrogate, which is no character and cannot be sent."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def kind_of(value: Any) -> str:
    """The type of a value in the words of the file, not of Python."""
    names = {type(None): "nothing", bool: "a truth value", int: "a number", Decimal: "a number", str: "a text", list: "a list", dict: "a mapping"}
    return names.get(type(value), type(value).__name__)
