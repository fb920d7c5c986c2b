"""Grants that no call of ours needs, but AWS's own: of pollers, schedules, rules, APIs, logs and the saga. The emulator
does not enforce these, so they are compared with what the templates connect."""
import functools
import re
import unittest

from expanded import Expanded
from souk_local.policies import Permissions
from souk_local.stack import ROOT

READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
# What sets up the delivery of a state machine's log takes no narrower resource.
DELIVER_LOG = {f"logs:{call}" for call in (
    "CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "GetLogDelivery",
    "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery")}
# Of AWS's managed policies, those that SAM attaches: as they are on AWS.
MANAGED = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": ["logs:CreateLogGroup", *WRITE_LOG],
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
}


class World(Expanded):
    """A template and what its roles may do."""

    def __init__(self, name):
        super().__init__(name)
        self.functions = self.of_type("AWS::Lambda::Function")
        self.mappings = self.of_type("AWS::Lambda::EventSourceMapping")
        self.roles = self.of_type("AWS::IAM::Role")
        self._boundaries = {key: policy["PolicyDocument"] for key, policy in self.of_type("AWS::IAM::ManagedPolicy").items()}

    @functools.cache
    def role(self, arn):
        """What the role behind ``<logical id>.Arn`` may do; a managed policy that nobody has looked at is an error."""
        role = self.roles[arn.removesuffix(".Arn")]
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        documents += [{"Statement": {"Effect": "Allow", "Action": MANAGED[arn], "Resource": "*"}}
                      for arn in role.get("ManagedPolicyArns", [])]
        boundary = role.get("PermissionsBoundary")
        return Permissions(documents, self._boundaries[boundary] if boundary else None)

    def of_function(self, name):
        """What a function may do."""
        return self.role(self.functions[name]["Role"])

    def sources_of(self, name):
        """The ARNs of queues and streams that a function consumes."""
        return {mapping["EventSourceArn"] for mapping in self.mappings.values() if mapping["FunctionName"] == name}

    @functools.cached_property
    def sources(self):
        """{ARN of a queue or stream: what reading it takes}."""
        tables = [name for name, table in self.of_type("AWS::DynamoDB::Table").items() if "StreamSpecification" in table]
        return {self.arn(name): READ_QUEUE[:2] for name in self.of_type("AWS::SQS::Queue")} | {
            self.arn(name) + "/stream/now": READ_STREAM for name in tables}


