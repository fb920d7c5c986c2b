"""The same catalogue in every format, encoding and packing; what cannot be read is told by its place."""

import gzip
import json
import re
import tempfile
import tracemalloc
import unittest
from pathlib import Path

import context
from souk_catalogue import opened, row_export, sources

YAML = """\
# A comment, and an umlaut: ü
souk: {version: 1}
categories:
- {id: kitchen, name: Küche}
sellers:
  - id: acme
    name: Acme
products:
- id: kettle
  title: Kettle
  description: |
    Boils:
    - water
    - tea
  category_id: kitchen
  seller_id: acme
  attributes: &shared
    material: Stahl
  variants:
  - sku: KETTLE-1
    price: 39.90
    stock: {memphis: 3}
- id: pot
  title: Pot
  description: "A pot
    of two lines"
  category_id: kitchen
  seller_id: acme
  attributes: *shared
  variants: [{sku: POT-1, price: 5}]
"""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


class FormatCase(unittest.TestCase):
    """One catalogue in every format."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.rows = self.load(YAML, "c.yaml").rows
        self.values = [row.value for row in self.rows]

    def load(self, content, name):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return context.load(path)

    def contents(self):
        lines = [row_export.line(row) for row in self.rows]
        by_section = {section: [line[kind] for line in lines if kind in line] for section, kind in sources.KINDS.items()}
        return {
            "c.yaml": YAML,
            "indented.yaml": re.sub(r"(?m)^(?=[- ])", "   ", YAML).replace("     - id: acme\n       name", "   - id: acme\n     name"),
            "flow.yaml": json.dumps(by_section, ensure_ascii=False).replace('{"categories"', '---\n{"categories"', 1),
            "c.jsonl": "\n".join(json.dumps(line, ensure_ascii=False) for line in lines),
            "lines.json": "\n\n".join(json.dumps(line) for line in lines) + "\n",
            "list.json": json.dumps(lines, ensure_ascii=False),
            "pretty.json": json.dumps(by_section, ensure_ascii=False, indent=2),
            "one-line.json": json.dumps(by_section),
            "no-ending": json.dumps(lines),
        }


class FormatTest(FormatCase):
    def test_every_format_holds_the_same(self):
        self.assertEqual(["kitchen", "acme", "kettle", "pot"], [value.id for value in self.values])
        self.assertEqual("Boils:\n- water\n- tea", self.values[2].description)
        self.assertEqual({"material": "Stahl"}, self.values[3].attributes, "an alias of an earlier entry")
        for name, content in self.contents().items():
            with self.subTest(name):
                loaded = self.load(content, name)
                self.assertEqual(([], self.values), (loaded.told, [row.value for row in loaded.rows]))

    def test_encodings_marks_packing_and_ends_of_lines_change_nothing(self):
        for name, content in self.contents().items():
            for encoding in ENCODINGS:
                for end in ("\n", "\r\n"):
                    for packed in (False, True):
                        with self.subTest(name, encoding=encoding, end=end, packed=packed):
                            data = content.replace("\n", end).encode(encoding)
                            loaded = self.load(gzip.compress(data, 1) if packed else data, name + (".gz" if packed else ""))
                            self.assertEqual(([], self.values), (loaded.told, [row.value for row in loaded.rows]))

    def test_rows_have_the_line_on_which_they_begin(self):
        lines = {"c.yaml": [4, 6, 9, 23], "c.jsonl": [1, 2, 3, 4], "lines.json": [1, 3, 5, 7], "one-line.json": [1, 1, 1, 1]}
        for name, expected in lines.items():
            self.assertEqual(expected, [row.position.line for row in self.load(self.contents()[name], name).rows], name)
        pretty = self.contents()["pretty.json"]
        for row in self.load(pretty, "pretty.json").rows:
            self.assertIn(f'"id": "{row.value.id}"', pretty.splitlines()[row.position.line])

    def test_an_item_that_is_no_json_costs_itself(self):
        good = [json.dumps({"seller": {"id": f"s{n}", "name": "S"}}) for n in range(3)]
        for bad in ("{oops}", '{"seller": {"id": "x" "name": "S"}}', "nope", '{"seller": {"id": "a, ] } b", }}', "01", '{"a": 1, "a": 2}'):
            for name, content in (("c.json", f"[{good[0]},\n{bad},\n{good[1]}, {good[2]}]"), ("c.jsonl", "\n".join([good[0], bad, *good[1:]]))):
                with self.subTest(name, bad=bad):
                    loaded = self.load(content, name)
                    self.assertEqual(["s0", "s1", "s2"], [row.value.id for row in loaded.sellers])
                    self.assertEqual(1, len(loaded.rejections))
                    self.assertTrue(loaded.told[0].startswith(f"{name}:2 (row 2): product"), loaded.told)

    def test_an_entry_that_is_no_yaml_costs_itself(self):
        for bad in ("- id: [x\n", "- id: x\n  title: {\n", "- id: 'x\n", "- id: x\n  title: a: b\n", "- id: x\n id: y\n", "- *nothing\n", "- {? [a]: b}\n", "-\tx: [\n", "- id: x\n  title: \x07\n"):
            with self.subTest(bad):
                loaded = self.load(f"sellers:\n- {{id: s0, name: S}}\n{bad}- {{id: s1, name: S}}\nproducts: []\n", "c.yaml")
                self.assertEqual(["s0", "s1"], [row.value.id for row in loaded.sellers])
                self.assertEqual(1, len(loaded.rejections))
                self.assertTrue(loaded.told[0].startswith("c.yaml:3 (row 2): seller: not valid YAML"), loaded.told)

    def test_what_cannot_be_read_at_all_is_said(self):
        packed = gzip.compress(YAML.encode() * 99)
        cases = {
            "cut.yaml.gz": packed[: len(packed) // 2], "cut.json": '[{"seller": {"id": "s", "name": "S"}}', "open.json": '["' + "x" * 9_000_000, "more.json": "[] []",
            "odd.yaml": b"\xff\xfea", "two.yaml": "sellers: []\n---\nsellers: []\n", "inline.yaml": "--- {sellers: []}\n", "long.jsonl": "x" * (opened.MAX_LINE + 1), "key.json": '{\n"seller": []}', "value.json": '{"sellers": 3}',
            "empty.csv": "", "empty.jsonl": "\n\n", "scalar.json": "3",
        }
        for name, content in cases.items():
            with self.subTest(name), self.assertRaises(sources.Unreadable):
                self.load(content, name)
        with self.assertRaises(sources.Unreadable):
            context.load(self.folder)

    def test_a_file_that_changes_meanwhile_is_refused(self):
        path = self.folder / "c.yaml"
        catalogue = sources.load(path, self.fail)
        path.write_text(YAML + "\n")
        with self.assertRaisesRegex(sources.Unreadable, "has changed"):
            list(catalogue.products)

    def test_memory_does_not_grow_with_the_file(self):
        def peak(count):
            path = self.folder / "large.jsonl"
            with open(path, "w") as file:
                for number in range(count):
                    file.write(json.dumps({"product": {"id": f"p{number}", "title": "T", "description": "D" * 500, "category_id": "c", "seller_id": "s", "variants": [{"sku": f"S{number}", "price": "5"}]}}) + "\n")
            tracemalloc.start()
            catalogue = sources.load(path, self.fail)
            self.assertEqual(count, sum(1 for _ in catalogue.products))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

        peak(100)
        few, many = peak(500), peak(5000)
        self.assertLess(many, few * 1.2)


if __name__ == "__main__":
    unittest.main()
