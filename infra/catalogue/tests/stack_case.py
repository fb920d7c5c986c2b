"""What tests of an import share: a stack in this process, a folder for the journal, and rows to load."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import context
from fake_stack import FakeStack

from souk_catalogue import __main__ as command
from souk_catalogue.journal import Journal
from souk_catalogue.loader import Loader
from souk_catalogue.model import Position, RawRow
from souk_catalogue.operator_api import OperatorApi
from souk_catalogue.progress import Progress
from souk_catalogue.transport import Retry


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
