"""HTTP with keep-alive per thread, and with bounded retries where the answer may become another one."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import urlsplit

RETRIED = frozenset({425, 429, 500, 502, 503, 504})


class Unreachable(Exception):
    """No answer after every attempt."""


@dataclass(frozen=True)
class Response:
    """A status with its JSON body (None where it is no JSON) and the headers that matter."""

    status: int
    body: Any = None
    etag: str | None = None
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the request took effect."""
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """What the server says is wrong: its problem's detail and the fields it names."""
        return reason_of(self.status, self.body)


def reason_of(status: int, body: Any) -> str:
    """What a problem says is wrong: its detail and the fields it names."""
    problem = body if isinstance(body, dict) else {}
    errors = problem.get("errors")
    fields = [f"{error.get('field')} {error.get('detail')}" for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    text = problem.get("detail") or problem.get("title") or problem.get("message") or http.client.responses.get(status, "no reason")
    return f"{status} {'; '.join([str(text), *fields])}"


@dataclass(frozen=True)
class Retry:
    """How often to try again, and how long to wait: full jitter below a doubling limit."""

    attempts: int = 10
    base: float = 0.2
    longest: float = 15.0
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random

    def wait(self, attempt: int, retry_after: float | None = None) -> None:
        """Waits before the attempt after number `attempt` (from 0); the server's wish counts up to the longest wait."""
        pause = self.random() * min(self.longest, self.base * 2**attempt)
        self.sleep(min(self.longest, max(pause, retry_after or 0.0)))


@dataclass
class HttpClient:
    """Requests to one origin. Every request made here may be repeated: it reads, or puts what may be put twice."""

    base_url: str
    retry: Retry = field(default_factory=Retry)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        url = urlsplit(self.base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"{self.base_url!r} is no http(s) address")
        self._kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._prefix = url.hostname, url.port, url.path.rstrip("/")
        self._local = threading.local()
        self._open: set[http.client.HTTPConnection] = set()

    def close(self) -> None:
        """Closes the connections of all threads, once they have ended."""
        while self._open:
            self._open.pop().close()

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        """One request, tried until the answer is final. The last retryable answer is returned, a silence raises."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if content else {}), **(headers or {})}
        for attempt in range(self.retry.attempts):
            last = attempt + 1 == self.retry.attempts
            try:
                response = self._once(method, path, content, headers)
            except (OSError, http.client.HTTPException) as error:
                if last:
                    raise Unreachable(f"{self.base_url} does not answer: {error or type(error).__name__}") from error
                self.retry.wait(attempt)
                continue
            if response.status not in RETRIED or last:
                return response
            self.retry.wait(attempt, response.retry_after)
        raise AssertionError("a client needs at least one attempt")

    def _once(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Response:
        reused = getattr(self._local, "connection", None) is not None
        try:
            return self._exchange(method, path, content, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # An idle connection may be closed by the other side at any time: that is no failed attempt.
            if not reused:
                raise
            return self._exchange(method, path, content, headers)

    def _exchange(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Response:
        connection = getattr(self._local, "connection", None) or self._connect()
        try:
            connection.request(method, self._prefix + path, content, headers)
            answer = connection.getresponse()
            text = answer.read()
        except BaseException:
            self._disconnect(connection)
            raise
        if answer.will_close:
            self._disconnect(connection)
        return Response(answer.status, _json(text), answer.headers.get("ETag"), _seconds(answer.headers.get("Retry-After")))

    def _connect(self) -> http.client.HTTPConnection:
        connection = self._kind(self._host, self._port, timeout=self.timeout)
        connection.connect()
        self._open.add(connection)
        self._local.connection = connection
        return connection

    def _disconnect(self, connection: http.client.HTTPConnection) -> None:
        self._local.connection = None
        self._open.discard(connection)
        connection.close()


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
