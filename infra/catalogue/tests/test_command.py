"""The command as somebody types it: what it prints, writes and returns."""

import contextlib
import csv
import io
import json
import unittest
from unittest import mock

from stack_case import StackTest, catalogue_of, lines, no_wait

from souk_catalogue import __main__ as command
from souk_catalogue import pictures, transport
from souk_catalogue.searchable import SearchWaiter
from souk_catalogue.transport import HttpClient


class CommandTest(StackTest):
    def test_all_good(self):
        self.stack.search_blind_for = 3
        code, out, err = self.run_command(lines(70))
        self.assertEqual((0, ""), (code, "".join(line for line in err.splitlines() if "rejected:" in line)))
        self.assertRegex(out, r"products +70 +70 +0 +0 +0\n")
        self.assertRegex(out, r"73 rows in [\d.]+ s, \d+ rows/s")
        self.assertEqual(0, self.stack.search_blind_for, "it waited until search saw the products")

    def test_rejected_rows_make_the_exit_code_one(self):
        values = lines(5)
        values[4]["product"]["title"] = ""
        self.stack.refusals = {"/admin/products/p4": (422, {"detail": "no"})}
        code, out, err = self.run_command(values)
        self.assertEqual(1, code)
        self.assertRegex(out, r"products +5 +3 +0 +0 +2\n")
        told = [line.removeprefix("rejected: ") for line in err.splitlines() if line.startswith("rejected: rows")]
        self.assertEqual(["rows.jsonl:5 (row 5): product p1: title is empty", "rows.jsonl:8 (row 8): product p4: 422 no"], told)
        report = [json.loads(line) for line in (self.folder / "import/rejected/rows.jsonl.jsonl").read_text().splitlines()]
        self.assertEqual([(5, 5, "p1", "title", "is empty"), (8, 8, "p4", None, "422 no")], [(r["line"], r["row"], r["id"], r["field"], r["reason"]) for r in report])

    def run_file(self, name, content, *arguments):
        """The exit code, standard output and standard error for a file of this content."""
        path = self.folder / name
        path.write_text(content)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command.main([*arguments, "--file", str(path)])
        return code, out.getvalue(), err.getvalue()

    def test_every_bad_row_is_in_the_report_and_the_first_are_shown(self):
        content = "id,title,category_id,seller_id,price\n" + "".join(f"p{n},{'' if n % 2 else 'T'},c,s,{'1,5' if n == 3 else 5}\n".replace("1,5", '"1,5"') for n in range(60))
        for name in ("bad.csv", "bad.jsonl"):
            report = self.folder / "reports" / name
            code, out, err = self.run_file("rows.csv", content, "check", "--report", str(report))
            self.assertEqual((1, "30 good rows (30 products, 30 SKUs), 30 rejected\n"), (code, out))
            self.assertEqual(20, err.count("rejected: rows.csv:"))
            self.assertIn(f"rejected: 10 more rows\nrejected: all of them, with position, field and reason, are in {report}\n", err)
            read = csv.DictReader if name.endswith(".csv") else lambda file: map(json.loads, file)
            with open(report, newline="") as file:
                told = [(str(record["line"]), record["id"], record["field"], record["reason"]) for record in read(file)]
            self.assertEqual(31, len(told))
            self.assertEqual([("3", "p1", "title", "is missing"), ("5", "p3", "title", "is missing"), ("5", "p3", "variants[0].price", "must be a number, not '1,5'")], told[:3])
        code, _, _ = self.run_file("rows.csv", content.replace(",,", ",T,").replace('"1,5"', "1"), "check", "--report", str(report))
        self.assertEqual((0, False), (code, report.exists()), "a report of an earlier run is no longer true")

    def test_a_report_does_not_act_on_a_terminal(self):
        _, _, err = self.run_file("rows.jsonl", json.dumps({"seller": {"id": "\x1b[2J\u202e", "name": "S"}}), "check")
        self.assertIn("seller \\u001b[2J\\u202e: id", err)

    def test_an_import_needs_to_know_where(self):
        with self.assertRaises(SystemExit) as exit, contextlib.redirect_stderr(io.StringIO()):
            command.main(["import"])
        self.assertEqual(2, exit.exception.code)

    def test_a_dry_run_sends_nothing(self):
        code, out, _ = self.run_file("rows.jsonl", "\n".join(map(json.dumps, lines(5))), "import", "--dry-run")
        self.assertEqual((0, "8 good rows (5 products, 5 SKUs), 0 rejected\n", []), (code, out, self.stack.requests))

    def test_a_table_goes_in_by_its_mapping(self):
        mapping = self.folder / "columns.yaml"
        mapping.write_text("columns: {Nr: id, Name: title, Cents: price.amount}\nconstants: {category_id: some, seller_id: s}\n")
        (self.folder / "outputs.json").write_text(self.stack.outputs_json())
        code, _, _ = self.run_file("t.csv", "Cents,Name,Nr\n250,Mug,00123\n", "import", "--mapping", str(mapping), "--outputs", str(self.folder / "outputs.json"))
        self.assertEqual((0, "Mug", 250), (code, self.stack.stored("/admin/products/00123")["title"], self.stack.stored("/admin/prices/00123")["price"]["amount"]))

    def test_what_is_expanded_is_read_back_to_the_same(self):
        _, out, _ = self.run_file("rows.jsonl", "\n".join(map(json.dumps, lines(5))), "expand")
        self.assertEqual(out, self.run_file("again.jsonl", out, "expand")[1])

    def test_what_search_does_not_find_is_told(self):
        self.stack.hidden = {"p3"}
        code, _, err = self.run_command(lines(5), "--search-timeout", "0.3")
        self.assertEqual(1, code)
        self.assertIn("search does not find 1 of them: p3", err)

    def test_search_is_waited_for_as_long_as_it_finds_more(self):
        products = [row.value for row in catalogue_of(lines(6)).products]
        self.load(lines(6))
        now, self.stack.hidden = [0.0], {f"p{number}" for number in range(6)}

        def sleep(_):
            now[0] += 9
            self.stack.hidden.discard(min(self.stack.hidden, default=None))

        with contextlib.closing(HttpClient(self.stack.url, no_wait())) as client:
            waiter = SearchWaiter(client, 10, clock=lambda: now[0], sleep=sleep)
            self.assertEqual([], waiter.wait(products))
            self.assertGreater(now[0], 10)
            self.stack.hidden = {"p4"}
            self.assertEqual(["p4"], SearchWaiter(client, 10, clock=lambda: now[0], sleep=lambda _: now.append(now.pop() + 9)).wait(products))

    def test_stock_that_search_does_not_know_of_is_waited_for(self):
        self.stack.untold = {"SKU-1"}
        code, _, err = self.run_command(lines(5), "--search-timeout", "0.3")
        self.assertEqual(1, code)
        self.assertIn("search does not find 1 of them: p1", err)
        self.assertIn("import: search finds 4 of 5 products\n", err)
        values = lines(5)
        values[4]["product"]["variants"][0]["stock"] = {}
        code, _, _ = self.run_command(values, "--search-timeout", "0.3")
        self.assertEqual(0, code, "there is nothing to know of what came without stock")

    def test_an_old_title_in_search_is_waited_for(self):
        self.run_command(lines(3))
        original, seen = self.stack.search, []

        def search(query):
            seen.append(query)
            status, page, etag = original(query)
            if len(seen) < 3:
                page = {**page, "hits": [{**hit, "title": "Thing of old"} for hit in page["hits"]]}
            return status, page, etag

        with mock.patch.object(self.stack, "search", search):
            code, _, _ = self.run_command(lines(3, title="New"))
        self.assertEqual(0, code)
        self.assertGreaterEqual(len(seen), 3)

    def test_it_cannot_run_without_outputs_or_server(self):
        code, _, err = self.run_command(lines(1), "--outputs", str(self.folder / "nowhere.json"))
        self.assertEqual(2, code)
        self.assertIn("make up", err)
        self.stack.down_after = 0
        with mock.patch.object(transport.time, "sleep"), mock.patch.object(transport.Retry, "wait"):
            code, _, err = self.run_command(lines(1))
        self.assertEqual(2, code)
        self.assertIn("does not answer", err)

    def test_secrets_are_not_told(self):
        _, out, err = self.run_command(lines(1))
        self.assertNotIn("secret", out + err + repr(self.stack.outputs))
        self.assertNotIn("token-", out + err)


class PictureTest(unittest.TestCase):
    class Bucket:
        def __init__(self):
            self.pictures = {}

        def keys(self):
            return set(self.pictures)

        def put(self, key, content):
            self.pictures[key] = content

    def test_only_missing_pictures_are_stored_once(self):
        image = {"draw": {"motif": "mug", "colour": "teal"}, "alt": "A mug"}
        values = lines(3)
        for value in values[3:]:
            value["product"]["images"] = [image, {"url": "https://x.example/own.png", "alt": "Its own"}]
        drawings, bucket = catalogue_of(values).catalogue.drawings, self.Bucket()
        self.assertEqual(1, pictures.upload(drawings, bucket, 2))
        self.assertEqual(0, pictures.upload(drawings, bucket, 2))
        [(key, content)] = bucket.pictures.items()
        self.assertRegex(key, r"^images/[0-9a-f]{64}\.svg$")
        self.assertTrue(content.startswith(b"<svg "))


if __name__ == "__main__":
    unittest.main()
