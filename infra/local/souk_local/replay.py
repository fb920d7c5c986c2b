"""Put back through what consumers of streams had set aside.

An object of the bucket holds the event that its function was invoked with, whether the function put it there
(a record that it can never do) or Lambda did (records that had grown too old). Consumers are idempotent and
guard their writes by versions, so an old record changes nothing that is newer.
"""
import json

from .aws import connect


def replay(bucket, endpoint):
    """Invoke each object's function with its event and remove what was done; a report in numbers.

    What cannot be done this time either is set aside anew by its function, and counts as ``left``.
    """
    s3, functions = connect(endpoint, "s3"), connect(endpoint, "lambda")
    done, failures = 0, {}
    for key in _keys(s3, bucket):
        kept = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        records = json.loads(kept["payload"])["Records"]
        left, failure = _put_through(functions, kept["requestContext"]["functionArn"], records)
        done += len(records) - len(left)
        if failure:
            failures[key] = failure
        if not left:
            s3.delete_object(Bucket=bucket, Key=key)
        elif len(left) < len(records):
            kept["payload"] = json.dumps({"Records": left})
            s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(kept).encode(), ContentType="application/json")
    return {"replayed": done, "left": len(_keys(s3, bucket)), "failures": failures}


def _keys(s3, bucket):
    """The keys as they are now: what is set aside anew is not replayed in the same run."""
    objects = [found for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
               for found in page.get("Contents", [])]
    return [found["Key"] for found in sorted(objects, key=lambda found: (found["LastModified"], found["Key"]))]


def _put_through(functions, function, records):
    """The records that were not done, and why."""
    while records:
        answer = functions.invoke(FunctionName=function, Payload=json.dumps({"Records": records}).encode())
        report = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            return records, report.get("errorMessage", "the function failed")
        again_from = _again_from(records, report)
        if again_from == 0:
            return records, "the function did not do the first record: see its log"
        # Those before were done, or set aside anew.
        records = records[again_from:]
    return records, None


def _again_from(records, report):
    failed = {failure["itemIdentifier"] for failure in report.get("batchItemFailures") or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return min((place for place, number in enumerate(numbers) if number in failed), default=len(records))
