"""What the server refuses or fails on, and what that costs."""

import contextlib
import socket
import unittest

from stack_case import StackTest, lines, no_wait

from souk_catalogue.loader import Outage
from souk_catalogue.operator_api import NotAllowed
from souk_catalogue.transport import HttpClient, Retry, Unreachable


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

    def test_a_server_that_does_not_answer_in_time_is_asked_again(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            client, waits = HttpClient(f"http://127.0.0.1:{silent.getsockname()[1]}", Retry(attempts=3, sleep=lambda _: waits.append(1)), timeout=0.05), []
            with contextlib.closing(client), self.assertRaisesRegex(Unreachable, "does not answer: timed out"):
                client.request("POST", "/admin/products", {"rows": []})
        self.assertEqual(2, len(waits))

    def test_the_server_says_how_long_to_wait(self):
        waits = []
        retry = Retry(base=0.2, longest=15.0, sleep=waits.append, random=lambda: 0.5)
        retry.wait(0, 7.0)
        retry.wait(0, 3600.0)
        self.assertEqual([7.0, 15.0], waits)

    def test_a_silent_server_ends_it(self):
        self.stack.down_after = 0
        with self.assertRaises(Unreachable):
            self.load(lines(1), no_wait(2))


if __name__ == "__main__":
    unittest.main()
