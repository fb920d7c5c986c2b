"""Reindexes: a state machine's execution is started, or the one that runs is watched."""
import json
import time

from .aws import client
from .console import Failure, say
from .deployment import all_resources
from .functions import invoke

MACHINE = ("Reindex", "AWS::StepFunctions::StateMachine")
EVERY_SECONDS = 1


def run(stack, action):
    """Start a reindex, or a restore of the former index, unless one runs; tell its progress and its end."""
    machine = _machine(stack)
    states = client(stack, "stepfunctions")
    running = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
    if running:
        execution = running[0]["executionArn"]
        say("one is under way already: this watches it")
    else:
        execution = states.start_execution(stateMachineArn=machine, input=json.dumps({"action": action}))["executionArn"]
    try:
        return _watched(stack, states, execution)
    except KeyboardInterrupt:
        say("it goes on by itself: `make reindex` watches it again, `make abort-reindex` gives it up")
        raise


def _watched(stack, states, execution):
    told = None
    while True:
        found = states.describe_execution(executionArn=execution)
        progress = invoke(stack, "search-index-manager", '{"action": "reindex_progress"}') or {}
        if (line := told_of(progress)) != told:
            told = line
            say(line)
        if found["status"] != "RUNNING":
            break
        time.sleep(EVERY_SECONDS)
    if found["status"] != "SUCCEEDED":
        reason = progress.get("reason") or found.get("cause") or found.get("error") or found["status"]
        raise Failure(f"the reindex ended without a new index, the old one is searched: {reason}")
    return progress


def told_of(progress):
    """One line about how far it has come."""
    if not progress:
        return "nothing yet"
    parts = len(progress["parts"])
    return (f"{progress['index']}: {progress['phase']}, {progress['pages']} pages, "
            f"{progress['parts_done']} of {parts} parts")


def _machine(stack):
    found = [resource["PhysicalResourceId"] for resource in all_resources(stack)
             if (resource["LogicalResourceId"], resource["ResourceType"]) == MACHINE]
    if not found:
        raise Failure("the stack has no state machine for reindexes: bring it up to date with `make up`")
    return found[0]
