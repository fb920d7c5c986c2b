"""Compare what each role was used for, as the launcher noted it, with what the deployed role allows.

The emulator enforces the roles of functions, so a call without a grant has failed already; here it
is named. A grant that nothing used is listed: it may be one that no test reaches, or one to take away.
"""
import json
import re

from .aws import client, pages
from .console import Failure, say
from .deployment import all_resources
from .policies import Permissions, covers

# Requests to OpenSearch go there directly, and logs are written by the host of the functions; the pollers
# of queues and streams are part of it too. The rules in tests/test_grants.py look at those grants.
NOT_SEEN = ("es:*", "logs:*", "xray:*", "lambda:InvokeFunction", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
            "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")


def compare(stack):
    """A Failure where an operation has no grant; otherwise how much was compared."""
    used = json.loads((stack.home / "role-operations.json").read_text())
    resources = list(all_resources(stack))
    names = {_last(resource["PhysicalResourceId"]): resource["LogicalResourceId"] for resource in resources}
    roles = sorted(resource["PhysicalResourceId"] for resource in resources if resource["ResourceType"] == "AWS::IAM::Role")
    missing, idle, count = [], [], 0
    for role in roles:
        allowed = deployed(stack, role)
        calls = [(action, resource) for action, on in used.get(role, {}).items() for resource in on]
        count += len(calls)
        missing += [(role, *call) for call in calls if not allowed.allow(*call)]
        idle += [(role, action, resource) for action, resource in allowed.grants()
                 if not any(covers(pattern, action) for pattern in NOT_SEEN)
                 and not any(covers(action, call, True) and covers(resource, on) for call, on in calls)]
    if missing:
        raise Failure(f"{len(missing)} operations are not granted: {'; '.join(_said(names, item) for item in missing)}")
    for item in idle:
        say(f"   granted, and not used by any test: {_said(names, item)}")
    return f"{count} operations of {len(roles)} roles are granted, {len(idle)} grants were not used"


def _said(names, item):
    """``PlaceOrderFunctionRole: dynamodb:PutItem on CartsTable``."""
    role, action, resource = item
    kept, index = resource.split("/index/")[0], "".join(resource.partition("/index/")[1:])
    return f"{names[role]}: {action} on {names.get(_last(kept), kept)}{index}"


def _last(identifier):
    """The part of an ARN, URL or name by which resources of this stack differ."""
    return re.split("[:/]", identifier)[-1]


def deployed(stack, role):
    """The permissions of a deployed role."""
    iam = client(stack, "iam")
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                 for page in pages(stack, "iam", "list_role_policies", RoleName=role) for name in page["PolicyNames"]]
    documents += [_managed(iam, policy["PolicyArn"])
                  for page in pages(stack, "iam", "list_attached_role_policies", RoleName=role)
                  for policy in page["AttachedPolicies"]]
    boundary = iam.get_role(RoleName=role)["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Permissions(documents, _managed(iam, boundary) if boundary else None)


def _managed(iam, arn):
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
