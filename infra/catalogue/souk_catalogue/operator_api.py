"""The operator's HTTP API: signs in by itself and puts resources so that repeating changes nothing."""

from __future__ import annotations

import threading
import time
from enum import IntEnum
from typing import Any, Callable
from urllib.parse import quote

from .outputs import Outputs
from .transport import HttpClient, Response, Retry

STALE_ATTEMPTS = 5


class Outcome(IntEnum):
    """What a put did; the greatest outcome of a row's puts is the row's."""

    UNCHANGED = 0
    CHANGED = 1
    CREATED = 2


class Refused(Exception):
    """The server refuses this resource; others may go in."""


class Failing(Refused):
    """The server failed at every attempt: its fault, not the row's."""


class NotAllowed(Exception):
    """No request will succeed: the sign-in or the role is wrong."""


class Operator:
    """The operator's access token from Cognito, renewed before it expires."""

    def __init__(self, outputs: Outputs, retry: Retry | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        endpoint = outputs.aws_endpoint_url or f"https://cognito-idp.{outputs.region}.amazonaws.com"
        self._outputs, self._clock = outputs, clock
        self._http = HttpClient(endpoint, retry or Retry())
        self._lock = threading.Lock()
        self._token: str | None = None
        self._expires = 0.0

    def token(self, refused: str | None = None) -> str:
        """The present token; a new one when it is about to expire or is the one that the API refused."""
        with self._lock:
            if self._token is None or self._token == refused or self._clock() >= self._expires:
                self._sign_in()
            return self._token

    def close(self) -> None:
        """Closes the connection to Cognito."""
        self._http.close()

    def _sign_in(self) -> None:
        body = {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self._outputs.client_id,
            "AuthParameters": {"USERNAME": self._outputs.username, "PASSWORD": self._outputs.password},
        }
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        response = self._http.request("POST", "/", body, headers)
        result = (response.body or {}).get("AuthenticationResult") if isinstance(response.body, dict) else None
        if not response.ok or not result:
            raise NotAllowed(f"signing in as {self._outputs.username} failed: {response.reason}")
        self._token = result["AccessToken"]
        self._expires = self._clock() + max(0, result.get("ExpiresIn", 3600) - 60)


class OperatorApi:
    """Admin resources by path. Safe to use from many threads; a context manager that closes their connections."""

    def __init__(self, outputs: Outputs, retry: Retry | None = None) -> None:
        self.operator = Operator(outputs, retry)
        self.http = HttpClient(outputs.api_url, retry or Retry())

    def __enter__(self) -> OperatorApi:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.operator.close()

    def get(self, path: str) -> Response | None:
        """The resource, or None where there is none."""
        response = self._call("GET", path)
        if response.status == 404:
            return None
        return self._checked(response)

    def put(self, path: str, body: dict[str, Any], probably_there: bool = False) -> Outcome:
        """Makes the resource equal to the body. Creating takes one call; so does finding an equal one that is expected."""
        if not probably_there:
            response = self._call("PUT", path, body)
            if response.status != 428:
                self._checked(response)
                return Outcome.CREATED
        for _ in range(STALE_ATTEMPTS):
            present = self.get(path)
            if present is not None and same(body, present.body):
                return Outcome.UNCHANGED
            headers = {"If-Match": present.etag or ""} if present else {}
            response = self._call("PUT", path, body, headers)
            if response.status not in (412, 428):
                self._checked(response)
                return Outcome.CHANGED if present else Outcome.CREATED
        raise Refused("somebody else keeps changing it")

    def create(self, path: str, body: dict[str, Any]) -> Outcome:
        """Creates the resource and leaves one that exists as it is."""
        response = self._call("PUT", path, body)
        if response.status == 428:
            return Outcome.UNCHANGED
        self._checked(response)
        return Outcome.CREATED

    def _call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        token = self.operator.token()
        for _ in range(2):
            response = self.http.request(method, path, body, {**(headers or {}), "Authorization": f"Bearer {token}"})
            if response.status != 401:
                return response
            token = self.operator.token(refused=token)
        raise NotAllowed(f"{method} {path}: {response.reason}, also with a fresh token")

    def _checked(self, response: Response) -> Response:
        if response.ok:
            return response
        if response.status == 403:
            raise NotAllowed(f"the user of the outputs may not load a catalogue: {response.reason}")
        raise (Failing if response.status >= 500 or response.status == 429 else Refused)(response.reason)


def path_of(*parts: str) -> str:
    """An address below /admin."""
    return "/admin/" + "/".join(quote(part, safe="") for part in parts)


# By a field that tells what a mapping is: the fields that a put may leave out to say that there are none.
OPTIONAL = {"variants": ("rating", "attributes", "images"), "sku": ("title", "attributes"), "name": ("parent_id",)}


def same(sent: Any, stored: Any) -> bool:
    """Whether the stored resource says what was sent: answers add fields freely, and may spell out empty ones."""
    if isinstance(sent, dict):
        if not isinstance(stored, dict):
            return False
        optional = [name for mark, names in OPTIONAL.items() if mark in sent for name in names]
        if any(stored.get(name) for name in optional if name not in sent):
            return False
        # Attributes are the client's own names: there, a field more is a difference.
        return all(value == stored.get(name) if name == "attributes" else same(value, stored.get(name)) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(stored, list) and len(sent) == len(stored) and all(map(same, sent, stored))
    if isinstance(sent, float) or isinstance(stored, float):
        return isinstance(stored, (int, float)) and abs(sent - stored) < 1e-9
    return sent == stored
