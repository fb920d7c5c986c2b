"""An import that was interrupted goes on where it stopped."""

import io
import tempfile
import unittest
from pathlib import Path

from fake_stack import FakeStack
from stack_case import StackTest, catalogue_of, lines, no_wait

from souk_catalogue.journal import Busy
from souk_catalogue.loader import Loader
from souk_catalogue.operator_api import OperatorApi
from souk_catalogue.progress import Progress
from souk_catalogue.transport import Unreachable


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


if __name__ == "__main__":
    unittest.main()
