"""The importer against a stack in this process."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import context
from fake_stack import FakeStack

from souk_catalogue import __main__ as command
from souk_catalogue import pictures, transport
from souk_catalogue.journal import Busy, Journal
from souk_catalogue.loader import Loader, Outage
from souk_catalogue.model import Position, RawRow
from souk_catalogue.operator_api import NotAllowed, OperatorApi
from souk_catalogue.progress import Progress
from souk_catalogue.row_put import RowPut, parts_of
from souk_catalogue.searchable import SearchWaiter
from souk_catalogue.transport import HttpClient, Retry, Unreachable


def no_wait(attempts=3):
    return Retry(attempts=attempts, sleep=lambda _: None)


def lines(count, price=1000, title="Thing"):
    result = [{"category": {"id": "all", "name": "All"}}, {"category": {"id": "some", "name": "Some", "parent_id": "all"}}, {"seller": {"id": "s", "name": "S"}}]
    for number in range(count):
        variant = {"sku": f"SKU-{number}", "price": {"amount": price, "currency": "USD"}, "stock": {"memphis": 5, "reno": 2}}
        result.append({"product": {"id": f"p{number}", "title": f"{title} {number}", "description": "D", "category_id": "some", "seller_id": "s", "attributes": {"a": "b"}, "variants": [variant]}})
    return result


def catalogue_of(values):
    return context.build(RawRow(*kind_and_position(value, number)) for number, value in enumerate(values, 1))


def kind_and_position(value, number):
    [(kind, content)] = value.items()
    return kind, Position("rows.jsonl", number, number), content


class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(FakeStack())
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def load(self, values, retry=None, connections=4, chunk=5):
        with self.journal() as journal, OperatorApi(self.stack.outputs, retry or no_wait()) as api:
            loaded = catalogue_of(values)
            report = Loader(api, journal, Progress(len(values), io.StringIO()), loaded.rejections.append, connections, chunk).run(loaded.catalogue)
            journal.complete()
            report.rejections = loaded.rejections
            return report

    def journal(self):
        return Journal(self.folder / "state", self.stack.outputs)

    def run_command(self, values, *more):
        """The exit code, standard output and standard error of the whole command."""
        (self.folder / "rows.jsonl").write_text("\n".join(json.dumps(value) for value in values))
        (self.folder / "outputs.json").write_text(self.stack.outputs_json())
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command.main(["import", "--file", str(self.folder / "rows.jsonl"), "--outputs", str(self.folder / "outputs.json"), *more])
        return code, out.getvalue(), err.getvalue()


class LoadingTest(StackTest):
    def test_a_first_import_needs_one_row_for_each_resource(self):
        report = self.load(lines(30))
        self.assertEqual({("category", "created"): 2, ("seller", "created"): 1, ("product", "created"): 30}, dict(report.counts))
        self.assertEqual(3, len(self.stack.calls("PUT")))
        self.assertEqual([30, 30, 60], [len(self.stack.rows_of(name)) for name in ("products", "prices", "inventory")])
        self.assertEqual(6 * 3, len(self.stack.calls("POST")), "six chunks of five products")
        self.assertEqual([], self.stack.calls("GET"))
        self.assertEqual({"price": {"amount": 1000, "currency": "USD"}}, self.stack.stored("/admin/prices/SKU-7"))
        self.assertEqual({"quantity": 2}, self.stack.stored("/admin/inventory/SKU-7/reno"))
        self.assertEqual({"sku": "SKU-7"}, self.stack.stored("/admin/products/p7")["variants"][0])

    def test_no_request_has_more_rows_than_the_api_takes(self):
        values = lines(3)
        variants = [{"sku": f"V-{number}", "price": {"amount": 5, "currency": "USD"}, "stock": {f"w{n}": 1 for n in range(9)}} for number in range(40)]
        values[3]["product"]["variants"] = variants
        self.load(values)
        self.assertEqual(40 * 9 + 2 * 2, len(self.stack.rows_of("inventory")))
        self.assertEqual(4, self.stack.calls("POST").count("/admin/inventory"))

    def test_no_request_is_larger_than_the_api_takes(self):
        puts = [RowPut({"product_id": "p", "product": {"description": "é" * size}}) for size in (200_000, 250_000, 250_000, 700_000, 1)]
        self.assertEqual([2, 1, 1, 1], [len(part) for part in parts_of(puts)])

    def test_parents_go_in_before_their_children(self):
        self.load(list(reversed(lines(2))))
        puts = self.stack.calls("PUT")
        self.assertEqual(["/admin/categories/all", "/admin/categories/some", "/admin/sellers/s"], puts)
        with self.stack.lock:
            first_rows = self.stack.requests.index(("POST", "/admin/products"))
            self.assertEqual(3, sum(method == "PUT" for method, _ in self.stack.requests[:first_rows]))

    def test_a_second_import_changes_nothing(self):
        self.load(lines(10))
        before = dict(self.stack.resources)
        self.stack.forget_calls()
        report = self.load(lines(10))
        self.assertEqual({"unchanged"}, {outcome for _, outcome in report.counts})
        self.assertEqual(before, self.stack.resources, "not even a version has risen")
        rows = [len(self.stack.rows_of(name)) for name in ("products", "prices", "inventory")]
        self.assertEqual([10, 10, 0], rows, "each product and each price is looked at")

    def test_a_stack_that_lost_its_data_is_filled_again(self):
        self.load(lines(10))
        before = {path: body for path, (_, body) in self.stack.resources.items()}
        self.stack.resources.clear()
        report = self.load(lines(10))
        self.assertEqual({"created"}, {outcome for _, outcome in report.counts})
        self.assertEqual(before, {path: body for path, (_, body) in self.stack.resources.items()})

    def test_a_new_warehouse_gets_its_stock(self):
        self.load(lines(3))
        values = lines(3)
        values[-1]["product"]["variants"][0]["stock"]["dallas"] = 4
        self.load(values)
        self.assertEqual({"quantity": 4}, self.stack.stored("/admin/inventory/SKU-2/dallas"))

    def test_without_a_journal_it_finds_out_by_itself_what_is_there(self):
        self.load(lines(10))
        before = dict(self.stack.resources)
        with self.journal() as journal:
            journal.forget()
        report = self.load(lines(10))
        self.assertEqual({"unchanged"}, {outcome for _, outcome in report.counts})
        self.assertEqual(before, self.stack.resources)

    def test_what_differs_is_changed_and_nothing_else(self):
        self.load(lines(10))
        version, product = self.stack.resources["/admin/products/p3"]
        self.stack.resources["/admin/products/p3"] = (version + 1, {**product, "title": "Renamed by hand"})
        self.stack.resources["/admin/products/p4"] = (version + 1, {**product, "title": "Thing 4", "variants": [{"sku": "SKU-4"}], "rating": {"average": 1, "count": 1}})
        self.stack.resources["/admin/prices/SKU-5"] = (9, {"price": {"amount": 1, "currency": "USD"}})
        report = self.load(lines(10))
        self.assertEqual(3, report.counts["product", "changed"])
        self.assertEqual(7, report.counts["product", "unchanged"])
        self.assertEqual("Thing 3", self.stack.stored("/admin/products/p3")["title"])
        self.assertNotIn("rating", self.stack.stored("/admin/products/p4"))
        self.assertEqual(1000, self.stack.stored("/admin/prices/SKU-5")["price"]["amount"])

    def test_stock_that_exists_is_left_alone(self):
        self.load(lines(3))
        self.stack.resources["/admin/inventory/SKU-1/memphis"] = (7, {"quantity": 1})
        self.load(lines(3, price=2000))
        self.assertEqual((7, {"quantity": 1}), self.stack.resources["/admin/inventory/SKU-1/memphis"])
        self.assertEqual(2000, self.stack.stored("/admin/prices/SKU-1")["price"]["amount"])

    def test_a_stale_version_is_read_again(self):
        self.load(lines(1))
        original, raced = self.stack.put, []

        def put(path, body, if_match):
            if if_match and path == "/admin/products/p0" and not raced:
                raced.append(path)
                version, present = self.stack.resources[path]
                self.stack.resources[path] = (version + 1, {**present, "title": "Meanwhile"})
            return original(path, body, if_match)

        with mock.patch.object(self.stack, "put", put):
            report = self.load(lines(1, title="Better"))
        self.assertEqual(["/admin/products/p0"], raced)
        self.assertEqual(1, report.counts["product", "changed"])
        self.assertEqual("Better 0", self.stack.stored("/admin/products/p0")["title"])


    def test_somebody_who_keeps_changing_a_resource_is_given_way(self):
        self.load(lines(2))
        original = self.stack.put

        def put(path, body, if_match):
            if path == "/admin/prices/SKU-1" and path in self.stack.resources:
                version, _ = self.stack.resources[path]
                self.stack.resources[path] = (version + 1, {"price": {"amount": version, "currency": "USD"}})
            return original(path, body, if_match)

        with mock.patch.object(self.stack, "put", put):
            report = self.load(lines(2, price=7000))
        self.assertEqual((1, 1), (report.counts["product", "changed"], report.counts["product", "rejected"]))
        self.assertIn("prices/SKU-1 somebody else keeps changing it", str(report.rejections[0]))

    def test_a_resource_that_was_deleted_meanwhile_is_created(self):
        self.load(lines(1))
        original, raced = self.stack.put, []

        def put(path, body, if_match):
            if if_match and path == "/admin/products/p0" and not raced:
                raced.append(self.stack.resources.pop(path))
            return original(path, body, if_match)

        with mock.patch.object(self.stack, "put", put):
            report = self.load(lines(1, title="Better"))
        self.assertEqual(("Better 0", 1), (self.stack.stored("/admin/products/p0")["title"], report.counts["product", "created"]))


class FaultTest(StackTest):
    def test_a_row_that_the_server_was_too_busy_for_is_sent_again(self):
        self.stack.row_faults = {"/admin/products/p2": [503, 503], "/admin/inventory/SKU-3/reno": [500]}
        report = self.load(lines(5), no_wait(4))
        self.assertEqual(5, report.counts["product", "created"])
        self.assertEqual(3, self.stack.rows_of("products").count("/admin/products/p2"))
        self.assertEqual(1, self.stack.rows_of("products").count("/admin/products/p1"), "those that are in are not")

    def test_a_row_that_always_fails_is_told_and_the_others_go_in(self):
        self.stack.row_faults = {"/admin/prices/SKU-2": [503] * 100}
        report = self.load(lines(5), no_wait(4))
        self.assertEqual(["rows.jsonl:6 (row 6): product p2: prices/SKU-2 503 Busy"], [str(rejection) for rejection in report.rejections])
        self.assertEqual(4, report.counts["product", "created"])
        self.assertEqual(4, self.stack.rows_of("prices").count("/admin/prices/SKU-2"))

    def test_passing_failures_are_tried_again(self):
        self.stack.faults = [503, 429, 500, 502]
        report = self.load(lines(5), no_wait(8))
        self.assertEqual([], report.rejections)
        self.assertEqual(5, report.counts["product", "created"])

    def test_attempts_and_waits_are_bounded(self):
        waits = []
        retry = Retry(attempts=6, base=0.2, longest=1.0, sleep=waits.append, random=lambda: 1.0)
        self.stack.faults = [503] * 100
        with contextlib.closing(HttpClient(self.stack.url, retry)) as client:
            answer = client.request("PUT", "/admin/sellers/x", {}, {"Authorization": "Bearer token-1"})
        self.assertEqual(503, answer.status)
        self.assertEqual([0.2, 0.4, 0.8, 1.0, 1.0], waits)

    def test_a_refused_row_is_told_and_the_others_go_in(self):
        problem = {"title": "Invalid", "detail": "the request is invalid", "errors": [{"field": "title", "detail": "is rude"}]}
        self.stack.refusals = {"/admin/products/p2": (422, problem), "/admin/prices/SKU-4": (422, {"detail": "too dear"})}
        report = self.load(lines(6))
        self.assertEqual(4, report.counts["product", "created"])
        told = sorted(str(rejection) for rejection in report.rejections)
        self.assertEqual(
            ["rows.jsonl:6 (row 6): product p2: title is rude (422)", "rows.jsonl:8 (row 8): product p4: prices/SKU-4 422 too dear"],
            told,
        )
        self.assertEqual(["p0", "p1", "p3", "p5"], sorted(product.id for product in report.loaded))

    def test_a_refused_token_is_renewed_once(self):
        self.stack.refused_tokens = {"token-1"}
        self.assertEqual([], self.load(lines(5)).rejections)
        self.assertEqual(2, self.stack.sign_ins)

    def test_a_token_is_renewed_before_it_expires(self):
        self.stack.token_seconds = 60
        self.load(lines(1))
        self.assertGreater(self.stack.sign_ins, 3)

    def test_a_wrong_password_ends_it(self):
        self.stack.sign_in = lambda _: (400, {"message": "Incorrect username or password."})
        with self.assertRaisesRegex(NotAllowed, "Incorrect"):
            self.load(lines(1))

    def test_a_missing_role_ends_it(self):
        self.stack.refusals = {"/admin/categories/all": (403, {"detail": "only for operators"})}
        with self.assertRaisesRegex(NotAllowed, "only for operators"):
            self.load(lines(1))

    def test_a_server_that_only_fails_ends_it(self):
        self.stack.faults = [500] * 10_000
        values = [{"seller": {"id": f"s{number}", "name": "S"}} for number in range(60)]
        with self.assertRaises(Outage):
            self.load(values, no_wait(2))

    def test_a_silent_server_ends_it(self):
        self.stack.down_after = 0
        with self.assertRaises(Unreachable):
            self.load(lines(1), no_wait(2))


class ResumeTest(StackTest):
    def interrupt(self, values, after):
        self.stack.down_after = after
        with self.assertRaises(Unreachable):
            self.load(values, no_wait(2))
        self.stack.down_after = None
        self.stack.forget_calls()

    def test_it_goes_on_where_it_stopped(self):
        self.interrupt(lines(50), after=24)
        there = {path for path in self.stack.resources if path.startswith("/admin/products/")}
        report = self.load(lines(50))
        self.assertGreater(report.skipped, 15)
        again = self.stack.rows_of("products")
        self.assertEqual(50, len(there | set(again)), "everything is in")
        self.assertEqual(50, sum("/admin/products/" in path for path in self.stack.resources))
        self.assertLessEqual(len(set(again) & there), 4 * 5, "only chunks that were under way are put again")
        self.assertEqual(50, sum(count for (kind, _), count in report.counts.items() if kind == "product"))

    def test_a_changed_row_is_not_skipped(self):
        self.interrupt(lines(20), after=10)
        report = self.load(lines(20, price=7700))
        prices = {body["price"]["amount"] for path, (_, body) in self.stack.resources.items() if "/prices/" in path}
        self.assertEqual({7700}, prices)
        self.assertEqual(20, report.counts["product", "changed"] + report.counts["product", "created"])

    def test_a_wiped_stack_is_loaded_anew(self):
        for after, where in ((1, "among the categories"), (3, "before the first product"), (12, "among the products")):
            with self.subTest(where), tempfile.TemporaryDirectory() as folder, FakeStack() as self.stack:
                self.folder = Path(folder)
                self.interrupt(lines(20), after)
                self.stack.resources.clear()
                report = self.load(lines(20))
                self.assertEqual((0, 20), (report.skipped, report.counts["product", "created"]))

    def test_a_journal_that_cannot_be_read_is_begun_anew(self):
        self.interrupt(lines(20), after=10)
        with self.journal() as journal:
            pass
        for rest in self.folder.glob("state/*.sqlite-*"):
            rest.unlink()
        journal.path.write_text("no database " * 100)
        report = self.load(lines(20))
        self.assertEqual((0, 20), (report.skipped, sum("/admin/products/" in path for path in self.stack.resources)))

    def test_a_trusted_journal_costs_almost_no_call(self):
        self.load(lines(40))
        self.stack.forget_calls()
        with self.journal() as journal, OperatorApi(self.stack.outputs) as api:
            journal.trust()
            Loader(api, journal, Progress(43, io.StringIO()), self.fail).run(catalogue_of(lines(40)).catalogue)
        self.assertEqual([], self.stack.calls("PUT") + self.stack.calls("POST"))
        self.assertLessEqual(len(self.stack.calls("GET")), 5)

    def test_two_imports_at_once_are_refused(self):
        with self.journal(), self.assertRaises(Busy):
            self.journal()


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
