"""What a stream forgets.

AWS keeps a record for 24 hours, whoever has read it. Stock ministack does so too, in its own memory: the images of
an import of 100,000 products are some 5 GB there, and every collection of garbage walks them. Here a table's stream
keeps its newest ``KEPT`` records, and before them whatever a mapping has yet to pass. So a mapping misses nothing;
one that is made later, at TRIM_HORIZON, begins with the newest.
"""
from .hooks import require

KEPT = 5_000
lam = ddb = None


def bind(lambda_module, dynamodb_module):
    global lam, ddb
    lam, ddb = lambda_module, dynamodb_module
    require(lam, "_esms", "_dynamodb_stream_positions", "_dynamodb_stream_positions_lock")
    require(ddb, "_tables", "_stream_records", "_stream_trimmed")


def forget(table_name):
    """Drop what all mappings of the table have passed; whoever calls holds ``ddb._lock``."""
    records = ddb._stream_records.get(table_name) or []
    if len(records) < 2 * KEPT:
        return
    trimmed = ddb._stream_trimmed.get(table_name, 0)
    stream = ddb._tables[table_name].get("LatestStreamArn")
    with lam._dynamodb_stream_positions_lock:
        reached = [lam._dynamodb_stream_positions.get(uuid) for uuid, esm in lam._esms.items()
                   if esm.get("EventSourceArn") == stream]
    # A mapping without a position has not begun, and may want all.
    passed = min((position or 0 for position in reached), default=0) - trimmed
    passed = min(passed, len(records) - KEPT)
    if passed > 0:
        del records[:passed]
        ddb._stream_trimmed[table_name] = trimmed + passed
