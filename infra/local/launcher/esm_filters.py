"""Filter patterns of stream mappings, as Lambda understands them.

A member that is not there matches {"exists": false} at any depth; an array matches where any of its
elements does; "exists" looks at leaves only. Stock ministack drops a record where anything on the way to
{"exists": false} is missing, and every record where a pattern looks into a list.
shared/testkit/src/streams.rs does the same for tests in the process; filter_cases.json holds both to it.
"""
from .hooks import require


def _flat(value):
    return [leaf for one in value for leaf in _flat(one)] if isinstance(value, list) else [value]


def _found(value, name):
    return [leaf for one in _flat(value) if isinstance(one, dict) and name in one for leaf in _flat(one[name])]


def matches(record, pattern):
    for name, wanted in pattern.items():
        found = _found(record, name)
        if isinstance(wanted, dict):
            if not any(matches(value, wanted) for value in found or [None]):
                return False
        elif not any(_allows(alternative, found) for alternative in wanted):
            return False
    return True


def _allows(alternative, found):
    if not isinstance(alternative, dict):
        return alternative in found
    (operator, value), = alternative.items()
    if operator == "exists":
        return any(not isinstance(leaf, dict) for leaf in found) == value
    if operator == "prefix":
        return any(isinstance(leaf, str) and leaf.startswith(value) for leaf in found)
    raise ValueError(f"the launcher does not know the filter {operator}")


def apply():
    import ministack.services.lambda_svc as lam

    require(lam, "_match_esm_filter", "_apply_filter_criteria")
    lam._match_esm_filter = matches
