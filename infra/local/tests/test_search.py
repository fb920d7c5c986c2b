"""What the commands about search tell, and the state machine of reindexes step by step."""
import json
import tempfile
import time
import unittest
from unittest import mock

from ministack.services import stepfunctions
from souk_local import reindex, synonyms
from souk_local.console import Failure
from souk_local.stack import ROOT

MANAGER = "arn:aws:lambda:us-east-1:000000000000:function:manager"
SECONDS = 20

OUTPUTS = {"api_url": "http://127.0.0.1:1", "user_pool_client_id": "client"}


class Reindexing(unittest.TestCase):
    def setUp(self):
        progress = {"index": "products-2", "phase": "filling", "pages": 7, "parts": [0, 1], "parts_done": 1}
        self.told = [progress, progress | {"phase": "done", "parts_done": 2}]
        self.states = mock.Mock()
        self.states.list_executions.return_value = {"executions": []}
        self.states.start_execution.return_value = {"executionArn": "arn"}
        for name, fake in (("_machine", lambda _: "machine"), ("client", lambda *_: self.states),
                           ("invoke", lambda *_: self.told.pop(0)), ("say", lambda _: None), ("EVERY_SECONDS", 0)):
            patch = mock.patch.object(reindex, name, fake)
            patch.start()
            self.addCleanup(patch.stop)

    def run_with(self, *executions):
        self.states.describe_execution.side_effect = executions
        return reindex.run(None, "begin_reindex")

    def test_one_is_started_and_watched_to_its_end(self):
        self.assertEqual("done", self.run_with({"status": "RUNNING"}, {"status": "SUCCEEDED"})["phase"])
        self.states.start_execution.assert_called_once_with(stateMachineArn="machine", input='{"action": "begin_reindex"}')

    def test_one_that_runs_is_watched_and_no_second_is_started(self):
        self.states.list_executions.return_value = {"executions": [{"executionArn": "running"}]}
        self.run_with({"status": "RUNNING"}, {"status": "SUCCEEDED"})
        self.states.start_execution.assert_not_called()

    def test_one_that_fails_says_why_and_that_the_old_index_is_searched(self):
        self.told[1]["reason"] = "12 documents differ again and again"
        with self.assertRaisesRegex(Failure, "old one is searched: 12 documents"):
            self.run_with({"status": "RUNNING"}, {"status": "FAILED", "error": "ReindexFailed"})


class Synonyms(unittest.TestCase):
    def put(self, answer):
        shop = mock.Mock()
        shop.call.side_effect = [({"version": 3, "lines": []}, 1), (answer, 1)]
        with mock.patch.object(synonyms, "_operator", lambda *_: shop), tempfile.NamedTemporaryFile("w") as file:
            file.write("couch, sofa\nalone\n")
            file.flush()
            version = synonyms.put(None, OUTPUTS, file.name)
        return version, shop.call.call_args_list[1].args

    def test_a_file_is_put_over_the_version_that_was_read(self):
        version, sent = self.put({"version": 4, "lines": []})
        self.assertEqual((4, ["couch, sofa", "alone"], {"If-Match": '"3"'}), (version, sent[2]["lines"], sent[3]))

    def test_each_line_that_cannot_be_read_is_told(self):
        problem = {"detail": "x", "errors": [{"field": "lines[1]", "detail": "line 2 names one word only"}]}
        with self.assertRaisesRegex(Failure, "former words hold:\n  line 2 names one word only"):
            self.put(problem)


class Machine(unittest.TestCase):
    """The definition, run by the emulator's interpreter over a manager that only counts."""

    def setUp(self):
        self.calls, self.worked, self.phases = [], {}, ["comparing", "switching", "done"]
        self.refuse = lambda _call: None
        for name in ("_invoke_resource", "_invoke_resource_with_timeout"):
            patch = mock.patch.object(stepfunctions, name, lambda _resource, call, *_: self.manage(call))
            patch.start()
            self.addCleanup(patch.stop)

    def manage(self, call):
        self.calls.append((call["action"], call.get("part")))
        if error := self.refuse(call):
            raise stepfunctions._ExecutionError(error, "refused")
        begun = {"owner": call["owner"], "parts": [0, 1, 2]}
        if call["action"] == "work_on_reindex":
            # Each part takes two calls.
            part = call["part"]
            self.worked[part] = self.worked.get(part, 0) + 1
            return {"part": part, "done": self.worked[part] % 2 == 0}
        if call["action"] == "advance_reindex":
            return begun | {"phase": self.phases.pop(0)}
        return begun | {"phase": "filling"}

    def run_machine(self, action="begin_reindex"):
        definition = (ROOT / "statemachines" / "reindex.asl.json").read_text()
        definition = definition.replace("${SearchIndexManagerFunctionArn}", MANAGER)
        made = stepfunctions._create_state_machine({
            "name": self.id().rsplit(".", 1)[1], "definition": definition, "roleArn": "arn:aws:iam::0:role/x"})
        machine = json.loads(made[2])["stateMachineArn"]
        self.addCleanup(stepfunctions._delete_state_machine, {"stateMachineArn": machine})
        started = stepfunctions._start_execution({"stateMachineArn": machine, "input": json.dumps({"action": action})})
        execution = {"executionArn": json.loads(started[2])["executionArn"]}
        deadline = time.monotonic() + SECONDS
        while (found := json.loads(stepfunctions._describe_execution(execution)[2]))["status"] == "RUNNING":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return found["status"], found.get("error")

    def count(self, action):
        return sum(called == action for called, _ in self.calls)

    def test_every_part_is_worked_on_in_each_phase_until_the_switch(self):
        self.assertEqual(("SUCCEEDED", None), self.run_machine("begin_restore"))
        self.assertEqual((("begin_restore", None), 12, 3),
                         (self.calls[0], self.count("work_on_reindex"), self.count("advance_reindex")))

    def test_a_second_one_ends_at_once_and_touches_nothing(self):
        self.refuse = lambda _call: "KeeperBusy"
        self.assertEqual(("FAILED", "KeeperBusy"), self.run_machine())
        self.assertEqual([("begin_reindex", None)], self.calls)

    def test_one_that_was_given_up_is_left(self):
        self.refuse = lambda call: "KeeperOvertaken" if call.get("part") == 1 else None
        self.assertEqual(("FAILED", "GivenUp"), self.run_machine())
        self.assertEqual(0, self.count("fail_reindex"))

    def test_one_whose_step_keeps_failing_is_given_up(self):
        self.refuse = lambda call: "StoreCorrupt" if call["action"] == "advance_reindex" else None
        self.assertEqual(("FAILED", "ReindexFailed"), self.run_machine())
        self.assertEqual(("fail_reindex", None), self.calls[-1])


if __name__ == "__main__":
    unittest.main()
