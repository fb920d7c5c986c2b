"""AWS::IAM::Role: the permissions boundary, which the stock provisioner drops.

Real AWS allows what the role's policies and its boundary both allow. Without the
boundary a deployed role could do more here than there.
"""
from .hooks import require, wrap_cfn

ROLE = "AWS::IAM::Role"


def apply():
    import ministack.services.cloudformation.provisioners as prov
    import ministack.services.iam as iam

    require(iam, "_roles")

    def bounded(out, props):
        iam._roles[out[0]]["PermissionsBoundary"] = props.get("PermissionsBoundary")
        return out

    def create(original):
        return lambda logical_id, props, stack_name: bounded(original(logical_id, props, stack_name), props)

    def update(original):
        def run(physical_id, old_props, new_props, stack_name, logical_id=None):
            return bounded(original(physical_id, old_props, new_props, stack_name, logical_id), new_props)
        return run

    wrap_cfn(prov, ROLE, "create", create)
    wrap_cfn(prov, ROLE, "update", update)
