"""Progress on a terminal and in a log."""

import io
import unittest

import context  # noqa: F401
from souk_catalogue.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ProgressTest(unittest.TestCase):
    def run_rows(self, stream, count, seconds_each):
        now = [0.0]
        progress = Progress(count, stream, lambda: now[0])
        for number in range(count):
            now[0] += seconds_each
            progress.step(rejected=number == 0)
        progress.end()
        return stream.getvalue()

    def test_a_terminal_gets_a_bar_that_fills(self):
        shown = self.run_rows(Terminal(), 10, 1.0)
        self.assertEqual(10, shown.count("\r"))
        self.assertIn("[" + "#" * 15 + "." * 15 + "] 5/10 rows, 1 rows/s, 5 s left, 1 rejected", shown)
        self.assertTrue(shown.endswith("[" + "#" * 30 + "] 10/10 rows, 1 rows/s, 0 s left, 1 rejected\n"))

    def test_a_log_gets_a_line_every_few_seconds(self):
        lines = self.run_rows(io.StringIO(), 10, 1.0).splitlines()
        self.assertEqual(["3/10", "6/10", "9/10", "10/10"], [line.split()[1] for line in lines])
        self.assertNotIn("\r", "".join(lines))

    def test_fast_rows_do_not_flood(self):
        self.assertEqual(1, len(self.run_rows(io.StringIO(), 1000, 0.001).splitlines()))


if __name__ == "__main__":
    unittest.main()
