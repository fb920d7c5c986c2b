"""What a stream forgets: nothing that a mapping has yet to pass."""
import threading
import unittest
from types import SimpleNamespace
from unittest.mock import patch

from launcher import stream_life


class StreamLife(unittest.TestCase):
    """Ten records of which the newest three are kept, and two mappings."""

    def left(self, first, second, trimmed=0, other_stream="another"):
        positions = {"first": first, "second": second, "other": 0}
        lam = SimpleNamespace(
            _esms={"first": {"EventSourceArn": "stream"}, "second": {"EventSourceArn": "stream"},
                   "other": {"EventSourceArn": other_stream}},
            _dynamodb_stream_positions={name: at for name, at in positions.items() if at is not None},
            _dynamodb_stream_positions_lock=threading.Lock())
        ddb = SimpleNamespace(_tables={"table": {"LatestStreamArn": "stream"}},
                              _stream_records={"table": list(range(trimmed, trimmed + 10))},
                              _stream_trimmed={"table": trimmed})
        with patch.multiple(stream_life, lam=lam, ddb=ddb, KEPT=3):
            stream_life.forget("table")
        self.assertEqual(ddb._stream_trimmed["table"], ddb._stream_records["table"][0])
        return ddb._stream_records["table"]

    def test_it_forgets_what_the_slowest_mapping_has_passed(self):
        self.assertEqual(self.left(6, 4), list(range(4, 10)))
        self.assertEqual(self.left(106, 104, trimmed=100), list(range(104, 110)))

    def test_it_keeps_the_newest_whoever_has_passed_them(self):
        self.assertEqual(self.left(10, 10), [7, 8, 9])

    def test_it_forgets_nothing_while_a_mapping_has_not_begun(self):
        self.assertEqual(len(self.left(10, None)), 10)

    def test_it_keeps_all_while_there_are_few(self):
        with patch.object(stream_life, "KEPT", 6):
            ddb = SimpleNamespace(_stream_records={"table": list(range(10))})
            with patch.object(stream_life, "ddb", ddb):
                stream_life.forget("table")
        self.assertEqual(len(ddb._stream_records["table"]), 10)


if __name__ == "__main__":
    unittest.main()
