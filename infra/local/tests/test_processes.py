"""Children are found again by another command, and nobody else's process is ever ended."""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from souk_local import prerequisites, processes
from souk_local.console import Failure
from souk_local.stack import Stack, free_port

WAIT = [sys.executable, "-c", "import signal; signal.pause()"]
# A leader that leaves a child behind when it is killed, as the emulator would its functions.
PARENT = [sys.executable, "-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()", *WAIT]


class Processes(unittest.TestCase):
    """A stack in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stack = Stack("unit", Path(folder.name), {"edge": free_port()}, "key", "secret")
        self.addCleanup(processes.stop_all, self.stack)
        self.env = {"PATH": os.environ["PATH"], "SOUK_STACK_HOME": folder.name}

    def record(self, name):
        """What is remembered of a child."""
        return json.loads((self.stack.home / "run" / f"{name}.json").read_text())

    def test_a_child_is_alive_until_it_is_stopped(self):
        processes.start(self.stack, "edge", WAIT, self.env)
        self.assertTrue(processes.is_alive(self.stack, "edge"))
        self.assertEqual(processes.stop_all(self.stack), ["edge"])
        self.assertFalse(processes.is_alive(self.stack, "edge"))
        self.assertEqual(processes.stop_all(self.stack), [])

    def test_a_pid_that_now_belongs_to_another_program_is_left_alone(self):
        stranger = subprocess.Popen(WAIT)
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        self.stack.path("run", "edge.json").write_text(json.dumps({"pid": stranger.pid, "start_time": 1, "command": WAIT}))
        self.assertFalse(processes.is_alive(self.stack, "edge"))
        self.assertFalse(processes.stop(self.stack, "edge"))
        self.assertIsNone(stranger.poll())
        self.assertFalse((self.stack.home / "run" / "edge.json").exists())

    def test_what_a_killed_leader_left_is_ended_too(self):
        processes.start(self.stack, "emulator", PARENT, self.env)
        leader = self.record("emulator")["pid"]
        children = Path(f"/proc/{leader}/task/{leader}/children")
        deadline = deadline_of()
        while not children.read_text().strip():
            deadline()
        child = int(children.read_text())
        os.kill(leader, 9)
        processes.stop(self.stack, "emulator")
        state = processes._stat(child)
        self.assertTrue(state is None or state[0] == "Z", state)

    def test_a_stack_that_is_being_torn_down_starts_nothing_more(self):
        processes.close(self.stack)
        with self.assertRaisesRegex(Failure, "torn down"):
            processes.start(self.stack, "edge", WAIT, self.env)

    def test_a_child_that_dies_at_once_is_one_line_with_its_last_words(self):
        processes.start(self.stack, "edge", [sys.executable, "-c", "raise SystemExit('no such file')"], self.env)
        with self.assertRaisesRegex(Failure, "edge ended right after its start: no such file"):
            processes.wait_ready(self.stack, "edge", self.stack.url("edge"), 10)

    def test_a_taken_port_names_the_variable_that_moves_it(self):
        server = subprocess.Popen([sys.executable, "-c", "import socket, sys, signal; s = socket.create_server("
                                   "('127.0.0.1', int(sys.argv[1]))); print('bound', flush=True); signal.pause()",
                                   str(self.stack.ports["edge"])], stdout=subprocess.PIPE)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        server.stdout.readline()
        with self.assertRaisesRegex(Failure, "SOUK_EDGE_PORT"):
            prerequisites.check_ports(self.stack)


def deadline_of(seconds=10):
    """A call that fails once its time is over; to be made in a polling loop."""
    end = time.monotonic() + seconds

    def check():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
    return check


if __name__ == "__main__":
    unittest.main()
