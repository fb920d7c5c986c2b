"""What a catalogue consists of, once its rows have been read and found good."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Position:
    """Where a row stands: its file, its first line and its number among the rows of that file."""

    file: str
    line: int
    row: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} (row {self.row})"


@dataclass(frozen=True)
class RawRow:
    """A row as it was read: `kind` is category, seller or product; `problem` is set where it could not be read."""

    kind: str
    position: Position
    value: Any
    problem: str | None = None


@dataclass(frozen=True)
class Category:
    """A node of the category tree."""

    id: str
    name: str
    parent_id: str | None = None


@dataclass(frozen=True)
class Seller:
    """Who sells a product."""

    id: str
    name: str


@dataclass(frozen=True)
class Money:
    """An amount in minor units."""

    amount: int
    currency: str = "USD"


@dataclass(frozen=True)
class Drawing:
    """A picture that the project draws itself: a motif in a colour on one of the backdrops."""

    motif: str
    colour: str
    backdrop: int = 0


@dataclass(frozen=True)
class Image:
    """A picture of a product: either an address or a drawing that gets its address from its bytes."""

    alt: str
    url: str | None = None
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Rating:
    """The mean of `count` ratings between 0 and 5."""

    average: float
    count: int


@dataclass(frozen=True)
class Variant:
    """What can be bought: one SKU with its price and its first stock per warehouse."""

    sku: str
    price: Money
    title: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """A product with all of its variants."""

    id: str
    title: str
    description: str
    category_id: str
    seller_id: str
    variants: tuple[Variant, ...]
    rating: Rating | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    images: tuple[Image, ...] = ()


@dataclass(frozen=True)
class Row(Generic[T]):
    """A good row. `position` is None for what an importer derives from other rows."""

    kind: str
    value: T
    position: Position | None = None

    @property
    def key(self) -> str:
        """The row's name across all kinds, as the journal knows it."""
        return f"{self.kind}:{self.value.id}"


@dataclass(frozen=True)
class Rejection:
    """A row that does not go in, and why."""

    kind: str
    id: str | None
    position: Position | None
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        name = f"{self.kind} {self.id}" if self.id else self.kind
        return f"{place}{name}: {'; '.join(self.reasons)}"


@dataclass
class Catalogue:
    """All good rows in loading order of kinds, and the rejected ones."""

    categories: list[Row[Category]] = field(default_factory=list)
    sellers: list[Row[Seller]] = field(default_factory=list)
    products: list[Row[Product]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """Every good row: parents come before children, and both before the products that name them."""
        return [*self.categories, *self.sellers, *self.products]
