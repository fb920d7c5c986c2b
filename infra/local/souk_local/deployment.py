"""Create or update the root CloudFormation stack, and say why when it fails."""
import hashlib
import json
import time

from .aws import client, pages
from .console import Failure
from .packaging import Packager
from .stack import ROOT
from .templates import read

TEMPLATE = ROOT / "infra" / "template.yaml"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
SECONDS = 300


def deploy(stack, parameters, template=TEMPLATE):
    """Deploy the templates; True when something changed. Parameters a template does not declare are left out."""
    url = Packager(stack).package(template)
    known = read(template).get("Parameters", {})
    given = {key: str(value) for key, value in parameters.items() if key in known}
    cloudformation = client(stack, "cloudformation")
    present = describe(stack)
    if present and present["StackStatus"] in ("ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED"):
        delete(stack)
        present = None
    mark = hashlib.sha256(json.dumps([url, given, (present or {}).get("StackId")]).encode()).hexdigest()
    stamp = stack.path("deployed.sha256")
    if present and stamp.is_file() and stamp.read_text() == mark:
        return False
    request = {"StackName": stack.cloudformation_name, "TemplateURL": url, "Capabilities": CAPABILITIES,
               "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()]}
    try:
        (cloudformation.update_stack if present else cloudformation.create_stack)(**request)
    except cloudformation.exceptions.ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise Failure(f"CloudFormation refused the templates: {error}") from None
    final = _settled(stack)
    if final["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Failure(f"the deployment ended in {final['StackStatus']}: {_reason(stack)} "
                      "(fix the template; if the next try is refused, begin afresh with make down)")
    mark = hashlib.sha256(json.dumps([url, given, final["StackId"]]).encode()).hexdigest()
    stamp.write_text(mark)
    return True


def delete(stack):
    """Delete the root stack and wait until it is gone."""
    client(stack, "cloudformation").delete_stack(StackName=stack.cloudformation_name)
    _settled(stack, gone=True)


def describe(stack):
    """The root stack as CloudFormation describes it, or None."""
    cloudformation = client(stack, "cloudformation")
    try:
        found = cloudformation.describe_stacks(StackName=stack.cloudformation_name)["Stacks"][0]
    except cloudformation.exceptions.ClientError:
        return None
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def outputs(stack):
    """{output key: value} of the root stack."""
    return {item["OutputKey"]: item["OutputValue"] for item in (describe(stack) or {}).get("Outputs", [])}


def all_resources(stack, name=None):
    """Every resource of the root stack and of the stacks nested in it."""
    name = name or stack.cloudformation_name
    for page in pages(stack, "cloudformation", "list_stack_resources", StackName=name):
        for resource in page["StackResourceSummaries"]:
            yield resource
            if resource["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from all_resources(stack, resource["PhysicalResourceId"])


def _settled(stack, gone=False):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = describe(stack)
        if found is None and gone:
            return None
        if found and not found["StackStatus"].endswith("IN_PROGRESS") and not gone:
            return found
        time.sleep(0.2)
    raise Failure(f"CloudFormation is still at it after {SECONDS} s: see {stack.path('logs', 'emulator.log')}")


def _reason(stack):
    """The first failures of the deployment, nested stacks included."""
    cloudformation = client(stack, "cloudformation")
    found, root = [], (describe(stack) or {}).get("StackId")
    for item in cloudformation.describe_stacks()["Stacks"]:
        if root in (item["StackId"], item.get("RootId")):
            events = cloudformation.describe_stack_events(StackName=item["StackId"])["StackEvents"]
            found += [(event["Timestamp"], f"{event['LogicalResourceId']} ({event['ResourceType']}): "
                       f"{event.get('ResourceStatusReason', 'no reason given')}")
                      for event in events if event["ResourceStatus"].endswith("_FAILED")]
    found.sort()
    return "; ".join(dict.fromkeys(text for _when, text in found[:3])) or "no reason given"
