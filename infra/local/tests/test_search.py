"""What the commands about search tell."""
import tempfile
import unittest
from unittest import mock

from souk_local import reindex, synonyms
from souk_local.console import Failure

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


if __name__ == "__main__":
    unittest.main()
