"""What IAM policy documents allow: the part of IAM that the templates use."""
import functools
import re


class Permissions:
    """The policies of one role, and the boundary around them."""

    def __init__(self, documents, boundary=None):
        self.statements = [statement for document in documents for statement in _list(document["Statement"])]
        self._boundary = None if boundary is None else Permissions([boundary])
        for statement in self.statements:
            if unknown := set(statement) - {"Sid", "Effect", "Action", "NotAction", "Resource"}:
                raise ValueError(f"a statement with {', '.join(unknown)} is not understood here")

    def allow(self, action, resource):
        """Whether a call is allowed: by a statement, by no denial, and within the boundary."""
        effects = {s["Effect"] for s in self.statements if _is_about(s, action, resource)}
        return effects == {"Allow"} and (self._boundary is None or self._boundary.allow(action, resource))

    def grants(self):
        """(action, resource) of everything that is spelt out."""
        return [(action, resource) for statement in self.statements if statement["Effect"] == "Allow"
                for action in _list(statement.get("Action")) for resource in _list(statement["Resource"])]


def covers(pattern, text, ignore_case=False):
    """Whether an action or resource of a policy, with its ``*`` and ``?``, is about this one."""
    return _expression(pattern, ignore_case).fullmatch(text) is not None


@functools.cache
def _expression(pattern, ignore_case):
    parts = re.split(r"([*?])", pattern)
    text = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.compile(text, re.IGNORECASE if ignore_case else 0)


def _is_about(statement, action, resource):
    named = any(covers(pattern, action, True) for pattern in _list(statement.get("Action") or statement.get("NotAction")))
    return named == ("Action" in statement) and any(covers(p, resource) for p in _list(statement["Resource"]))


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]
