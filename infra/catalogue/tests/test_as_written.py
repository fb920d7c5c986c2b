"""Values stay what was written, and the field decides what they mean: the same in every format."""

import csv
import io
import json
import tempfile
import unittest
from pathlib import Path

import context

# What YAML 1.1, spreadsheets and languages make something else of.
TEXTS = [
    "NO", "no", "yes", "on", "off", "y", "true", "False", "1e5", "1E+5", "0017", "0x1F", "0b1", "0o17", "90.750", "1_000", "1.0", ".5", "+1",
    "2024-01-31", "2024-01-31T10:00:00Z", "12:30", "1:30:15", ".inf", "-.INF", ".nan", "=", "<<", "NaN", "Infinity", "1,5", "12345678901234567890123", "-0",
]
IDS = ["00123", "1e5", "0x1F", "NO", "null", "1.0", "2024-01-31", "0"]
# Python's splitlines ends a line at each of these; so does YAML at the last three.
NO_LINE_ENDS = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


def product(id="p", title="Title", **more):
    return {"id": id, "title": title, "description": "D", "category_id": "c", "seller_id": "s", **more, "variants": [{"sku": id, "price": "5"}]}


class WrittenTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def load(self, content, name):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return context.load(path)

    def products(self, content, name):
        loaded = self.load(content, name)
        self.assertEqual([], loaded.told)
        return [row.value for row in loaded.products]

    def yaml(self, value, quote=""):
        """A product whose id, title and attribute are written as they are."""
        written = f"{quote}{value}{quote}"
        return f"products:\n- id: {written}\n  title: {written}\n  description: D\n  category_id: c\n  seller_id: s\n  attributes: {{a: {written}}}\n  variants:\n  - {{sku: {written}, price: 5}}\n"

    def test_a_plain_scalar_of_yaml_is_the_text_it_is(self):
        for text in TEXTS:
            flow = text if text not in ("=", "1,5") else f"'{text}'"
            content = self.yaml("p").replace("title: p", f"title: {text}").replace("a: p", f"a: {flow}")
            with self.subTest(text):
                [found] = self.products(content, "c.yaml")
                self.assertEqual((text, text), (found.title, found.attributes["a"]))

    def test_ids_that_look_like_something_else_keep_their_form(self):
        for name in IDS:
            with self.subTest(name):
                [found] = self.products(self.yaml(name, "" if name != "null" else "'"), "c.yaml")
                self.assertEqual((name, name), (found.id, found.variants[0].sku))
                self.assertEqual(name, self.products(f"id,title,category_id,seller_id,price\n{name},T,c,s,5\n", "c.csv")[0].id)
                self.assertEqual(name, self.products(json.dumps({"product": product(name)}), "c.jsonl")[0].id)

    def test_nothing_is_what_has_no_value_and_no_quotes(self):
        for written in ("", "~", "null"):
            self.assertEqual(["c.yaml:2 (row 1): product p: title is missing"], self.load(self.yaml("p").replace("title: p", f"title: {written}"), "c.yaml").told)
        self.assertEqual("null", self.products(self.yaml("p").replace("title: p", "title: 'null'"), "c.yaml")[0].title)

    def test_numbers_and_truth_values_of_json_are_what_was_written(self):
        for written, text in (("90.750", "90.750"), ("1e5", "1e5"), ("1E-7", "1E-7"), ("123456789012345678901234567890", "123456789012345678901234567890"), ("true", "true"), ("false", "false"), ("-0.0", "-0.0")):
            content = json.dumps({"product": product(attributes={"a": "?"})}).replace('"Title"', written).replace('"?"', written)
            with self.subTest(written):
                [found] = self.products(content, "c.jsonl")
                self.assertEqual((text, text), (found.title, found.attributes["a"]))

    def test_one_rule_reads_the_numbers_of_every_format(self):
        good = {"0": 0, "5": 500, "39.9": 3990, "39.90": 3990, "39.900": 3990, "999999.99": 99_999_999, " 5 ": 500}
        bad = ["1e2", "0017", "+5", "5.", ".5", "1_000", "1,5", "0x5", "five", "٥", "5 000", "--5", "1:30", ".inf", "NaN", "true", "5\n5", "1" * 40, "19.999", "-1", "1000000"]
        for price in [*good, *bad]:
            row = product()
            row["variants"][0]["price"] = price
            table = io.StringIO()
            csv.writer(table).writerows([["id", "title", "category_id", "seller_id", "price"], ["p", "T", "c", "s", price]])
            for name, content in (("c.jsonl", json.dumps({"product": row})), ("c.yaml", self.yaml("p").replace("price: 5", f"price: {json.dumps(price, ensure_ascii=False)}")), ("c.csv", table.getvalue())):
                with self.subTest(name, price=price):
                    loaded = self.load(content, name)
                    self.assertEqual([good[price]] if price in good else [], [row.value.variants[0].price.amount for row in loaded.products])
                    self.assertEqual(price in bad, "variants[0].price" in "".join(loaded.told))

    def test_what_ends_no_line_is_a_character_like_any_other(self):
        for end in NO_LINE_ENDS:
            description = f"before{end}after"
            row = product(description=description)
            lines = [json.dumps({"product": row}, ensure_ascii=False), json.dumps({"product": product("q")})]
            table = io.StringIO()
            csv.writer(table).writerows([["id", "title", "description", "category_id", "seller_id", "price"], ["p", "T", description, "c", "s", "5"], ["q", "T", "D", "c", "s", "5"]])
            contents = {"c.csv": table.getvalue()}
            if end >= "\x20":
                # The others are control characters, which JSON and YAML do not allow as they are.
                entry = self.yaml("p").replace("description: D", f"description: {description}")
                contents |= {"c.jsonl": "\n".join(lines), "c.json": f"[{','.join(lines)}]", "c.yaml": entry + self.yaml("q").partition("\n")[2]}
            for name, content in contents.items():
                with self.subTest(name, end=end):
                    found = self.products(content, name)
                    self.assertEqual(["p", "q"], [item.id for item in found])
                    self.assertEqual(description, found[0].description)

    def test_a_text_that_cannot_be_sent_costs_its_row(self):
        good = json.dumps({"product": product("q")})
        for bad, reason in ((b"t\xe9", "title holds the byte 0xE9, which is no UTF-8"), (b"\\ud800", "title holds half a character"), (b"a\\u0000b", "title holds the control character U+0000"), (b"a\\u009bb", "title holds the control character U+009B")):
            content = json.dumps({"product": product()}).encode().replace(b"Title", bad) + b"\n" + good.encode()
            with self.subTest(reason):
                loaded = self.load(content, "c.jsonl")
                self.assertEqual([f"c.jsonl:1 (row 1): product p: {reason}"], loaded.told)
                self.assertEqual(["q"], [row.value.id for row in loaded.products])
        loaded = self.load(self.yaml("p").replace("title: p", "title: t\xe9").encode("latin-1") + self.yaml("q").partition("\n")[2].encode(), "c.yaml")
        self.assertEqual((1, 1), (len(loaded.rejections), len(loaded.products)))
        self.assertIn("holds the byte 0xE9", loaded.told[0])


if __name__ == "__main__":
    unittest.main()
