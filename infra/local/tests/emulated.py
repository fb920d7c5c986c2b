"""An emulator of a test's own."""
import json
import tempfile
import time
import unittest
from pathlib import Path

from souk_local import builds, emulator, processes, services
from souk_local.aws import client
from souk_local.stack import Stack, free_port


def poll(ask, seconds=20):
    """The first truthy answer within the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
    return answer


class Emulated(unittest.TestCase):
    """One emulator for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.home = Path(folder.name)
        cls.stack = Stack("test", cls.home, {
            name: free_port() for name in ("emulator", "opensearch", "tables", "host")}, "key", "secret")
        cls.addClassCleanup(processes.stop_all, cls.stack)
        programs = builds.build()
        services.start_tables(cls.stack, programs["souk-tables"], empty=True)
        services.start_host(cls.stack, programs["souk-host"])
        emulator.start(cls.stack)

    @classmethod
    def aws(cls, service):
        """A client of this emulator."""
        return client(cls.stack, service)

    @classmethod
    def make_role(cls):
        """Makes the role that this class's functions bear."""
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return cls.aws("iam").create_role(RoleName="any", AssumeRolePolicyDocument=document)["Role"]["Arn"]
