"""One change of many products, against a stack in this process."""

import contextlib
import io
import json

from stack_case import StackTest, lines

from souk_catalogue import __main__ as command


class ChangesTest(StackTest):
    def setUp(self):
        super().setUp()
        self.load(lines(5))
        self.stack.forget_calls()

    def change(self, content, *more):
        (self.folder / "change.yaml").write_text(content)
        (self.folder / "outputs.json").write_text(self.stack.outputs_json())
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = command.main(["change", "--file", str(self.folder / "change.yaml"), "--outputs", str(self.folder / "outputs.json"), *more])
        return code, out.getvalue(), err.getvalue()

    def test_a_category_is_changed_step_by_step_and_each_product_told_of(self):
        report = self.folder / "report.jsonl"
        code, out, _ = self.change("of: {category_id: some}\nchange: {add_tags: [sale]}\n", "--report", str(report))
        self.assertEqual((0, f"5 products: 5 changed, 0 unchanged, 0 refused; each is told of in {report}\n"), (code, out))
        self.assertEqual([None, "2", "4"], [body.get("cursor") for body in self.stack.changes])
        self.assertEqual([f"p{number}" for number in range(5)], [json.loads(line)["product_id"] for line in report.read_text().splitlines()])

    def test_products_are_changed_by_their_ids_in_hundreds_and_refusals_are_told(self):
        ids = [f"p{number}" for number in range(205)]
        code, out, _ = self.change(json.dumps({"of": {"product_ids": ids}, "change": {"add_tags": ["sale"]}}))
        self.assertEqual((1, [100, 100, 5]), (code, [len(body["of"]["product_ids"]) for body in self.stack.changes]))
        self.assertIn("205 products: 5 changed, 0 unchanged, 200 refused", out)

    def test_a_change_that_was_interrupted_goes_on_where_it_stopped(self):
        self.stack.down_after = 1
        wanted = "of: {category_id: some}\nchange: {add_tags: [sale]}\n"
        original, command.OperatorApi = command.OperatorApi, self.impatient()
        self.addCleanup(setattr, command, "OperatorApi", original)
        self.assertEqual(2, self.change(wanted)[0])
        self.stack.down_after = None
        code, out, err = self.change(wanted)
        self.assertIn("goes on where it stopped", err)
        self.assertEqual((0, ["2", "4"]), (code, [body["cursor"] for body in self.stack.changes[1:]]))
        self.assertIn("5 products: 5 changed", out)
        self.assertIn("0 changed, 5 unchanged", self.change(wanted)[1], "done, so it begins anew")

    def test_what_is_no_change_is_refused(self):
        for content in ("[]", "of: {}", "of: {category_id: a, seller_id: b}\nchange: {}", "of: {product_ids: [1]}\nchange: {}", "of: {category_id: a}\nchange: {}\nmore: 1", "{"):
            code, _, err = self.change(content)
            self.assertEqual(2, code, content)
            self.assertIn("change.yaml", err)

    def impatient(self):
        from stack_case import no_wait
        from souk_catalogue.operator_api import OperatorApi

        return lambda outputs: OperatorApi(outputs, no_wait())
