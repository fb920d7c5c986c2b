"""Whatever may stand still calls a person: each function, queue, stream, schedule, table, API and job has its alarm."""
import json
import re
import unittest

from expanded import Expanded

WORLDS = ("discovery", "transactions")
BY_OCCURRENCE = ("GreaterThanThreshold", 0, 1)


class World(Expanded):
    """A template, and what its alarms look at."""

    def __init__(self, name):
        super().__init__(name, {"OpenSearchEndpoint": ""})
        self.alarms = self.of_type("AWS::CloudWatch::Alarm")

    def watching(self, namespace, metric, **dimensions):
        """The alarms that look at a metric with exactly these dimensions."""
        wanted = (namespace, metric, {name: value for name, value in dimensions.items()})
        return [alarm for alarm in self.alarms.values() if wanted in map(_looked_at, _metrics(alarm))]


def _metrics(alarm):
    return [query["MetricStat"]["Metric"] for query in alarm["Metrics"] if "MetricStat" in query] if "Metrics" in alarm else [alarm]


def _looked_at(metric):
    return metric["Namespace"], metric["MetricName"], {d["Name"]: d["Value"] for d in metric["Dimensions"]}


def _condition(alarm):
    return alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]


class Watch(unittest.TestCase):
    """The rules, for both worlds."""

    @classmethod
    def setUpClass(cls):
        cls.worlds = [World(name) for name in WORLDS]

    def each(self, kind):
        """(world, logical id, properties) of every resource of a type."""
        return [(world, name, properties) for world in self.worlds for name, properties in world.of_type(kind).items()]

    def assert_watched(self, world, namespace, metric, **dimensions):
        """Exactly one alarm looks at it; it is returned."""
        found = world.watching(namespace, metric, **dimensions)
        self.assertEqual(len(found), 1, f"alarms on {metric} of {dimensions}")
        return found[0]

    def test_every_alarm_tells_somebody_and_says_what_it_means(self):
        for _world, name, alarm in self.each("AWS::CloudWatch::Alarm"):
            self.assertEqual(alarm["AlarmActions"], ["AlarmsTopic"], name)
            self.assertGreater(len(alarm["AlarmDescription"]), 20, name)

    def test_an_expression_is_of_the_metrics_beside_it(self):
        seen = 0
        for _world, name, alarm in self.each("AWS::CloudWatch::Alarm"):
            ids = {query["Id"] for query in alarm.get("Metrics", []) if "MetricStat" in query}
            for query in alarm.get("Metrics", []):
                self.assertLessEqual(set(query), {"Id", "Expression", "Label", "MetricStat", "ReturnData"}, name)
                if "Expression" in query:
                    self.assertEqual(set(re.findall("[a-z]+", query["Expression"])), ids, name)
                    seen += 1
        self.assertGreater(seen, 50)

    def test_every_function_that_fails_or_is_throttled(self):
        for world, name, _function in self.each("AWS::Lambda::Function"):
            for metric in ("Errors", "Throttles"):
                self.assert_watched(world, "AWS/Lambda", metric, FunctionName=name)

    def test_every_queue_that_is_not_read_and_every_message_that_nobody_could_handle(self):
        for world, name, _queue in self.each("AWS::SQS::Queue"):
            if self.is_end(world, name):
                alarm = self.assert_watched(world, "AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=f"{name}.QueueName")
                self.assertEqual(_condition(alarm), BY_OCCURRENCE, name)
            else:
                alarm = self.assert_watched(world, "AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName=f"{name}.QueueName")
                self.assertLessEqual(alarm["Threshold"], 1800, name)

    @staticmethod
    def is_end(world, queue):
        """Whether it keeps what another queue or a rule gave up."""
        arn = world.arn(queue)
        ends = [properties["RedrivePolicy"]["deadLetterTargetArn"] for properties in world.of_type("AWS::SQS::Queue").values()
                if "RedrivePolicy" in properties]
        return arn in ends

    def test_whatever_a_stream_gave_up(self):
        for _world, name, mapping in self.each("AWS::Lambda::EventSourceMapping"):
            if "/stream/" in mapping["EventSourceArn"]:
                self.assertEqual(mapping["DestinationConfig"]["OnFailure"]["Destination"], "arn:aws:s3:::SetAsideBucket", name)
        shared = World("shared")
        found = [self.assert_watched(shared, "AWS/S3", "PutRequests", BucketName="SetAside", FilterId="EntireBucket"),
                 self.assert_watched(shared, "AWS/S3", "NumberOfObjects", BucketName="SetAside", StorageType="AllStorageTypes")]
        for alarm in found:
            self.assertEqual((alarm["AlarmActions"], _condition(alarm)), ([shared.arn("Alarms")], BY_OCCURRENCE))

    def test_every_stream_that_is_read_late(self):
        for world, name, mapping in self.each("AWS::Lambda::EventSourceMapping"):
            if "/stream/" in mapping["EventSourceArn"]:
                alarm = self.assert_watched(world, "AWS/Lambda", "IteratorAge", FunctionName=mapping["FunctionName"])
                self.assertLess(alarm["Threshold"], 1000 * mapping["MaximumRecordAgeInSeconds"] / 10, name)

    def test_every_schedule_whose_function_completes_no_run(self):
        for world, _name, schedule in self.each("AWS::Scheduler::Schedule"):
            function = schedule["Target"]["Arn"].rpartition(":")[2]
            alarm = self.assert_watched(world, "Souk", "completed", stack="Stack", function=function)
            self.assertEqual((alarm["ComparisonOperator"], alarm["Threshold"], alarm["TreatMissingData"]),
                             ("LessThanThreshold", 1, "breaching"), function)
            self.assertGreaterEqual(alarm["Period"] * alarm["EvaluationPeriods"], 2 * seconds(schedule["ScheduleExpression"]))
            self.assert_watched(world, "AWS/Scheduler", "TargetErrorCount", ScheduleGroup=schedule["GroupName"])

    def test_every_table_and_index_that_throttles(self):
        for world, name, table in self.each("AWS::DynamoDB::Table"):
            indexes = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
            for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
                self.assert_watched(world, "AWS/DynamoDB", metric, TableName=name)
                for index in indexes:
                    self.assert_watched(world, "AWS/DynamoDB", metric, TableName=name, GlobalSecondaryIndexName=index)

    def test_both_apis_and_the_search_domain(self):
        for world, name, _api in self.each("AWS::ApiGatewayV2::Api"):
            self.assert_watched(world, "AWS/ApiGateway", "5xx", ApiId=name)
            self.assertEqual(self.assert_watched(world, "AWS/ApiGateway", "Latency", ApiId=name)["ExtendedStatistic"], "p99")
        for world, name, _domain in self.each("AWS::OpenSearchService::Domain"):
            for metric in ("ClusterStatus.red", "ClusterStatus.yellow", "FreeStorageSpace", "JVMMemoryPressure"):
                self.assert_watched(world, "AWS/ES", metric, DomainName=name, ClientId="111122223333")

    def test_a_saga_that_fails_and_a_job_that_finds_something(self):
        discovery, world = self.worlds
        saga = world.arn("OrderSaga")
        found = [self.assert_watched(world, "AWS/States", metric, StateMachineArn=saga)
                 for metric in ("ExecutionsFailed", "ExecutionsTimedOut")]
        found += [self.assert_watched(world, "Souk", metric, stack="Stack", operation=job)
                  for metric, job in (("violations", "audit"), ("reported", "reconcile-payments"))]
        found += [self.assert_watched(world, "AWS/States", "ExecutionsFailed", StateMachineArn=world.arn("AuditInParts"))]
        found += [self.assert_watched(discovery, "Souk", "differences", stack="Stack", operation="compare-index")]
        self.assertEqual({_condition(alarm) for alarm in found}, {BY_OCCURRENCE})

    def test_whatever_does_not_keep_up(self):
        """A sweeper that leaves something at each run of an hour, and a reconciliation that falls behind its looks."""
        swept = 0
        for world, _name, schedule in self.each("AWS::Scheduler::Schedule"):
            name = schedule["Target"]["Arn"].rpartition(":")[2]
            handler = world.of_type("AWS::Lambda::Function")[name]["Handler"]
            # Those two walk through sales and pictures, of which there are few.
            if handler.startswith("sweep-") and handler not in ("sweep-sales", "sweep-pictures"):
                alarm = self.assert_watched(world, "Souk", "left", stack="Stack", function=name)
                self.assertEqual((alarm["Statistic"], _condition(alarm)), ("Minimum", BY_OCCURRENCE), name)
                self.assertGreaterEqual(alarm["Period"], 2 * seconds(schedule["ScheduleExpression"]), name)
                swept += 1
        self.assertEqual(swept, 7)
        alarm = self.assert_watched(self.worlds[1], "Souk", "behind", stack="Stack", operation="reconcile-payments")
        self.assertEqual((alarm["Statistic"], alarm["Threshold"]), ("Minimum", 3600))

    def test_the_saga_logs_its_errors_without_data(self):
        logging = self.worlds[1].of_type("AWS::StepFunctions::StateMachine")["OrderSaga"]["LoggingConfiguration"]
        self.assertEqual((logging["Level"], logging["IncludeExecutionData"]), ("ERROR", False))


class Limits(unittest.TestCase):
    """What CloudFormation takes of one template."""

    def test_a_template_stays_below_the_limits(self):
        for part in Expanded("template").parts:
            self.assertLess(len(part.template["Resources"]), 450, f"{part.name}: a template holds 500 resources at the most")
            self.assertLess(len(json.dumps(part.template)), 900_000, f"{part.name}: a template has a megabyte at the most")


def seconds(expression):
    """The period of ``rate(15 minutes)``."""
    number, unit = expression.removeprefix("rate(").rstrip(")").split()
    return int(number) * {"minute": 60, "hour": 3600, "day": 86400}[unit.rstrip("s")]


if __name__ == "__main__":
    unittest.main()
