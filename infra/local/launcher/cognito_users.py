"""Cognito: find a user without reading all of them.

Real pools answer as fast with a million users as with one. Here each lookup by e-mail or sub
read every user, twice: a crowd of accounts cost the square of its size, and an account made
meanwhile broke the lookup off ("dictionary changed size during iteration"). Who a name means
is still ministack's to say: it is asked about the few users that carry the name.
"""
import threading

from .hooks import wrap


class Index:
    """The users of one pool by everything they may be called."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seen = {}        # user's key -> the attribute list that was indexed; ministack replaces it, never edits it
        self._holders = {}     # attribute's value -> keys of users that have or had it
        self.is_old = False    # some user that was indexed has other attributes since

    def catch_up(self, users):
        """Take in users that are new (the last ones, as dictionaries keep their order) or have changed."""
        with self._lock:
            everybody, self.is_old = self.is_old, False
            for key in reversed(list(users)):
                if key in self._seen and not everybody:
                    return
                attributes = users.get(key, {}).get("Attributes", [])
                if self._seen.get(key) is not attributes:
                    self._seen[key] = attributes
                    for attribute in attributes:
                        self._holders.setdefault(attribute.get("Value"), []).append(key)

    def carriers(self, users, name):
        """The users whom ``name`` may mean."""
        keys = {name, *self._holders.get(name, ())}
        return {key: user for key in keys if (user := users.get(key)) is not None}


def apply():
    import ministack.services.cognito as cognito

    indexes = {}

    def indexed(original):
        def resolve(pool, username):
            if not isinstance(username, str):
                return original(pool, username)
            index, users = indexes.setdefault(pool["Id"], Index()), pool["_users"]
            user, refusal = original({**pool, "_users": index.carriers(users, username)}, username)
            if user is None:
                index.catch_up(users)
                user, refusal = original({**pool, "_users": index.carriers(users, username)}, username)
            return user, refusal
        return resolve

    def noticed(original):
        def change(data):
            try:
                return original(data)
            finally:
                for index in list(indexes.values()):
                    index.is_old = True
        return change

    wrap(cognito, "_resolve_user", indexed)
    for name in ("_admin_update_user_attributes", "_update_user_attributes"):
        wrap(cognito, name, noticed)
