"""AWS::CloudFormation::Stack: macros in the nested template.

Real AWS expands the transforms of a nested template as it does those of its parent,
which is how a SAM application nests SAM templates. Stock ministack expands only the
root's, so a child's first ``AWS::Serverless`` resource failed the stack.
"""
import contextvars

from .hooks import require, wrap

NESTED = "AWS::CloudFormation::Stack"
_parameters = contextvars.ContextVar("nested_parameters", default=None)


def apply():
    import ministack.services.cloudformation.engine as engine
    import ministack.services.cloudformation.provisioners as prov

    require(engine, "_parse_template", "_apply_transforms", "_TransformFailed")

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
