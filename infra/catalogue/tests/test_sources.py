"""Files of every format are read row by row; each bad row is told with its place and reason."""

import json
import os
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path

import context
from souk_catalogue import row_export, sources

RETAIL = Path(os.environ.get("SOUK_RETAIL_DEMO_STORE") or Path(__file__).resolve().parents[4] / "shared/data/retail-demo-store/products.yaml")

GOOD = """\
- id: a1
  name: Mauve Leather Daypack
  category: accessories
  style: backpack
  description: Soft pebbled leather
    over two lines.
  price: 149.99
  current_stock: 15
  gender_affinity: F
  promoted: true
  image: a1.jpg
"""


class SourceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def load(self, text, name="catalogue.yaml"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return context.load(path)

    def reasons(self, text, name="catalogue.yaml"):
        return self.load(text, name).told


class RetailDemoStoreTest(SourceTest):
    def test_an_entry_becomes_a_product_with_one_sku(self):
        catalogue = self.load(GOOD)
        self.assertEqual([], catalogue.rejections)
        [product] = [row.value for row in catalogue.products]
        self.assertEqual(("a1", "Mauve Leather Daypack"), (product.id, product.title))
        self.assertEqual("Soft pebbled leather over two lines.", product.description)
        self.assertEqual({"gender_affinity": "F", "promoted": "true"}, product.attributes)
        [variant] = product.variants
        self.assertEqual(("a1", 14999, {"memphis": 15}), (variant.sku, variant.price.amount, variant.stock))
        self.assertEqual("mauve", product.images[0].drawing.colour)
        categories = [(row.value.id, row.value.name, row.value.parent_id) for row in catalogue.categories]
        self.assertEqual([("accessories", "Accessories", None), ("accessories-backpack", "Backpack", "accessories")], categories)
        self.assertEqual(["retail-demo-store"], [row.value.id for row in catalogue.sellers])

    def test_each_bad_entry_is_told_and_the_others_go_in(self):
        def entry(**changes):
            fields = {"id": "x", "name": "Name", "category": "tools", "style": "saw", "description": "Text", "price": 5, "current_stock": 1, **changes}
            return "- " + "\n  ".join(f"{name}: {value}" for name, value in fields.items() if value is not None) + "\n"

        bad = [
            (dict(id="b1", name=None), "name is missing"),
            (dict(id="b2", price=-1), "price -1 is negative"),
            (dict(id="b3", price="19.999"), "price 19.999 has more than 2 decimals"),
            (dict(id="b4", price="cheap"), "price must be a number, not 'cheap'"),
            (dict(id="a1"), "duplicate product id a1, first used at catalogue.yaml:1 (row 1)"),
            (dict(id="a/b"), "id 'a/b' is no usable id"),
            (dict(id="b5", current_stock="many"), "current_stock must be a whole number, not 'many'"),
            (dict(id="b6", name="' '"), "name is empty"),
            (dict(id="b7", name="[a, b]"), "name must be a text"),
            (dict(id="b8", price=None), "price is missing"),
            (dict(id="b9", current_stock=-3), "current_stock -3 is not within"),
            (dict(id=None), "id is missing"),
        ]
        text = GOOD + "".join(entry(**changes) for changes, _ in bad) + entry(id="last")
        catalogue = self.load(text)
        self.assertEqual(["a1", "last"], [row.value.id for row in catalogue.products])
        self.assertEqual(len(bad), len(catalogue.rejections))
        for number, ((_, reason), rejection) in enumerate(zip(bad, catalogue.rejections), 2):
            self.assertEqual(number, rejection.position.row)
            self.assertTrue(text.splitlines()[rejection.position.line - 1].startswith("- "), rejection)
            self.assertIn(reason, str(rejection))
            self.assertEqual(1, len(rejection.faults), rejection)

    def test_a_syntax_error_costs_one_row(self):
        catalogue = self.load(GOOD + "- id: b\n  name: [unclosed\n" + GOOD.replace("a1", "a2"))
        self.assertEqual(["a1", "a2"], [row.value.id for row in catalogue.products])
        self.assertIn("catalogue.yaml:12 (row 2): product: not valid YAML", str(catalogue.rejections[0]))

    def test_a_field_given_twice_is_refused(self):
        self.assertIn("price is given twice", self.reasons(GOOD + "  price: 1\n")[0])

    @unittest.skipUnless(RETAIL.exists(), f"the Retail Demo Store's list is not at {RETAIL}")
    def test_the_whole_list_is_good(self):
        catalogue = context.load(RETAIL)
        self.assertEqual([], [str(rejection) for rejection in catalogue.rejections])
        self.assertEqual(2465, len(catalogue.products))
        self.assertEqual(2465, RETAIL.read_text(encoding="utf-8").count("\n- id:") + 1)
        prices = sum(row.value.variants[0].price.amount for row in catalogue.products)
        lines = [line.split(":")[1] for line in RETAIL.read_text(encoding="utf-8").splitlines() if line.startswith("  price:")]
        self.assertEqual(sum(Decimal(line.strip()) for line in lines) * 100, prices)

    @unittest.skipUnless(RETAIL.exists(), f"the Retail Demo Store's list is not at {RETAIL}")
    def test_categories_that_both_catalogues_have_are_the_same(self):
        sample = {row.value.id: row.value for row in context.load(None).categories}
        shared = [row.value for row in context.load(RETAIL).categories if row.value.id in sample]
        self.assertGreater(len(shared), 5)
        self.assertEqual([sample[category.id] for category in shared], shared)


class OwnFormatTest(SourceTest):
    YAML = """\
categories:
- {id: kitchen, name: Kitchen, parent_id: home}
- {id: home, name: Home}
sellers:
- {id: acme, name: Acme}
products:
- id: kettle
  title: Kettle
  description: Boils.
  category_id: kitchen
  seller_id: acme
  rating: {average: 4.5, count: 12}
  images:
  - {draw: {motif: kettle, colour: copper}, alt: A kettle}
  variants:
  - {sku: KETTLE-1, price: 39.90, stock: {memphis: 3, reno: 0}, attributes: {capacity: 1.7 L}}
  - {sku: KETTLE-2, price: {amount: 4500, currency: USD}}
"""

    def test_yaml_and_json_lines_hold_the_same(self):
        catalogue = self.load(self.YAML)
        self.assertEqual([], catalogue.rejections)
        self.assertEqual(["home", "kitchen"], [row.value.id for row in catalogue.categories], "parents come first")
        lines = [json.dumps(row_export.line(row)) for row in catalogue.rows]
        again = self.load("\n".join(lines), "catalogue.jsonl")
        self.assertEqual([row.value for row in catalogue.rows], [row.value for row in again.rows])
        self.assertEqual([3990, 4500], [variant.price.amount for variant in again.products[0].value.variants])

    def test_bad_fields_are_named_with_their_path(self):
        for wrong, reason in (
            (("colour: copper", "colour: glitter"), "images[0].draw.colour 'glitter'"),
            (("motif: kettle", "motif: teleporter"), "images[0].draw.motif 'teleporter'"),
            (("price: 39.90", "price: '39,90'"), "variants[0].price must be a number, not '39,90'"),
            (("currency: USD", "currency: EUR"), "variants[1].price.currency must be USD"),
            (("KETTLE-2", "KETTLE-1"), "duplicate SKU KETTLE-1 within the product"),
            (("memphis: 3", "memphis: 2.5"), "variants[0].stock.memphis must be a whole number"),
            (("average: 4.5", "average: 7"), "rating.average 7 is not within 0 and 5"),
            (("seller_id: acme", "seller: acme"), "seller is not a known field"),
            (("description: Boils.", "description: 010"), None),
        ):
            with self.subTest(reason):
                found = self.reasons(self.YAML.replace(*wrong))
                if reason is None:
                    self.assertEqual([], found)
                else:
                    self.assertEqual(1, len(found))
                    self.assertIn("catalogue.yaml:7 (row 4): product kettle: ", found[0])
                    self.assertIn(reason, found[0])

    def test_a_sku_of_another_product_is_refused(self):
        second = self.YAML[self.YAML.index("- id: kettle") :].replace("id: kettle", "id: kettle2", 1)
        [reason] = self.reasons(self.YAML + second)
        self.assertIn("duplicate SKU KETTLE-1, first used at catalogue.yaml:7", reason)

    def test_a_circle_of_categories_is_refused(self):
        text = "categories:\n- {id: a, name: A, parent_id: b}\n- {id: b, name: B, parent_id: a}\n- {id: c, name: C}\n"
        catalogue = self.load(text)
        self.assertEqual(["c"], [row.value.id for row in catalogue.categories])
        self.assertEqual(2, len(catalogue.rejections))

    def test_bad_lines_of_json_are_told_by_number(self):
        lines = ['{"seller": {"id": "s", "name": "S"}}', "{oops", "", '{"seller": {"id": "t", "name": [3]}}', '{"seller": {"id": "u", "name": "\\ud800"}}', '{"x": 1}', '{"seller": {"id": "v", "id": "w", "name": "V"}}']
        found = self.reasons("\n".join(lines), "rows.jsonl")
        self.assertEqual(["rows.jsonl:2", "rows.jsonl:4", "rows.jsonl:5", "rows.jsonl:6", "rows.jsonl:7"], [reason.split(" ")[0] for reason in found])

    def test_what_is_no_catalogue_is_refused_as_a_whole(self):
        for text in ("", "just words", "a: 1\n", "products: 3\n", "products: [{a: [}]\n", "products:\n  a: b\n"):
            with self.subTest(text), self.assertRaises(sources.Unreadable):
                self.load(text)
        with self.assertRaises(sources.Unreadable):
            context.load(self.folder / "missing.yaml")

    def test_an_alias_that_holds_itself_is_refused(self):
        self.assertIn("the alias a names nothing that ends before it", self.reasons("products:\n- &a {id: x, attributes: *a}\n")[0])


if __name__ == "__main__":
    unittest.main()