class Grants(unittest.TestCase):
    """The rules, for both worlds."""

    @classmethod
    def setUpClass(cls):
        cls.worlds = [World(name) for name in ("discovery", "transactions")]

    def each(self, kind):
        """(world, logical id, properties) of every resource of a type."""
        for world in self.worlds:
            for name, properties in world.of_type(kind).items():
                yield world, name, properties

    def test_a_mapping_may_read_its_source_and_tell_what_it_discards(self):
        for world, name, mapping in self.each("AWS::Lambda::EventSourceMapping"):
            role, source = world.of_function(mapping["FunctionName"]), mapping["EventSourceArn"]
            for action in READ_STREAM if ":dynamodb:" in source else READ_QUEUE:
                self.assertTrue(role.allow(action, source), f"{name}: {action}")
            bucket = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
            self.assertTrue(bucket is None or (role.allow("s3:PutObject", f"{bucket}/aws/lambda/any")
                                               and role.allow("s3:ListBucket", bucket)), name)

    def test_nobody_reads_a_queue_or_stream_of_others(self):
        for world, name, _function in self.each("AWS::Lambda::Function"):
            for source, actions in world.sources.items():
                may = [action for action in actions if world.of_function(name).allow(action, source)]
                self.assertEqual(may, list(actions) if source in world.sources_of(name) else [], f"{name}: {source}")
            self.assertFalse(world.of_function(name).allow("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:111122223333:other"))

    def test_a_function_writes_its_log_and_no_other(self):
        for world, name, function in self.each("AWS::Lambda::Function"):
            group = function["LoggingConfig"]["LogGroup"]
            stream = f"arn:aws:logs:us-east-1:111122223333:log-group:{group}:log-stream:day/{name}"
            for action in WRITE_LOG:
                self.assertTrue(world.of_function(name).allow(action, stream), f"{name}: {action}")
                for other in ("AccessLogs", "/aws/lambda/other"):
                    self.assertFalse(world.of_function(name).allow(action, stream.replace(f":{group}:", f":{other}:")))
            self.assertFalse(world.of_function(name).allow("logs:CreateLogGroup", stream))

    def test_nothing_is_granted_on_everything_but_the_delivery_of_the_sagas_log(self):
        for world, name, role in self.each("AWS::IAM::Role"):
            machines = [machine["RoleArn"] for machine in world.of_type("AWS::StepFunctions::StateMachine").values()]
            excepted = DELIVER_LOG if f"{name}.Arn" in machines else set()
            for action, resource in Permissions([policy["PolicyDocument"] for policy in role.get("Policies", [])]).grants():
                self.assertNotIn("*", action, name)
                if action not in excepted:
                    self.assertNotEqual(resource.rpartition(":")[2], "*", f"{name}: {action} on {resource}")

    def test_a_state_machine_may_call_its_steps_and_nothing_else(self):
        texts = [path.read_text() for path in (ROOT / "statemachines").glob("*.asl.json")]
        steps = [set(re.findall(r"\$\{(\w+)\}", text)) for text in texts]
        for world, _name, machine in self.each("AWS::StepFunctions::StateMachine"):
            substituted = machine["DefinitionSubstitutions"]
            self.assertIn(set(substituted), steps)
            may = {function for function in map(world.arn, world.functions)
                   if world.role(machine["RoleArn"]).allow("lambda:InvokeFunction", function)}
            self.assertEqual(may, set(substituted.values()))

    def test_a_schedule_may_call_its_function_and_nothing_else(self):
        for world, _name, schedule in self.each("AWS::Scheduler::Schedule"):
            target = schedule["Target"]
            role = world.role(target["RoleArn"])
            self.assertEqual([arn for arn in map(world.arn, world.functions) if role.allow("lambda:InvokeFunction", arn)],
                             [target["Arn"]])

    def test_a_rule_may_send_to_its_queues(self):
        for world, name, rule in self.each("AWS::Events::Rule"):
            for target in rule["Targets"]:
                for queue in (target["Arn"], target["DeadLetterConfig"]["Arn"]):
                    self.assertIn(world.arn(name), self.senders_of(world, queue), queue)

    @staticmethod
    def senders_of(world, queue):
        """The rules that a queue's policy lets send."""
        statements = [statement for policy in world.of_type("AWS::SQS::QueuePolicy").values()
                      for statement in policy["PolicyDocument"]["Statement"] if queue in statement["Resource"]]
        for statement in statements:
            assert (statement["Principal"], statement["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
            sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
            yield from sources if isinstance(sources, list) else [sources]

    def test_an_api_may_call_the_functions_behind_its_routes(self):
        for world in self.worlds:
            permissions = list(world.of_type("AWS::Lambda::Permission").values())
            for key, function in world.routes.items():
                self.assertIn({"Action": "lambda:InvokeFunction", "FunctionName": function, "Principal": "apigateway.amazonaws.com",
                               "SourceArn": "arn:aws:execute-api:us-east-1:111122223333:HttpApi/*"}, permissions, key)
            for kind in ("Route", "Integration", "Authorizer", "Stage"):
                apis = {properties["ApiId"] for properties in world.of_type(f"AWS::ApiGatewayV2::{kind}").values()}
                self.assertEqual(apis, {"HttpApi"}, kind)


class Documents(unittest.TestCase):
    """The evaluation of policies that the rules rest on."""

    ALLOW = {"Statement": {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::bucket/*"}}

    def test_a_denial_wins_and_a_boundary_limits(self):
        deny = {"Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/secret"}]}
        boundary = {"Statement": [{"Effect": "Allow", "NotAction": "s3:GetObjectAcl", "Resource": "*"}]}
        role = Permissions([self.ALLOW, deny], boundary)
        asked = [("s3:GetObject", "a"), ("s3:getobject", "a"), ("s3:GetObject", "secret"), ("s3:GetObjectAcl", "a"), ("s3:Put", "a")]
        self.assertEqual([role.allow(action, f"arn:aws:s3:::bucket/{key}") for action, key in asked],
                         [True, True, False, False, False])
        self.assertFalse(role.allow("s3:GetObject", "arn:aws:s3:::other/a"))

    def test_what_is_not_understood_is_refused(self):
        with self.assertRaisesRegex(ValueError, "Condition"):
            Permissions([{"Statement": [self.ALLOW["Statement"] | {"Condition": {}}]}])


if __name__ == "__main__":
    unittest.main()
