"""Flat files: which column is which field, with what between numbers and cells."""

import json
import tempfile
import unittest
from pathlib import Path

import context
from souk_catalogue import sources

TABLE = '''\
Nr;Bezeichnung;Text;Preis;Lager;Farbe;Intern
00123;"Krug; groß";"zwei
Zeilen, ""so""";1.290,50;3;NO;x
1e5;Glas;;2,5;1.000;yes;
'''
MAPPING = """\
kind: product
separator: ";"
decimal: ","
thousands: "."
ignore: [Intern]
columns: {Nr: id, Bezeichnung: title, Text: description, Preis: price, Lager: stock.memphis, Farbe: variant.attributes.colour}
constants: {category_id: kitchen, seller_id: acme, attributes.brand: Acme}
"""


class TableTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def load(self, table, mapping=MAPPING, name="table.csv"):
        (self.folder / name).write_bytes(table if isinstance(table, bytes) else table.encode())
        (self.folder / "mapping.yaml").write_text(mapping or "")
        return context.load(self.folder / name, self.folder / "mapping.yaml" if mapping else None)

    def plain(self, *lines, head="id,title,category_id,seller_id,price"):
        return self.load("\n".join([head, *lines]), None)

    def test_columns_become_fields_by_the_mapping(self):
        loaded = self.load(TABLE)
        self.assertEqual([], loaded.told)
        jug, glass = (row.value for row in loaded.products)
        self.assertEqual(("00123", "Krug; groß", 'zwei\nZeilen, "so"', "kitchen", "acme"), (jug.id, jug.title, jug.description, jug.category_id, jug.seller_id))
        self.assertEqual(("00123", 129050, {"memphis": 3}, {"colour": "NO"}), (jug.variants[0].sku, jug.variants[0].price.amount, jug.variants[0].stock, jug.variants[0].attributes))
        self.assertEqual(("1e5", "", 250, {"memphis": 1000}, {"brand": "Acme"}), (glass.id, glass.description, glass.variants[0].price.amount, glass.variants[0].stock, glass.attributes))
        self.assertEqual([2, 4], [row.position.line for row in loaded.products])

    def test_the_order_of_columns_and_their_encoding_do_not_matter(self):
        expected = [row.value for row in self.load(TABLE).products]
        moved = "Intern;Farbe;Lager;Preis;Text;Bezeichnung;Nr\nx;NO;3;1.290,50;\"zwei\nZeilen, \"\"so\"\"\";\"Krug; groß\";00123\n;yes;1.000;2,5;;Glas;1e5\n"
        for table, mapping in (
            (moved, MAPPING), (TABLE.replace("\n", "\r\n"), MAPPING), (TABLE.encode("utf-16"), MAPPING), (TABLE.encode("utf-8-sig"), MAPPING), (TABLE.encode("utf-8-sig"), MAPPING + "encoding: UTF-8\n"),
            (TABLE.encode("cp1252"), MAPPING + "encoding: cp1252\n"), (TABLE.replace(";", "\t").replace("Krug\t", "Krug;"), MAPPING.replace('";"', r'"\t"')), ("\n\n" + TABLE + "\n\n", MAPPING),
            (TABLE.replace('"', "'").replace("''so''", '"so"'), MAPPING + 'quote: "\'"\n'),
        ):
            with self.subTest(table=table[:40], mapping=mapping[-30:]):
                loaded = self.load(table, mapping)
                self.assertEqual(([], expected), (loaded.told, [row.value for row in loaded.products]))

    def test_without_a_mapping_columns_are_called_as_their_fields(self):
        table = "sku,id,title,category_id,seller_id,price.amount,stock.reno,rating.average,rating.count,attributes.size,image.url,image.alt\nS,p,T,c,s,1999,0,4.5,3,0017,https://x.example/a.png,A\n"
        for name, content in (("t.csv", table), ("t.tsv", table.replace(",", "\t")), ("t.csv", table.replace(",", "|"))):
            [row] = self.load(content, None, name).products
            variant = row.value.variants[0]
            self.assertEqual(("S", 1999, {"reno": 0}, 4.5, {"size": "0017"}, "A"), (variant.sku, variant.price.amount, variant.stock, row.value.rating.average, row.value.attributes, row.value.images[0].alt))

    def test_a_constant_fills_what_a_cell_leaves_empty(self):
        loaded = self.load("Nr,T,C\na,A,own\nb,B,\n", "columns: {Nr: id, T: title, C: category_id}\nconstants: {category_id: all, seller_id: s, price: '5.00'}\n")
        self.assertEqual(["own", "all"], [row.value.category_id for row in loaded.products])

    def test_a_column_may_hold_several_values(self):
        table = "Nr;T;Auch;Listen;Worte\na;A;gifts | kitchen;summer;Made by hand|eco|\nb;B;;;\n"
        mapping = "columns: {Nr: id, T: title, Auch: further_category_ids, Listen: collection_ids, Worte: tags}\nconstants: {category_id: all, seller_id: s, price: '5'}\n"
        for between, content in (("|", mapping), ("/", mapping + "lists: /\n")):
            full, empty = (row.value for row in self.load(table.replace("|", between), content).products)
            self.assertEqual((("gifts", "kitchen"), ("summer",), ("Made by hand", "eco")), (full.further_category_ids, full.collection_ids, full.tags))
            self.assertEqual(((), (), ()), (empty.further_category_ids, empty.collection_ids, empty.tags))
        for_all = self.load("Nr;T\na;A\n", "columns: {Nr: id, T: title}\nconstants: {category_id: all, seller_id: s, price: '5', tags: new|eco}\n")
        self.assertEqual(("new", "eco"), next(iter(for_all.products)).value.tags)
        bad = self.load(table, mapping.replace("collection_ids, Worte", "tags, Worte").replace("Worte: tags", "Worte: further_category_ids").replace("Auch: further_category_ids", "Auch: collection_ids"))
        self.assertIn("further_category_ids[0]", bad.told[0])

    def test_measures_keep_their_unit_or_have_the_mappings(self):
        table = "Nr;Kg;L;B;H;Z\na;1,25;30 cm;20;5 in;used_good\nb;1.000 g;;;;\n"
        columns = "{Nr: id, Kg: variant.weight, L: variant.dimensions.length, B: variant.dimensions.width, H: variant.dimensions.height, Z: condition}"
        mapping = f"decimal: ','\nthousands: '.'\ncolumns: {columns}\nunits: {{variant.weight: kg, variant.dimensions.width: cm}}\nconstants: {{title: T, brand: Acme, category_id: all, seller_id: s, price: '5'}}\n"
        loaded = self.load(table, mapping)
        self.assertEqual([], loaded.told)
        one, other = (row.value for row in loaded.products)
        self.assertEqual(("1.25 kg", {"length": "30 cm", "width": "20 cm", "height": "5 in"}, "used_good", "Acme"), (one.variants[0].weight, one.variants[0].dimensions, one.condition, one.brand))
        self.assertEqual(("1000 g", {}, None), (other.variants[0].weight, other.variants[0].dimensions, other.condition))
        for bad, field in ((table.replace("1,25", "heavy"), "variants[0].weight"), (table.replace("5 in", ""), "variants[0].dimensions.height"), (table.replace("used_good", "worn"), "condition")):
            self.assertIn(f"a: {field} ", self.load(bad, mapping).told[0])

    def test_collections_come_as_tables_too(self):
        loaded = self.load("id,name,description,featured_product_ids\nsummer,Summer,,p|q\n", "kind: collection\n")
        self.assertEqual([("summer", "Summer", None, ("p", "q"))], [(row.value.id, row.value.name, row.value.description, row.value.featured_product_ids) for row in loaded.collections])

    def test_categories_and_sellers_come_as_tables_too(self):
        loaded = self.load("id,name,parent_id\nb,B,a\na,A,\n", "kind: category\n")
        self.assertEqual([("a", None), ("b", "a")], [(row.value.id, row.value.parent_id) for row in loaded.categories])
        self.assertEqual(["S"], [row.value.name for row in self.load("Name,No\nS,1\n", "kind: seller\ncolumns: {Name: name, No: id}\n").sellers])

    def test_flat_json_lines_take_a_mapping_as_well(self):
        line = json.dumps({"Nr": "00123", "Bezeichnung": "Krug", "Text": None, "Preis": "1.290,50", "Lager": 3, "Farbe": "NO", "Intern": True})
        [row] = self.load(line, name="rows.jsonl").products
        self.assertEqual(("00123", 129050, 3), (row.value.id, row.value.variants[0].price.amount, row.value.variants[0].stock["memphis"]))

    def test_records_with_one_id_after_the_other_are_one_product(self):
        head = "id,title,category_id,seller_id,sku,price,variant.attributes.size,image.url"
        loaded = self.plain("p,T,c,s,P-S,5,S,https://x.example/1.png", "p,,,,P-L,6,L,https://x.example/2.png", "q,U,c,s,Q,7,,", head=head)
        self.assertEqual([], loaded.told)
        product, other = (row.value for row in loaded.products)
        self.assertEqual([("P-S", 500, {"size": "S"}), ("P-L", 600, {"size": "L"})], [(v.sku, v.price.amount, v.attributes) for v in product.variants])
        self.assertEqual((2, 1), (len(product.images), len(other.variants)))
        for second, reason in (("p,Other,,,P-L,6,,", "title is not what the product's first record says (line 3)"), ("p,,,,P-S,6,,", "duplicate SKU P-S within the product"), ("p,,,,P-L,x,,", "variants[1].price must be a number, not 'x'")):
            loaded = self.plain("p,T,c,s,P-S,5,S,", second, "q,U,c,s,Q,7,,", head=head)
            self.assertEqual(([f"table.csv:2 (row 1): product p: {reason}"], ["q"]), (loaded.told, [row.value.id for row in loaded.products]))

    def test_a_record_that_does_not_fit_costs_itself(self):
        for bad, reason in (("p,T,c,s", "has 4 cells, where the first record names 5 columns"), ("p,T,c,s,5,6", "has 6 cells, where"), ('p,"T"x,c,s,5', "not valid CSV: ',' expected after"), ("p,T,c,s,free", "variants[0].price must be a number"), ("a,T,c,s,5", "duplicate product id a")):
            with self.subTest(bad):
                loaded = self.plain("a,T,c,s,5", "b,T,c,s,5", bad, "c,T,c,s,5")
                self.assertEqual(["a", "b", "c"], [row.value.id for row in loaded.products])
                self.assertTrue(loaded.told[0].startswith("table.csv:4 (row 3): product"), loaded.told)
                self.assertIn(reason, loaded.told[0])
                self.assertEqual(1, len(loaded.rejections))

    def test_numbers_keep_to_the_rule_of_the_mapping(self):
        cases = {"1.290,50": 129050, "1290,50": 129050, "1290": 129000, "12.90": None, "1,290.50": None, "1.29,5": None, "1 290": None, "0": 0, ",5": None, "1,": None}
        for written, amount in cases.items():
            with self.subTest(written):
                loaded = self.load(f"Nr;P\na;{written}\n", 'separator: ";"\ndecimal: ","\nthousands: "."\ncolumns: {Nr: id, P: price}\nconstants: {title: T, category_id: c, seller_id: s}\n')
                self.assertEqual([] if amount is None else [amount], [row.value.variants[0].price.amount for row in loaded.products])

    def test_a_table_that_nobody_can_read_is_refused_as_a_whole(self):
        for table, mapping, reason in (
            ("id,colour\na,b\n", None, "'colour' is no field of a product: a mapping file"),
            ("id,id\na,b\n", None, "'id' stands there twice"),
            (",\n", None, "must name the columns"),
            ("Nr;Neu\na;b\n", MAPPING.replace("columns: {", "columns: {Alt: sku, "), "a column 'Alt', which is not there"),
            (TABLE.replace("Intern", "Neu"), MAPPING, "neither uses nor ignores the column 'Neu'"),
            (TABLE, MAPPING.replace("Nr: id", "Nr: ID"), "ID in columns is no field of a product"),
            (TABLE, MAPPING.replace("Nr: id", "Nr: title"), "two columns are title"),
            (TABLE, MAPPING + "column: {}\n", "not column"),
            (TABLE, MAPPING.replace('thousands: "."', 'thousands: ","'), "the same character"),
            (TABLE, MAPPING.replace('decimal: ","', 'decimal: ",,"'), "one character each"),
            (TABLE, MAPPING.replace("product", "order"), "kind is category, collection, seller or product"),
            (TABLE, "- a\n", "a mapping file has"),
            (TABLE, "a: [\n", "not valid YAML"),
            (TABLE, MAPPING + "encoding: klingon\n", "cannot read"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(sources.Unreadable, reason):
                self.load(table, mapping)
        self.assertEqual(2, len(self.load(TABLE.replace("Intern", "Neu"), MAPPING.replace("[Intern]", "others")).products))


if __name__ == "__main__":
    unittest.main()
