"""AWS::CloudFormation::Stack: macros in the nested template, updates of it, and what outlives it.

* Real AWS expands the transforms of a nested template as it does those of its parent,
  which is how a SAM application nests SAM templates. Stock ministack expands only the
  root's, so a child's first ``AWS::Serverless`` resource failed the stack.
* Real AWS leaves a resource alone that an update does not change. Stock ministack does
  too, but forgets its attributes in a nested stack, so the next ``Fn::GetAtt`` failed.
* Real AWS keeps what a nested template's DeletionPolicy retains, when the nested stack is
  deleted with its parent. Stock ministack heeds the policies of a root stack only.
* Real AWS resolves ``{{resolve:secretsmanager:...}}`` wherever it stands. Stock ministack
  does in a root stack only, so functions of a nested one were given the literal.
"""
import contextvars
import inspect

from .hooks import require, wrap, wrap_cfn

NESTED = "AWS::CloudFormation::Stack"
_parameters = contextvars.ContextVar("nested_parameters", default=None)


def apply():
    import ministack.services.cloudformation as cloudformation
    import ministack.services.cloudformation.engine as engine
    import ministack.services.cloudformation.provisioners as prov
    import ministack.services.cloudformation.stacks as stacks

    require(engine, "_parse_template", "_apply_transforms", "_TransformFailed", "_resolve_dynamic_references")
    require(cloudformation, "_stacks")
    require(stacks, "_resource_policy", "_RETAINING_POLICIES")
    require(prov, "_nested_stack_lookup_name")
    assert "old_attrs" in inspect.signature(prov._update_resource).parameters, "resource updates take other arguments now"

    def deploying(original):
        def run(logical_id, props, parent_stack_name, **previous):
            given = props.get("Parameters") or {}
            token = _parameters.set([{"Key": k, "Value": "" if v is None else str(v)} for k, v in given.items()])
            try:
                return original(logical_id, props, parent_stack_name, **previous)
            finally:
                _parameters.reset(token)
        return run

    wrap(prov, "_cfn_nested_stack_deploy", deploying)

    def parsing(original):
        def run(*args, **kwargs):
            template, given = original(*args, **kwargs), _parameters.get()
            if given is None:
                return template
            expanded = engine._apply_transforms(template, given)
            if isinstance(expanded, engine._TransformFailed):
                raise ValueError(expanded.error)
            return expanded
        return run

    wrap(engine, "_parse_template", parsing)

    def resolved(props):
        return engine._resolve_dynamic_references(props)[0]

    def provisioning(original):
        return lambda resource_type, logical_id, props, stack_name: original(resource_type, logical_id, resolved(props), stack_name)

    # A root stack calls these by names of its own.
    wrap(prov, "_provision_resource", provisioning)

    def updating(original):
        def run(resource_type, physical_id, old_props, new_props, stack_name, logical_id=None, old_attrs=None):
            if old_attrs is None:
                stack = cloudformation._stacks.get(stack_name) or {}
                old_attrs = stack.get("_resources", {}).get(logical_id, {}).get("Attributes")
            return original(resource_type, physical_id, resolved(old_props), resolved(new_props), stack_name, logical_id, old_attrs)
        return run

    wrap(prov, "_update_resource", updating)

    def is_kept(child, name, logical_id):
        template = child.get("_template") or {}
        policy = stacks._resource_policy(
            template.get("Resources", {}).get(logical_id), "DeletionPolicy", child["_resources"],
            child.get("_resolved_params", {}), child.get("_conditions", {}), template.get("Mappings", {}), name, child["StackId"])
        return policy in stacks._RETAINING_POLICIES

    def deleting(original):
        def run(physical_id, props):
            name = prov._nested_stack_lookup_name(physical_id)
            child = cloudformation._stacks.get(name)
            if child:
                resources = child.get("_resources", {})
                child["_resources"] = {logical_id: resource for logical_id, resource in resources.items()
                                       if not is_kept(child, name, logical_id)}
            return original(physical_id, props)
        return run

    wrap_cfn(prov, NESTED, "delete", deleting)
