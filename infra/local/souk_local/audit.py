"""Check that what the templates declare was really deployed.

An emulator may accept a template and leave part of it out; a missing route would then
show only as a puzzling 404 in some test.
"""
from collections import Counter

from .aws import client, pages
from .console import Failure
from .deployment import TEMPLATE, all_resources
from .templates import resources, route_keys, tree


def audit(stack, template=TEMPLATE):
    """Compare the templates with the deployed stack; a Failure names what is missing."""
    declared = Declared(template)
    deployed = list(all_resources(stack))
    missing = [f"route {route}" for route in sorted((declared.routes - _routes(stack, deployed)).elements())]
    sources = Counter(mapping["FunctionArn"].split(":")[6] for page in pages(stack, "lambda", "list_event_source_mappings")
                      for mapping in page["EventSourceMappings"])
    names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in deployed
             if resource["ResourceType"] == "AWS::Lambda::Function"}
    missing += [f"event source mapping of {function}" for function, count in declared.sources.items()
                if sources[names.get(function)] < count]
    machines = {machine["stateMachineArn"] for page in pages(stack, "stepfunctions", "list_state_machines")
                for machine in page["stateMachines"]}
    present = {resource["LogicalResourceId"] for resource in deployed if resource["PhysicalResourceId"] in machines}
    missing += [f"state machine {machine}" for machine in sorted(declared.machines - present)]
    if missing:
        raise Failure(f"deployed, but {len(missing)} things of the templates are not there: {', '.join(missing[:8])}")
    return f"{declared.routes.total()} routes, {declared.sources.total()} event sources, {len(declared.machines)} state machines"


class Declared:
    """The routes, event sources and state machines of a template and those nested in it."""

    def __init__(self, path):
        self.routes, self.sources, self.machines = Counter(), Counter(), set()
        for _path, template in tree(path):
            self.routes.update(route_keys(template))
            self.sources.update(props["FunctionName"]["Ref"]
                                for _name, props in resources(template, "AWS::Lambda::EventSourceMapping"))
            self.machines |= {name for name, _ in resources(template, "AWS::Serverless::StateMachine",
                                                            "AWS::StepFunctions::StateMachine")}


def _routes(stack, deployed):
    # Counted: each API has a $default route of its own.
    apis = client(stack, "apigatewayv2")
    return Counter(route["RouteKey"] for resource in deployed if resource["ResourceType"] == "AWS::ApiGatewayV2::Api"
                   for page in apis.get_paginator("get_routes").paginate(ApiId=resource["PhysicalResourceId"])
                   for route in page["Items"])
