"""Two stacks fit into one account and region: no physical name is fixed, and metrics tell whose they are."""
import json
import unittest

from expanded import Expanded

TEMPLATES = ("template", "shared", "discovery", "transactions", "edge", "watch")
# Names that need be different only within something of the stack's own, which the property tells.
WITHIN = {
    ("AWS::Cognito::UserPoolClient", "ClientName"): "UserPoolId",
    ("AWS::Cognito::UserPoolGroup", "GroupName"): "UserPoolId",
    ("AWS::Scheduler::Schedule", "Name"): "GroupName",
    ("AWS::ApiGatewayV2::Stage", "StageName"): "ApiId",
    ("AWS::IAM::Policy", "PolicyName"): None,
    ("AWS::IAM::Role", "PolicyName"): None,
}


def names(kind, value, path=()):
    """(property, value) of everything that names a resource of a type: ``Name``, ``QueueName`` of a queue and the like."""
    own = {"Name", kind.rpartition("::")[2] + "Name", "ClientName", "PolicyName", "LogGroupName", "ManagedPolicyName"}
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key in own and not any(isinstance(part, int) for part in path):
            yield key, item
        elif not str(key).startswith("Fn::") and key not in ("Dimensions", "Metrics", "Tags", "Body"):
            yield from names(kind, item, (*path, key))


class Names(unittest.TestCase):
    """Every resource of every template."""

    def test_a_name_carries_the_stacks(self):
        named = 0
        for template in map(Expanded, TEMPLATES):
            for logical_id, resource in template.resources.items():
                properties = resource.get("Properties", {})
                for key, value in names(resource["Type"], properties):
                    place = f"{logical_id}.{key}: {value}"
                    within = WITHIN.get((resource["Type"], key), "")
                    if within == "":
                        self.assertIn("AWS::StackName", json.dumps(value), place)
                        named += 1
                    elif within is not None:
                        self.assertIn(properties[within]["Ref"], list(template.resources) + [within], place)
        self.assertGreater(named, 4)

    def test_nothing_is_exported_under_a_name(self):
        for template in map(Expanded, TEMPLATES):
            for name, output in template.template.get("Outputs", {}).items():
                self.assertNotIn("Export", output, name)

    def test_a_metric_of_our_own_tells_the_stack(self):
        seen = 0
        for template in map(Expanded, TEMPLATES):
            for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items():
                metrics = [alarm, *(query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query)]
                for metric in metrics:
                    if metric.get("Namespace") == "Souk":
                        dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
                        self.assertEqual(dimensions.get("stack"), "Stack", name)
                        seen += 1
        self.assertGreater(seen, 5)


if __name__ == "__main__":
    unittest.main()
