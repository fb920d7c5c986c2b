"""What is said of a product beside its words: places, tags, brand, condition, measures; and what a category asks of it."""

import json
import tempfile
import unittest
from pathlib import Path

import context
from stack_case import StackTest

from souk_catalogue import row_export, row_requests

CATALOGUE = """
categories:
- {id: packs, name: Packs, attributes: [{name: litres, takes: {type: number, unit: l}, required: yes}, {name: size, takes: {type: choice, of: [S, M]}, facet: false}]}
collections:
- {id: summer, name: Summer, description: For the beach., featured_product_ids: [p, "0017"]}
sellers:
- {id: s, name: S}
products:
- id: p
  title: Pack
  description: D
  category_id: packs
  further_category_ids: [gifts, "007"]
  collection_ids: [summer]
  tags: [Made by hand, NO]
  seller_id: s
  brand: Harbour
  condition: used_good
  variants:
  - {sku: P, price: 5, weight: 1.2 kg, dimensions: {length: 30 cm, width: 20 cm, height: 5 in}}
"""


class SaidTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def load(self, content, name="c.yaml"):
        (self.folder / name).write_text(content)
        return context.load(self.folder / name)

    def test_all_of_it_is_put_as_the_api_takes_it(self):
        loaded = self.load(CATALOGUE)
        self.assertEqual([], loaded.told)
        [category], [collection], [product] = loaded.categories, loaded.collections, loaded.products
        attributes = [
            {"name": "litres", "required": True, "takes": {"type": "number", "unit": "l"}},
            {"name": "size", "facet": False, "takes": {"type": "choice", "of": ["S", "M"]}},
        ]
        self.assertEqual({"name": "Packs", "attributes": attributes}, row_requests.body_of(category.value))
        self.assertEqual({"name": "Summer", "description": "For the beach.", "featured_product_ids": ["p", "0017"]}, row_requests.body_of(collection.value))
        body = row_requests.details_of(product.value)
        self.assertEqual((["gifts", "007"], ["summer"], ["Made by hand", "NO"]), (body["further_category_ids"], body["collection_ids"], body["tags"]))
        self.assertEqual(("Harbour", "used_good"), (body["brand"], body["condition"]))
        self.assertEqual({"sku": "P", "weight": "1.2 kg", "dimensions": {"length": "30 cm", "width": "20 cm", "height": "5 in"}}, body["variants"][0])

    def test_what_is_printed_reads_back_as_it_was(self):
        loaded = self.load(CATALOGUE)
        rows = [*loaded.categories, *loaded.collections, *loaded.sellers, *loaded.products]
        again = self.load("\n".join(json.dumps(row_export.line(row)) for row in rows), "c.jsonl")
        self.assertEqual([], again.told)
        self.assertEqual([row.value for row in rows], [row.value for row in (*again.categories, *again.collections, *again.sellers, *again.products)])

    def test_each_fault_names_its_field(self):
        for good, bad, field in (
            ("[gifts,", "['not an id',", "further_category_ids[0]"),
            ("[gifts,", "[" + ", ".join(f"c{number}" for number in range(10)) + ",", "further_category_ids"),
            ("tags: [", "tags: ['', ", "tags[0]"),
            ("tags: [Made by hand, NO]", "tags: many", "tags"),
            ("used_good", "worn", "condition"),
            ("1.2 kg", "heavy", "variants[0].weight"),
            (", height: 5 in", "", "variants[0].dimensions.height"),
            ("required: yes", "required: perhaps", "attributes[0].required"),
            ("type: number", "type: colour", "attributes[0].takes"),
        ):
            with self.subTest(bad=bad):
                told = self.load(CATALOGUE.replace(good, bad)).told
                self.assertEqual(1, len(told), told)
                self.assertIn(f": {field}", told[0])


class CollectionsTest(StackTest):
    def test_collections_go_in_before_the_products_that_are_in_them(self):
        rows = [
            {"collection": {"id": "summer", "name": "Summer"}},
            {"category": {"id": "c", "name": "C"}},
            {"seller": {"id": "s", "name": "S"}},
            {"product": {"id": "p", "title": "T", "description": "D", "category_id": "c", "seller_id": "s", "collection_ids": ["summer"], "variants": [{"sku": "P", "price": "5"}]}},
        ]
        report = self.load(rows)
        self.assertEqual(1, report.counts["collection", "created"])
        self.assertEqual(["/admin/categories/c", "/admin/collections/summer", "/admin/sellers/s"], self.stack.calls("PUT"))
        self.assertEqual(["summer"], self.stack.stored("/admin/products/p")["collection_ids"])
