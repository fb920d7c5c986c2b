"""Streams' filters on the local stack let through what Lambda does, as the matcher of the tests in the process."""
import json
import unittest
from pathlib import Path

from launcher import esm_filters

CASES = json.loads((Path(__file__).parent / "filter_cases.json").read_text())


class Filters(unittest.TestCase):
    """Each case of the list, which shared/testkit/src/streams.rs is held to, too."""

    def test_a_pattern_lets_through_what_lambda_would(self):
        for case in CASES:
            with self.subTest(case):
                self.assertEqual(esm_filters.matches(case["record"], case["pattern"]), case["matches"])

    def test_the_emulator_asks_the_launchers_matcher(self):
        import ministack.services.lambda_svc as lam
        esm_filters.apply()
        pattern = json.dumps({"dynamodb": {"NewImage": {"a": {"S": [{"exists": False}]}}}})
        records = [{"dynamodb": {"NewImage": {"a": {"S": "x"}}}}, {"dynamodb": {"NewImage": {}}}]
        kept = lam._apply_filter_criteria(records, {"FilterCriteria": {"Filters": [{"Pattern": pattern}]}})
        self.assertEqual(kept, records[1:])


if __name__ == "__main__":
    unittest.main()
