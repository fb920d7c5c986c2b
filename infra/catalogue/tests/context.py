"""Makes the package importable wherever the tests are started from; imported before anything of it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from souk_catalogue import catalogues, sources  # noqa: E402


class Loaded:
    """A catalogue that is small enough to hold, with all that was rejected of it."""

    def __init__(self, build):
        self.rejections = []
        self.catalogue = build(self.rejections.append)
        self.categories, self.collections, self.sellers = self.catalogue.categories, self.catalogue.collections, self.catalogue.sellers
        self.products = list(self.catalogue.products)
        self.rows = [*self.categories, *self.collections, *self.sellers, *self.products]

    @property
    def told(self):
        return [str(rejection) for rejection in self.rejections]


def load(path, columns=None):
    """Reads a file, or the sample."""
    return Loaded(lambda reject: sources.load(path, reject, columns))


def build(raw_rows):
    """Reads rows that are there already."""
    raw_rows = list(raw_rows)
    return Loaded(lambda reject: catalogues.build(lambda: raw_rows, reject))
