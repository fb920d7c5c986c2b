"""AWS::EventSchemas::Registry and AWS::EventSchemas::Schema through CloudFormation.

Real AWS keeps them for whoever reads events. Stock ministack rejects the whole template with
"Unrecognized resource types". Here they are checked as the service checks them, and not kept: nobody asks for them.
"""
import json
import re

from .hooks import require

REGISTRY, SCHEMA = "AWS::EventSchemas::Registry", "AWS::EventSchemas::Schema"
NAMES = {"RegistryName": r"[0-9A-Za-z_.-]{1,64}", "SchemaName": r"[0-9A-Za-z_.@-]{1,385}"}
LONGEST = 100_000
DRAFT = "http://json-schema.org/draft-04/schema#"


def problem(props):
    """What the service would refuse of a schema or a registry, or None."""
    for name, pattern in NAMES.items():
        if name in props and not re.fullmatch(pattern, props[name]):
            return f"{name}: {props[name]!r} does not match {pattern}"
    if "Content" not in props:
        return None
    if props.get("Type") != "JSONSchemaDraft4":
        return f"Type: {props.get('Type')} is not what the shop registers"
    if len(props["Content"]) > LONGEST:
        return f"Content: {len(props['Content'])} characters"
    try:
        content = json.loads(props["Content"])
    except ValueError as error:
        return f"Content: {error}"
    return None if content.get("$schema") == DRAFT else f"Content: $schema is not {DRAFT}"


def apply():
    import ministack.services.cloudformation.provisioners as prov

    require(prov, "_RESOURCE_HANDLERS", "_physical_name")

    def checked(props):
        if reason := problem(props):
            raise ValueError(f"BadRequestException: {reason}")

    def made(kind, name_of, resource, attributes):
        assert kind not in prov._RESOURCE_HANDLERS, f"{kind} is supported now: drop this patch"

        def create(logical_id, props, stack_name):
            name = name_of(logical_id, props, stack_name)
            checked(props | {"RegistryName": props.get("RegistryName", name)})
            arn = f"arn:aws:schemas:us-east-1:000000000000:{resource(props, name)}"
            return arn, {"Id": arn} | attributes(arn, name)

        def update(physical_id, old_props, new_props, stack_name, logical_id=None):
            return create(logical_id or physical_id, new_props, stack_name)

        def delete(physical_id, props):
            pass
        prov._RESOURCE_HANDLERS[kind] = {
            "create": create, "update": update, "update_with_logical_id": True, "delete": delete}

    made(REGISTRY,
         lambda logical_id, props, stack: props.get("RegistryName") or prov._physical_name(stack, logical_id, max_len=64),
         lambda props, name: f"registry/{name}",
         lambda arn, name: {"RegistryArn": arn, "RegistryName": name})
    made(SCHEMA,
         lambda logical_id, props, stack: props.get("SchemaName") or prov._physical_name(stack, logical_id, max_len=64),
         lambda props, name: f"schema/{props['RegistryName']}/{name}",
         lambda arn, name: {"SchemaArn": arn, "SchemaName": name, "SchemaVersion": "1"})
