"""What a stream's mapping discards is kept whole in a bucket, and comes back through."""
import io
import json
import unittest
import zipfile

from emulated import Emulated, poll
from souk_local.replay import replay

# Does not do what is called late until it is repaired, and what is called never at all.
HANDLER = """
import json, os
def handler(event, context):
    failures = []
    for record in event["Records"]:
        name = record["dynamodb"]["Keys"]["pk"]["S"]
        repaired = os.path.exists(os.environ["DONE"] + ".repaired")
        if name == "late" and not repaired or name == "never":
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            break
        with open(os.environ["DONE"], "a") as log:
            log.write(name + "\\n")
    return {"batchItemFailures": failures}
"""
BUCKET = "set-aside"


class Replay(Emulated):
    """A consumer that fails until it is repaired."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", HANDLER)
        cls.done = cls.home / "done"
        cls.aws("s3").create_bucket(Bucket=BUCKET)
        cls.aws("lambda").create_function(
            FunctionName="consume", Runtime="python3.11", Handler="index.handler", Timeout=10,
            Role=cls.make_role(), Code={"ZipFile": code.getvalue()},
            Environment={"Variables": {"DONE": str(cls.done)}})

    def setUp(self):
        for path in (self.done, self.done.with_name("done.repaired")):
            path.unlink(missing_ok=True)

    def objects(self):
        """The objects of the bucket, read."""
        s3 = self.aws("s3")
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys}

    def test_what_is_discarded_lies_whole_in_the_bucket_and_is_done_when_it_can_be(self):
        dynamodb, functions = self.aws("dynamodb"), self.aws("lambda")
        dynamodb.create_table(TableName="things", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                              StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        for key in ("early", "late", "last"):
            dynamodb.put_item(TableName="things", Item={"pk": {"S": key}, "size": {"N": "7"}})
        functions.create_event_source_mapping(
            FunctionName="consume", StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=0,
            BisectBatchOnFunctionError=True, FunctionResponseTypes=["ReportBatchItemFailures"],
            EventSourceArn=dynamodb.describe_table(TableName="things")["Table"]["LatestStreamArn"],
            DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{BUCKET}"}})
        (key, kept), = poll(lambda: self.done.is_file() and "last" in self.done.read_text() and self.objects().items())
        self.assertTrue(key.startswith("aws/lambda/"), key)
        self.assertEqual(kept["requestContext"]["condition"], "RetryAttemptsExhausted")
        record, = json.loads(kept["payload"])["Records"]
        self.assertEqual(record["dynamodb"]["NewImage"], {"pk": {"S": "late"}, "size": {"N": "7"}})

        still = replay(BUCKET, self.stack.aws_endpoint)
        self.assertEqual((still["replayed"], still["left"], list(still["failures"])), (0, 1, [key]))
        self.done.with_name("done.repaired").touch()
        self.assertEqual(replay(BUCKET, self.stack.aws_endpoint), {"replayed": 1, "left": 0, "failures": {}})
        self.assertEqual(self.done.read_text().split(), ["early", "last", "late"])

    def test_of_an_event_that_is_done_in_part_the_rest_stays(self):
        records = [{"dynamodb": {"Keys": {"pk": {"S": name}}, "SequenceNumber": str(number)}}
                   for number, name in enumerate(("one", "never", "two"))]
        arn = self.aws("lambda").get_function(FunctionName="consume")["Configuration"]["FunctionArn"]
        self.aws("s3").put_object(Bucket=BUCKET, Key="poison/event", Body=json.dumps({
            "requestContext": {"functionArn": arn}, "payload": json.dumps({"Records": records})}).encode())
        self.addCleanup(self.aws("s3").delete_object, Bucket=BUCKET, Key="poison/event")
        report = replay(BUCKET, self.stack.aws_endpoint)
        self.assertEqual((report["replayed"], report["left"]), (1, 1))
        left = json.loads(self.objects()["poison/event"]["payload"])["Records"]
        self.assertEqual(left, records[1:])


if __name__ == "__main__":
    unittest.main()
