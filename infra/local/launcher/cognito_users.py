"""Cognito: find a user without reading all of them, and by any spelling of the name where the pool says so.

Real pools answer as fast with a million users as with one. Here each lookup by e-mail or sub
read every user, twice: a crowd of accounts cost the square of its size, and an account made
meanwhile broke the lookup off ("dictionary changed size during iteration"). Who a name means
is still ministack's to say: it is asked about the few users that carry the name.

A pool with ``UsernameConfiguration: {CaseSensitive: false}`` takes Sam@x.test for sam@x.test, at sign-in and
when an account is made. Stock ministack keeps the setting and compares exactly.
"""
import threading

from .hooks import wrap


class Index:
    """The users of one pool by everything they may be called."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seen = {}        # user's key -> the attribute list that was indexed; ministack replaces it, never edits it
        self._holders = {}     # attribute's value -> keys of users that have or had it
        self._spellings = {}   # a value in lower case -> as it was last written
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
                        value = attribute.get("Value")
                        self._holders.setdefault(value, []).append(key)
                        self._spellings[str(value).lower()] = value

    def carriers(self, users, name):
        """The users whom ``name`` may mean."""
        keys = {name, *self._holders.get(name, ())}
        return {key: user for key in keys if (user := users.get(key)) is not None}

    def spelling(self, pool, name):
        """``name`` as the pool's user wrote it, where case does not matter."""
        exact = str((pool.get("UsernameConfiguration") or {}).get("CaseSensitive", True)).lower() != "false"
        return name if exact else self._spellings.get(name.lower(), name)


def apply():
    import ministack.services.cognito as cognito

    indexes = {}

    def indexed(original):
        def resolve(pool, username):
            if not isinstance(username, str):
                return original(pool, username)
            index, users = indexes.setdefault(pool["Id"], Index()), pool["_users"]

            def ask():
                name = index.spelling(pool, username)
                return original({**pool, "_users": index.carriers(users, name)}, name)
            user, refusal = ask()
            if user is None:
                index.catch_up(users)
                user, refusal = ask()
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
