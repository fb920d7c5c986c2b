"""The templates as CloudFormation gets them from SAM's transform, with names filled in as a deployed stack would."""
import copy
import functools
import logging
import os
import re
from pathlib import Path
from types import SimpleNamespace

from souk_local.stack import ROOT
from souk_local.templates import nests, read

SERVERLESS = "AWS::Serverless-2016-10-31"
PARTITION, REGION, ACCOUNT = "aws", "us-east-1", "111122223333"
ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::StepFunctions::StateMachine": "states:{region}:{account}:stateMachine:{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}",
    "AWS::OpenSearchService::Domain": "es:{region}:{account}:domain/{name}",
}
logging.getLogger("samtranslator").setLevel(logging.ERROR)
# Their Ref is the ARN.
REF_IS_ARN = ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::SecretsManager::Secret")


class Expanded:
    """A template after the transform, and those nested in it with what it hands them.

    Each resource's physical name is its logical id.
    """

    def __init__(self, name, parameters=None):
        self.name, self._path = name, ROOT / "infra" / f"{name}.yaml"
        template = read(self._path)
        self.parameters = template.get("Parameters", {})
        values = {key: str(about.get("Default", key)) for key, about in self.parameters.items()}
        self._values = values | (parameters or {}) | {
            "AWS::Partition": PARTITION, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::StackName": "stack"}
        self.nested = {key: (self._path.parent / props[field]).resolve() for key, props, field in nests(template)}
        self.template = _transformed(template, self._values, parameters or {})
        conditions = self.template.get("Conditions", {})
        self._conditions = {key: self._holds(condition, conditions) for key, condition in conditions.items()}
        self.resources = {key: resource for key, resource in self.template["Resources"].items()
                          if self._conditions.get(resource.get("Condition"), True)}

    @functools.cache
    def child(self, logical_id):
        """The template nested under this name."""
        name = self.nested[logical_id].relative_to(ROOT / "infra").with_suffix("")
        return Expanded(str(name), self.handed(logical_id))

    def handed(self, logical_id):
        """{parameter: value} that the template nested under this name is given."""
        return self.filled(self.resources[logical_id]["Properties"].get("Parameters", {}))

    @functools.cached_property
    def parts(self):
        """This template and all that are nested in it."""
        return [self, *(part for logical_id in self.nested for part in self.child(logical_id).parts)]

    @functools.cache
    def of_type(self, kind):
        """{logical id: properties, filled in} of the resources of a type, in all parts."""
        found = [(key, part.filled(resource.get("Properties", {}))) for part in self.parts
                 for key, resource in part.resources.items() if resource["Type"] == kind]
        assert len(dict(found)) == len(found), f"two resources bear one name: {sorted(key for key, _properties in found)}"
        return dict(found)

    @functools.cached_property
    def routes(self):
        """{route key: the function behind it}, in all parts."""
        integrations = self.of_type("AWS::ApiGatewayV2::Integration")
        return {route["RouteKey"]: integrations[route["Target"].removeprefix("integrations/")]["IntegrationUri"].rpartition(":")[2]
                for route in self.of_type("AWS::ApiGatewayV2::Route").values()}

    def arn(self, logical_id):
        """The ARN of a resource, in whichever part it is."""
        kind, = {part.template["Resources"][logical_id]["Type"] for part in self.parts if logical_id in part.template["Resources"]}
        return _arn(kind, logical_id)

    def filled(self, value):
        """A value with its intrinsic functions resolved."""
        if isinstance(value, list):
            return [item for item in map(self.filled, value) if item is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name[4:], argument)
        out = {key: self.filled(item) for key, item in value.items()}
        return {key: item for key, item in out.items() if item is not None}

    def _ref(self, name):
        if name == "AWS::NoValue":
            return None
        if name in self._values:
            return self._values[name]
        kind = self._kind(name)
        return _arn(kind, name) if kind in REF_IS_ARN else name

    def _function(self, name, argument):
        if name == "GetAtt":
            logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
            if attribute.startswith("Outputs."):
                child = self.child(logical_id)
                return child.filled(child.template["Outputs"][attribute.removeprefix("Outputs.")]["Value"])
            kind = self._kind(logical_id)
            if attribute == "StreamArn":
                return _arn(kind, logical_id) + "/stream/now"
            return _arn(kind, logical_id) if attribute == "Arn" and kind in ARNS else f"{logical_id}.{attribute}"
        if name == "Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            return re.sub(r"\$\{(!?)([^}]+)\}", lambda m: self._substitute(m, self.filled(own)), text)
        if name == "Join":
            return argument[0].join(str(part) for part in self.filled(argument[1]))
        if name == "Split":
            return self.filled(argument[1]).split(argument[0])
        if name == "If":
            return self.filled(argument[1 if self._conditions[argument[0]] else 2])
        raise ValueError(f"Fn::{name} is not understood here")

    def _substitute(self, match, own):
        literal, name = match.groups()
        if literal:
            return "${" + name + "}"
        if name in own:
            return own[name]
        return str(self._function("GetAtt", name.split(".", 1)) if "." in name else self._ref(name))

    def _kind(self, logical_id):
        return self.template["Resources"][logical_id]["Type"]

    def _holds(self, condition, conditions):
        (name, argument), = condition.items()
        if name == "Fn::Equals":
            return str(self.filled(argument[0])) == str(self.filled(argument[1]))
        if name == "Condition":
            return self._holds(conditions[argument], conditions)
        found = [self._holds(part, conditions) for part in argument]
        return {"Fn::Not": lambda: not found[0], "Fn::And": lambda: all(found), "Fn::Or": lambda: any(found)}[name]()


def _arn(kind, name):
    return f"arn:{PARTITION}:" + ARNS[kind].format(region=REGION, account=ACCOUNT, name=name)


def _transformed(template, values, given):
    """The template after AWS::LanguageExtensions and AWS::Serverless, which wants code and children in S3."""
    from ministack.services.cloudformation import language_extensions
    from samtranslator.translator.transform import transform
    transforms = template.get("Transform", [])
    transforms = transforms if isinstance(transforms, list) else [transforms]
    template = copy.deepcopy(template) | {"Transform": SERVERLESS}
    if language_extensions.TRANSFORM in transforms:
        template = language_extensions.apply(template, values)
    for resource in template["Resources"].values():
        for field in {"CodeUri", "DefinitionUri", "Location"} & set(resource.get("Properties", {})):
            path = Path(str(resource["Properties"][field])).name
            s3 = {"Bucket": "artifacts", "Key": path}
            resource["Properties"][field] = f"https://artifacts/{path}" if field == "Location" else s3
    before = os.environ.get("AWS_DEFAULT_REGION")
    os.environ["AWS_DEFAULT_REGION"] = REGION
    try:
        return transform(template, given, SimpleNamespace(load=dict)) if SERVERLESS in transforms else template
    finally:
        os.environ.pop("AWS_DEFAULT_REGION")
        if before is not None:
            os.environ["AWS_DEFAULT_REGION"] = before
