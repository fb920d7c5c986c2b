"""Two stacks fit into one account and region: no physical name is fixed, and metrics tell whose they are."""
import json
import unittest

from expanded import Expanded

# Names that need be different only within something of the stack's own, which the property tells.
WITHIN = {
    ("AWS::Cognito::UserPoolClient", "ClientName"): "UserPoolId",
    ("AWS::Cognito::UserPoolGroup", "GroupName"): "UserPoolId",
    ("AWS::Scheduler::Schedule", "Name"): "GroupName",
    ("AWS::ApiGatewayV2::Stage", "StageName"): "ApiId",
    ("AWS::ApiGatewayV2::Authorizer", "Name"): "ApiId",
    ("AWS::EventSchemas::Schema", "SchemaName"): "RegistryName",
    ("AWS::IAM::Policy", "PolicyName"): None,
    ("AWS::IAM::Role", "PolicyName"): None,
}


def names(kind, value, path=()):
    """(property, value) of everything that names a resource of a type: ``Name``, ``QueueName`` of a queue and the like."""
    own = {"Name", kind.rpartition("::")[2] + "Name", "ClientName", "PolicyName", "LogGroupName", "ManagedPolicyName"}
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key in own and not any(isinstance(part, int) for part in path):
            yield key, item
        elif not str(key).startswith("Fn::") and key not in ("Dimensions", "Metrics", "Tags"):
            yield from names(kind, item, (*path, key))


class Names(unittest.TestCase):
    """Every resource of every template."""

    @classmethod
    def setUpClass(cls):
        cls.parts = Expanded("template").parts

    def test_a_name_carries_the_stacks(self):
        named, made = 0, {logical_id for template in self.parts for logical_id in template.resources}
        for template in self.parts:
            for logical_id, resource in template.resources.items():
                properties = resource.get("Properties", {})
                for key, value in names(resource["Type"], properties):
                    place = f"{logical_id}.{key}: {value}"
                    within = WITHIN.get((resource["Type"], key), "")
                    if within == "":
                        self.assertIn("AWS::StackName", json.dumps(value), place)
                        named += 1
                    elif within is not None:
                        self.assertIn(template.filled(properties[within]).partition(".")[0], made, place)
        self.assertGreater(named, 4)

    def test_a_nested_template_is_handed_what_it_declares(self):
        for template in self.parts:
            for logical_id in template.nested:
                declared, handed = template.child(logical_id).parameters, set(template.handed(logical_id))
                self.assertLessEqual(handed, set(declared), logical_id)
                self.assertLessEqual({key for key, about in declared.items() if "Default" not in about}, handed, logical_id)

    def test_nothing_is_exported_under_a_name(self):
        for template in self.parts:
            for name, output in template.template.get("Outputs", {}).items():
                self.assertNotIn("Export", output, name)

    def test_a_metric_of_our_own_tells_the_stack(self):
        seen = 0
        for template in self.parts:
            alarms = {name: template.filled(resource["Properties"]) for name, resource in template.resources.items()
                      if resource["Type"] == "AWS::CloudWatch::Alarm"}
            for name, alarm in alarms.items():
                metrics = [alarm, *(query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query)]
                for metric in metrics:
                    if metric.get("Namespace") == "Souk":
                        dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
                        self.assertEqual(dimensions.get("stack"), "stack", name)
                        seen += 1
        self.assertGreater(seen, 5)


if __name__ == "__main__":
    unittest.main()
