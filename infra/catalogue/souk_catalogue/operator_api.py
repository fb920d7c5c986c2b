"""The operator's HTTP API: signs in by itself and puts resources, alone or in rows, so that repeating changes nothing."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable
from urllib.parse import quote

from .model import Fault
from .outputs import Outputs
from .row_put import CONTENDED, STALE_ATTEMPTS, Outcome, Refused, RowPut, parts_of, refusal
from .transport import HttpClient, Response, Retry


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

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What is answered to a request that may be repeated."""
        return self._checked(self._call("POST", path, body)).body

    def put(self, path: str, body: dict[str, Any]) -> Outcome:
        """Makes the resource equal to the body. One call, and another where something else stands there."""
        response, outcome = self._call("PUT", path, body), Outcome.UNCHANGED
        for _ in range(STALE_ATTEMPTS):
            if response.status not in (412, 428):
                self._checked(response)
                return Outcome.CREATED if response.status == 201 else outcome
            headers = {"If-Match": response.etag} if response.etag else {}
            response, outcome = self._call("PUT", path, body, headers), Outcome.CHANGED
        raise Refused(Fault("", CONTENDED))

    def put_rows(self, path: str, rows: list[dict[str, Any]], keep: bool = False) -> list[Outcome | Refused]:
        """Makes the resources equal to the rows, with `keep` only those that are not there yet; what became of each."""
        puts = [RowPut(row) for row in rows]
        attempt = 0
        while left := [put for put in puts if put.result is None]:
            if any(put.failures for put in left):
                self.http.retry.wait(attempt)
                attempt += 1
            for part in parts_of(left):
                self._post(path, part, keep)
        return [put.result for put in puts]

    def _post(self, path: str, puts: list[RowPut], keep: bool) -> None:
        response = self._call("POST", path, {"rows": [put.row for put in puts]})
        try:
            told = self._checked(response).body["rows"]
        except Refused as refusal:
            for put in puts:
                put.result = refusal
            return
        for put, answer in zip(puts, told, strict=True):
            put.settle(answer, keep, self.http.retry.attempts)

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
        raise refusal(response.status, response.body)


def path_of(*parts: str) -> str:
    """An address below /admin."""
    return "/admin/" + "/".join(quote(part, safe="") for part in parts)
