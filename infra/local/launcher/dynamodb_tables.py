"""DynamoDB's items live in a process of their own (``infra/local/tables``), not in this one.

It applies each write atomically, has the whole grammar of expressions and reports true capacity units,
as AWS does; stock ministack loses updates that its Step Functions and its HTTP loop make at once, takes
arithmetic in a condition for true, shares values between attributes, and spends most of its time
evaluating. Here every operation on items is passed on; what a table is (its ARNs, settings and tags)
stays in ministack, and is repeated there; and the streams' records come back from there, TTL deletions
among them.
"""
import http.client
import json
import logging
import os
import threading
import time

from .hooks import refuse, require, wrap, wrap_cfn
from .service import Service

log = logging.getLogger("launcher.tables")
URL = os.environ.get("SOUK_TABLES")
HEADERS = {"Content-Type": "application/x-amz-json-1.0",
           "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
           "X-Amz-Date": "20260101T000000Z"}
ITEMS = ("put_item", "get_item", "update_item", "delete_item", "query", "scan", "batch_write_item", "batch_get_item",
         "transact_write_items", "transact_get_items", "execute_statement", "batch_execute_statement", "execute_transaction")
INDEX = ("IndexName", "KeySchema", "Projection")
RECONNECT = 0.2     # seconds
DELETED_BY_LIFE = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
_tables = Service(URL or "")
_change = threading.local()     # .expired = whether the change that is delivered is a deletion by time to live


def call(operation, data):
    """One DynamoDB operation, answered as ministack's handlers answer: (status, headers, body)."""
    headers = HEADERS | {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    status, body = _tables.send("POST", "/", json.dumps(data).encode(), headers)
    return status, {"Content-Type": "application/x-amz-json-1.0"}, body


def _create(table):
    indexes = {kind: [{key: index[key] for key in INDEX} for index in table[kind]]
               for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") if table.get(kind)}
    stream = {"StreamSpecification": table["StreamSpecification"]} if table.get("StreamSpecification") else {}
    refuse(call("CreateTable", {
        "TableName": table["TableName"], "KeySchema": table["KeySchema"], "AttributeDefinitions": table["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST", **indexes, **stream}))


def _follow(ddb):
    """Tells ministack of each change, as its own writes would, as long as the process lives."""
    while True:
        try:
            for line in _tables.lines("/changes"):
                change = json.loads(line)
                old, new, _change.expired = change["old"], change["new"], change["expired"]
                kind = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
                ddb._emit_stream_event(change["table"], kind, old, new)
        except (OSError, http.client.HTTPException) as error:
            log.debug("the tables' changes are followed anew: %s", error)
        except Exception:
            log.exception("a change was not delivered")
        time.sleep(RECONNECT)


def apply():
    import ministack.services.cloudformation.provisioners as prov
    import ministack.services.dynamodb as ddb

    require(ddb, "_tables", "_build_change_record", "_emit_stream_event", "_create_table", "_update_table", "_delete_table", "_update_ttl",
            "reset", *(f"_{name}" for name in ITEMS))
    for name in ITEMS:
        operation = "".join(part.capitalize() for part in name.split("_"))
        wrap(ddb, f"_{name}", lambda original, operation=operation: lambda data: call(operation, data))

    def creating(original):
        def run(data):
            answer = original(data)
            if answer[0] == 200:
                _create(ddb._tables[data["TableName"]])
            return answer
        return run

    def then(operation, only=None):
        def make(original):
            def run(data):
                answer = original(data)
                if answer[0] != 200:
                    return answer
                repeated = call(operation, {key: data[key] for key in only or data if key in data})
                return answer if repeated[0] == 200 else repeated
            return run
        return make

    wrap(ddb, "_create_table", creating)
    wrap(ddb, "_update_table", then("UpdateTable", (
        "TableName", "AttributeDefinitions", "GlobalSecondaryIndexUpdates", "StreamSpecification")))
    wrap(ddb, "_delete_table", then("DeleteTable"))
    wrap(ddb, "_update_ttl", then("UpdateTimeToLive"))

    def provisioning(original):
        def run(logical_id, props, stack_name):
            out = original(logical_id, props, stack_name)
            _create(ddb._tables[out[0]])
            return out
        return run

    def removing(original):
        def run(physical_id, props):
            original(physical_id, props)
            call("DeleteTable", {"TableName": physical_id})
        return run

    wrap_cfn(prov, "AWS::DynamoDB::Table", "create", provisioning)
    wrap_cfn(prov, "AWS::DynamoDB::Table", "delete", removing)

    def resetting(original):
        def run():
            for name in list(ddb._tables):
                call("DeleteTable", {"TableName": name})
            original()
        return run

    wrap(ddb, "reset", resetting)
    wrap(ddb, "_build_change_record", lambda original: lambda *args: original(*args) | (
        DELETED_BY_LIFE if getattr(_change, "expired", False) else {}))
    threading.Thread(target=_follow, args=(ddb,), name="tables-changes", daemon=True).start()
