#!/usr/bin/env python3
"""A function that does what its event says."""
import http.client
import json
import os
import time
import urllib.parse

api = urllib.parse.urlparse(os.environ["AWS_LAMBDA_RUNTIME_API"])
base = f"{api.path}/2018-06-01/runtime"


def ask(method, path, body=None):
    connection = http.client.HTTPConnection(api.netloc)
    connection.request(method, base + path, body)
    answer = connection.getresponse()
    return answer, answer.read()


if os.environ.get("CANNOT_START"):
    ask("POST", "/init/error", json.dumps({"errorMessage": "no settings", "errorType": "Settings"}))
    raise SystemExit(1)
while True:
    answer, event = ask("GET", "/invocation/next")
    request, event = answer.getheader("Lambda-Runtime-Aws-Request-Id"), json.loads(event)
    if "print" in event:
        print(event["print"], flush=True)
    if event.get("exit"):
        raise SystemExit(3)
    while event.get("wait_for") and not os.path.exists(event["wait_for"]):
        time.sleep(0.01)
    if event.get("fail"):
        ask("POST", f"/invocation/{request}/error", json.dumps({"errorMessage": event["fail"], "errorType": "Asked"}))
    else:
        ask("POST", f"/invocation/{request}/response", json.dumps({"pid": os.getpid(), "name": os.environ["NAME"]}))
