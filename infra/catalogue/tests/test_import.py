"""The importer against a stack in this process."""

import unittest
from unittest import mock

from stack_case import StackTest, lines

from souk_catalogue.row_put import RowPut, parts_of


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


if __name__ == "__main__":
    unittest.main()
