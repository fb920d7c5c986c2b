"""Names that CloudFormation makes: the logical id is in them, however long the stack's name is.

Real AWS shortens both, so that a name tells what it is of. Stock ministack cuts off what follows
the stack's name, and a stack that is nested twice has a name as long as a function's may be.
"""
from .hooks import wrap

SUFFIX = 13    # characters that make a name the only one


def shortened(name, stack_name, logical_id, longest):
    """The name as it is where it has room for stack and logical id, otherwise with both shortened."""
    room = longest - SUFFIX - 2
    if len(stack_name) + len(logical_id) <= room:
        return name
    kept = logical_id[:max(room // 2, room - len(stack_name))]
    return f"{stack_name[:room - len(kept)].rstrip('-')}-{kept}-{name[-SUFFIX:]}"


def apply():
    import ministack.services.cloudformation.provisioners as prov

    def naming(original):
        def run(stack_name, logical_id, *, lowercase=False, max_len=128, **rest):
            name = original(stack_name, logical_id, lowercase=lowercase, max_len=max_len, **rest)
            name = shortened(name, stack_name, logical_id, max_len)
            return name.lower() if lowercase else name
        return run

    wrap(prov, "_physical_name", naming)
