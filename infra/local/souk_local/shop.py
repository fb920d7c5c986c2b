"""A shopper's HTTP client: JSON in and out, a bearer token, and the guest's cart cookie."""
import json
import time
import urllib.error
import urllib.parse
import urllib.request

from .console import Failure


class Shop:
    """Speaks to the shop at one URL, as one shopper."""

    def __init__(self, url):
        self.url, self.token, self.cookies = url, None, {}

    def call(self, method, path, body=None, headers=None, expect=(200, 201)):
        """Send one request; (answer, milliseconds). Another status than expected is a Failure that quotes the problem."""
        request = urllib.request.Request(self.url + path, method=method, headers=self._headers(body, headers or {}),
                                         data=None if body is None else json.dumps(body).encode())
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, text = response.status, response.read()
                self._keep_cookies(response.headers)
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except OSError as error:
            raise Failure(f"{method} {path}: no answer from {self.url} ({error}): run `make up`") from None
        elapsed = (time.monotonic() - began) * 1000
        if status not in expect:
            raise Failure(f"{method} {path} answered {status}: {text.decode(errors='replace')[:300]}")
        return (json.loads(text) if text else {}), elapsed

    def _headers(self, body, extra):
        headers = {"Accept": "application/json", **extra}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return headers

    def _keep_cookies(self, headers):
        # By hand: a cookie jar would keep a Secure cookie back from plain http, which is all there is on this machine.
        for line in headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if value and "max-age=0" not in line.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


def query(**parameters):
    """A query string."""
    return "?" + urllib.parse.urlencode(parameters)
