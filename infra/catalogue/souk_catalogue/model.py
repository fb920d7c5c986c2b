"""What a catalogue consists of, once its rows have been read and found good."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Generic, Iterable, NamedTuple, TypeVar

from .currency import CURRENCY

T = TypeVar("T")

# The lists of a catalogue, and what each holds.
KINDS = {"categories": "category", "collections": "collection", "sellers": "seller", "products": "product"}


@dataclass(frozen=True, order=True)
class Position:
    """Where a row stands: its file, its first line and its number among the rows of that file."""

    file: str
    line: int
    row: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} (row {self.row})"


class Fault(NamedTuple):
    """What is wrong with a field; with the row as a whole where the field is empty."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field} {self.reason}".lstrip()


@dataclass(frozen=True)
class RawRow:
    """A row as it was read: all that it holds is text, in mappings and lists.

    `kind` is category, collection, seller or product, None where the row has to say; `faults` are why it could not be read.
    """

    kind: str | None
    position: Position
    value: Any
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Category:
    """A node of the category tree."""

    id: str
    name: str
    parent_id: str | None = None
    attributes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Collection:
    """Products that somebody has put together; each product says in which it is."""

    id: str
    name: str
    description: str | None = None
    featured_product_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seller:
    """Who sells a product."""

    id: str
    name: str


@dataclass(frozen=True)
class Money:
    """An amount in minor units."""

    amount: int
    currency: str = CURRENCY


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
    weight: str | None = None
    dimensions: dict[str, str] = field(default_factory=dict)


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
    further_category_ids: tuple[str, ...] = ()
    collection_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    brand: str | None = None
    condition: str | None = None


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
    """A row that does not go in, and why. Nobody knows the kind of a row that could not be read."""

    kind: str
    id: str | None
    position: Position | None
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        name = f"{self.kind} {self.id}" if self.id else self.kind
        return f"{place}{name}: {'; '.join(map(str, self.faults))}"


@dataclass
class Catalogue:
    """What an import needs before it begins. Products are read again whenever they are asked for."""

    categories: list[Row[Category]]
    collections: list[Row[Collection]]
    sellers: list[Row[Seller]]
    products: Iterable[Row[Product]]
    product_count: int
    sku_count: int
    category_ids: set[str]
    drawings: set[Drawing]
    rejected: Counter[str]

    @property
    def total(self) -> int:
        """How many rows there are, the rejected ones included."""
        return len(self.categories) + len(self.collections) + len(self.sellers) + self.product_count + self.rejected.total()
