"""What is checked before an import is what the server checks: the same limits, from the server's own description."""

import json
import math
import re
import unittest
from pathlib import Path

import context
from souk_catalogue import contract, rows
from souk_catalogue.model import Position, RawRow, Row

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "catalog" / "src"


def constants(name):
    """The numbers that a file of the server names."""
    found = re.findall(r"const (\w+): \w+ = ([0-9_ *]+);", (SOURCES / name).read_text(encoding="utf-8"))
    return {name: math.prod(int(factor.replace("_", "")) for factor in number.split("*")) for name, number in found}


def product(**more):
    return {"id": "p", "title": "T", "description": "", "category_id": "c", "seller_id": "s", "variants": [{"sku": "S", "price": "5"}], **more}


def faults(kind, value):
    found = rows.read(RawRow(kind, Position("f", 1, 1), value))
    return [] if isinstance(found, Row) else [fault.field for fault in found.faults]


class ContractTest(unittest.TestCase):
    def test_the_description_tells_the_limits_that_the_server_keeps(self):
        server, field = constants("product/check.rs"), lambda kind, name: contract.schemas()[kind]["properties"][name]
        self.assertEqual(
            [server[name] for name in ("TITLE_MAX", "TITLE_MAX", "DESCRIPTION_MAX", "ALT_MAX", "URL_MAX", "IMAGES_MAX", "VARIANTS_MAX", "FURTHER_CATEGORIES_MAX", "COLLECTIONS_MAX", "TAGS_MAX")],
            [
                *(field(kind, "title")["maxLength"] for kind in ("ProductDetails", "Variant")),
                field("ProductDetails", "description")["maxLength"],
                *(field("Image", name)["maxLength"] for name in ("alt", "url")),
                *(field("ProductDetails", name)["maxItems"] for name in ("images", "variants", "further_category_ids", "collection_ids", "tags")),
            ],
        )
        self.assertEqual((2**31 - 1, 0, 5), (field("Rating", "count")["maximum"], field("Rating", "average")["minimum"], field("Rating", "average")["maximum"]))
        for kind, name in (("CategoryDetails", "category.rs"), ("CollectionDetails", "collection.rs"), ("SellerDetails", "seller.rs")):
            self.assertEqual((1, constants(name)["NAME_MAX"]), (field(kind, "name")["minLength"], field(kind, "name")["maxLength"]))

    def test_what_the_description_has_no_words_for_is_the_same_here(self):
        server = constants("product/check.rs")
        for name in ("ATTRIBUTES_MAX", "ATTRIBUTE_NAME_MAX", "ATTRIBUTE_TEXT_MAX", "PRODUCT_MAX"):
            self.assertEqual(server[name], getattr(contract, name), name)

    def test_each_limit_takes_its_edge_and_refuses_one_beyond(self):
        def variants(count):
            return [{"sku": f"S{number}", "price": "5"} for number in range(count)]

        def attributes(count, name=1, text=1):
            return {f"{number:0{name}}": "x" * text for number in range(count)}

        image = {"url": "https://x.example/a.png", "alt": "A"}
        cases = [
            ("category", lambda n: {"id": "c", "name": "x" * n}, 100, "name"),
            ("seller", lambda n: {"id": "s", "name": "ü" * n}, 100, "name"),
            ("product", lambda n: product(title="\U0001f600" * n), 200, "title"),
            ("product", lambda n: product(description="x" * n), 10_000, "description"),
            ("product", lambda n: product(images=[image] * n), 20, "images"),
            ("product", lambda n: product(images=[image | {"alt": "x" * n}]), 300, "images[0].alt"),
            ("product", lambda n: product(images=[image | {"url": "https://" + "x" * (n - 8)}]), 2000, "images[0].url"),
            ("product", lambda n: product(variants=variants(n)), 99, "variants"),
            ("product", lambda n: product(variants=[variants(1)[0] | {"title": "x" * n}]), 200, "variants[0].title"),
            ("product", lambda n: product(attributes=attributes(n)), 50, "attributes"),
            ("product", lambda n: product(attributes=attributes(1, text=n)), 1000, "attributes.0"),
            ("product", lambda n: product(attributes=attributes(1, name=n)), 64, f"attributes.{'0' * 65}"),
            ("product", lambda n: product(variants=[variants(1)[0] | {"attributes": attributes(n)}]), 50, "variants[0].attributes"),
            ("product", lambda n: product(variants=[variants(1)[0] | {"stock": {"w": n}}]), 1_000_000_000, "variants[0].stock.w"),
            ("product", lambda n: product(variants=[variants(1)[0] | {"price": {"amount": n, "currency": "USD"}}]), 99_999_999, "variants[0].price.amount"),
            ("product", lambda n: product(rating={"average": "5", "count": n}), 2**31 - 1, "rating.count"),
            ("product", lambda n: product(rating={"average": n, "count": "1"}), 5, "rating.average"),
        ]
        for kind, value, most, name in cases:
            with self.subTest(name, most=most):
                self.assertEqual([], faults(kind, value(most)))
                self.assertEqual([name], faults(kind, value(most + 1)))

    def test_what_the_server_allows_is_allowed(self):
        self.assertEqual([], faults("product", product(description="", attributes={"empty": "", "line": "a\nb"}, images=[{"url": "/images/" + "a" * 64 + ".png", "alt": "A"}])))
        self.assertEqual([], faults("product", product(rating={"average": "0", "count": "0"})))

    def test_what_the_server_refuses_is_refused(self):
        for change, field in (
            ({"rating": {"average": "1", "count": "0"}}, "rating.average"),
            ({"attributes": {" ": "x"}}, "attributes. "),
            ({"variants": []}, "variants"),
            ({"title": "a\x07b"}, "title"),
            ({"variants": [{"sku": f"S{n}", "price": "5", "attributes": {f"a{m}": "x" * 1000 for m in range(50)}} for n in range(6)]}, ""),
            *(({"images": [{"url": url, "alt": "A"}]}, "images[0].url") for url in ("http://x.example/a.png", "https://", "/images/a.png", "javascript:alert(1)", "//x.example/a.png", "https://x y")),
        ):
            with self.subTest(change=str(change)[:60]):
                self.assertEqual([field], faults("product", product(**change)))

    def test_bodies_that_are_sent_are_of_the_described_types(self):
        for row in context.load(None).products:
            body = json.loads(json.dumps(rows.row_requests.puts_of(row.value)))
            for collection, kind in (("products", "ProductRow"), ("prices", "PriceRow"), ("inventory", "CountRow")):
                self.assertEqual([], [fault for put in body[collection] for fault in contract.faults(kind, put)])


if __name__ == "__main__":
    unittest.main()
