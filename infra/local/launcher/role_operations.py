"""Keeps what each role was used for: the file that a test run compares with the roles' policies.

``SOUK_ROLE_OPERATIONS`` names the file; without it nothing is kept. It holds, per role, each
action with its resources, and is written when something is new: a few hundred times in all.
Calls are noted whether they were allowed or not.
"""
import json
import os
import threading
from pathlib import Path

from .hooks import require, wrap

FILE = "SOUK_ROLE_OPERATIONS"


class Notes:
    """What was seen, in memory and in the file."""

    def __init__(self, file):
        self._file, self._seen, self._lock = Path(file), {}, threading.Lock()
        self._write()

    def add(self, role, action, resource):
        """Note one call; the file follows when it is new."""
        with self._lock:
            resources = self._seen.setdefault(role, {}).setdefault(action, [])
            if resource in resources:
                return
            resources.append(resource)
            self._write()

    def _write(self):
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._seen, indent=1, sort_keys=True))
        draft.replace(self._file)


def role_of(arn):
    """The role of ``arn:aws:sts::…:assumed-role/<role>/<session>``, None for anybody else."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    return rest.split("/")[0] if kind == "assumed-role" else None


def apply():
    import ministack.core.iam_evaluator as evaluator
    import ministack.services.sts as sts

    require(sts, "_sessions")
    if not os.environ.get(FILE):
        return
    notes = Notes(os.environ[FILE])

    def noted(original):
        def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
            session = sts._sessions.get(access_key_id) if access_key_id else None
            role = role_of(session.get("Arn", "")) if session else None
            if role:
                notes.add(role, iam_action, resource_arn)
            return original(access_key_id, iam_action, service, region, resource_arn, service_context)
        return enforce

    wrap(evaluator, "enforce", noted)
