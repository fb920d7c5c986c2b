"""The sample catalogue keeps what it promises."""

import re
import unittest
import xml.etree.ElementTree as ElementTree
from collections import Counter

import context
from souk_catalogue import drawing, row_export, sample
from souk_catalogue.fields import ID
from souk_catalogue.model import Drawing


class SampleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.catalogue = context.load(None)
        cls.products = [row.value for row in cls.catalogue.products]
        cls.variants = [variant for product in cls.products for variant in product.variants]

    def test_every_row_is_good(self):
        self.assertEqual([], [str(rejection) for rejection in self.catalogue.rejections])

    def test_it_is_large_enough_to_search_in(self):
        self.assertGreaterEqual(len(self.products), 300)
        self.assertGreaterEqual(len({product.seller_id for product in self.products}), 8)
        self.assertGreaterEqual(len({name for variant in self.variants for name in variant.stock}), 3)

    def test_ids_titles_and_descriptions_are_unique(self):
        for values in (
            [product.id for product in self.products],
            [product.title for product in self.products],
            [product.description for product in self.products],
            [variant.sku for variant in self.variants],
        ):
            self.assertEqual([], [value for value, count in Counter(values).items() if count > 1])
        self.assertTrue(all(ID.match(variant.sku) for variant in self.variants))

    def test_categories_are_a_tree_whose_leaves_hold_the_products(self):
        parents = {row.value.id: row.value.parent_id for row in self.catalogue.categories}
        inner = set(parents.values()) - {None}
        self.assertLessEqual(inner, parents.keys())
        used = {product.category_id for product in self.products}
        self.assertEqual(parents.keys() - inner, used, "each leaf holds products, and nothing else does")
        depths = Counter(self._depth(name, parents) for name in used)
        self.assertGreater(depths[3], 0)
        self.assertLessEqual(max(depths), 3)

    def _depth(self, name, parents):
        return 1 + self._depth(parents[name], parents) if parents[name] else 1

    def test_products_name_known_categories_and_sellers(self):
        categories = {row.value.id for row in self.catalogue.categories}
        sellers = {row.value.id for row in self.catalogue.sellers}
        for product in self.products:
            self.assertIn(product.category_id, categories, product.id)
            self.assertIn(product.seller_id, sellers, product.id)

    def test_everything_has_a_price_stock_a_rating_and_a_picture(self):
        warehouses = set(sample.warehouse_ids())
        for product in self.products:
            self.assertTrue(product.images, product.id)
            self.assertGreater(product.rating.count, 0, product.id)
        for variant in self.variants:
            self.assertGreater(variant.price.amount, 0, variant.sku)
            self.assertTrue(variant.stock, variant.sku)
            self.assertLessEqual(variant.stock.keys(), warehouses, variant.sku)

    def test_some_variants_are_scarce(self):
        totals = [sum(variant.stock.values()) for variant in self.variants]
        self.assertIn(0, totals)
        self.assertTrue(any(0 < total < 5 for total in totals))

    def test_options_make_variants_and_change_the_price(self):
        axes = {name for variant in self.variants for name in variant.attributes}
        self.assertLessEqual({"colour", "size", "capacity"}, axes)
        self.assertTrue(any(len({variant.price for variant in product.variants}) > 1 for product in self.products))

    def test_what_people_search_for_is_there(self):
        for words in ("leather backpack", "running shoes", "kettle", "headphones"):
            found = [product for product in self.products if words in product.title.lower()]
            self.assertGreaterEqual(len(found), 3, words)

    def test_expanding_twice_gives_the_same(self):
        self.assertEqual(
            [row_export.line(row) for row in self.catalogue.rows],
            [row_export.line(row) for row in context.load(None).rows],
        )


class DrawingTest(unittest.TestCase):
    def test_every_motif_is_harmless_well_formed_svg(self):
        for motif in drawing.motifs():
            for colour in ("white", "black", "teal"):
                content = drawing.svg(Drawing(motif, colour, 1))
                names = {element.tag for element in ElementTree.fromstring(content).iter()}
                allowed = {f"{{http://www.w3.org/2000/svg}}{name}" for name in ("svg", "rect", "circle", "ellipse", "path")}
                self.assertLessEqual(names, allowed, motif)
                self.assertNotRegex(content.decode(), r"\{|\}|href|\son\w+=", motif)

    def test_the_same_drawing_has_the_same_address_in_every_run(self):
        key = drawing.key_of(drawing.svg(Drawing("kettle", "copper", 2)))
        drawing.svg.cache_clear()
        self.assertEqual(key, drawing.key_of(drawing.svg(Drawing("kettle", "copper", 2))))
        self.assertRegex(key, r"^images/[0-9a-f]{64}\.svg$")

    def test_colours_and_backdrops_tell_pictures_apart(self):
        pictures = {drawing.svg(Drawing("mug", colour, backdrop)) for colour in drawing.colours() for backdrop in range(drawing.BACKDROPS)}
        self.assertEqual(len(drawing.colours()) * drawing.BACKDROPS, len(pictures))

    def test_colour_names_have_values(self):
        for name, value in drawing.colours().items():
            self.assertTrue(re.fullmatch(r"#[0-9a-f]{6}", value), name)


if __name__ == "__main__":
    unittest.main()
