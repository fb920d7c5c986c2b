"""A stack in this process: sign-in, the admin API with its ETag rules, alone and in rows, and search over what was put."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from souk_catalogue.outputs import Outputs


class FakeStack:
    """Use as a context manager. Faults are switched by its attributes."""

    def __init__(self) -> None:
        self.resources: dict[str, tuple[int, dict[str, Any]]] = {}
        self.requests: list[tuple[str, str]] = []
        self.rows: list[str] = []
        self.most_rows = 100
        self.sign_ins = 0
        self.token_seconds = 3600
        self.refused_tokens: set[str] = set()
        self.faults: list[int] = []
        self.refusals: dict[str, tuple[int, dict[str, Any]]] = {}
        self.row_faults: dict[str, list[int]] = {}
        self.down_after: int | None = None
        self.search_blind_for = 0
        self.hidden: set[str] = set()
        self.untold: set[str] = set()
        self.changes: list[dict[str, Any]] = []
        self.lock = threading.RLock()

    def __enter__(self) -> "FakeStack":
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def outputs(self) -> Outputs:
        return Outputs(self.url, "us-east-1", "client", "operator@souk.test", "secret", "images", self.url)

    def outputs_json(self) -> str:
        users = {"operator": {"username": "operator@souk.test", "password": "secret"}}
        return json.dumps({"api_url": self.url, "aws_endpoint_url": self.url, "user_pool_client_id": "client", "images_bucket": "images", "users": users})

    def calls(self, method: str, prefix: str = "/admin/") -> list[str]:
        with self.lock:
            return [path for name, path in self.requests if name == method and path.startswith(prefix)]

    def rows_of(self, collection: str) -> list[str]:
        """The resources that rows were sent for."""
        with self.lock:
            return [path for path in self.rows if path.startswith(f"/admin/{collection}/")]

    def forget_calls(self) -> None:
        with self.lock:
            self.requests.clear()
            self.rows.clear()

    def stored(self, path: str) -> dict[str, Any]:
        return self.resources[path][1]

    def sign_in(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body["AuthParameters"] != {"USERNAME": "operator@souk.test", "PASSWORD": "secret"}:
            return 400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."}
        self.sign_ins += 1
        return 200, {"AuthenticationResult": {"AccessToken": f"token-{self.sign_ins}", "ExpiresIn": self.token_seconds}}

    def put(self, path: str, body: dict[str, Any], if_match: str | None) -> tuple[int, Any, str | None]:
        refusal = self.refusals.get(path)
        if refusal:
            return *refusal, None
        version, present = self.resources.get(path, (0, None))
        told, etag = {"present_version": version}, f'"{version}"'
        # An equal put is no change; a count of stock says what was seen, so it is none.
        if present == body and if_match in (None, etag) and not path.startswith("/admin/inventory/"):
            return 200, body, etag
        if present is not None and if_match is None:
            return 428, {"title": "Precondition required", "detail": "give If-Match", **told}, etag
        if present is not None and if_match != etag:
            return 412, {"title": "Stale", **told}, etag
        if present is None and if_match is not None:
            return 412, {"title": "Stale"}, None
        self.resources[path] = (version + 1, body)
        return (200 if present else 201), body, f'"{version + 1}"'

    def put_rows(self, collection: str, rows: list[dict[str, Any]]) -> tuple[int, Any, None]:
        if not 1 <= len(rows) <= self.most_rows:
            return 400, {"title": "Malformed", "detail": f"rows: must have 1 to {self.most_rows} entries"}, None
        return 200, {"rows": [{"position": position, **self._put_row(collection, dict(row))} for position, row in enumerate(rows)]}, None

    def _put_row(self, collection: str, row: dict[str, Any]) -> dict[str, Any]:
        version = row.pop("if_match", None)
        path = "/".join(["/admin", collection, *(row.pop(name) for name in ("product_id", "sku", "warehouse_id") if name in row)])
        self.rows.append(path)
        if self.row_faults.get(path):
            return {"outcome": "refused", "problem": {"status": self.row_faults[path].pop(0), "title": "Busy"}}
        before = self.resources.get(path)
        status, told, _ = self.put(path, row.get("product", row), None if version is None else f'"{version}"')
        if status >= 400:
            return {"outcome": "refused", "problem": {"status": status, **told}}
        outcome = "created" if status == 201 else "unchanged" if before == self.resources[path] else "changed"
        return {"outcome": outcome, "version": self.resources[path][0]}

    def change(self, body: dict[str, Any]) -> tuple[int, Any, None]:
        """Adds tags: to products by ids, or to all of a category, two at a time."""
        self.changes.append(body)
        ids, cursor = body["of"].get("product_ids"), None
        if ids is None:
            ids = sorted(path.removeprefix("/admin/products/") for path in self.resources if path.startswith("/admin/products/"))
            start = int(body.get("cursor", 0))
            ids, cursor = ids[start : start + 2], str(start + 2) if start + 2 < len(ids) else None
        return 200, {"products": [self._change(name, body["change"]["add_tags"]) for name in ids], **({"cursor": cursor} if cursor else {})}, None

    def _change(self, name: str, tags: list[str]) -> dict[str, Any]:
        if (found := self.resources.get(f"/admin/products/{name}")) is None:
            return {"product_id": name, "outcome": "refused", "problem": {"status": 404, "title": "Unknown"}}
        version, body = found
        if set(tags) <= set(body.get("tags", [])):
            return {"product_id": name, "outcome": "unchanged", "version": version}
        self.resources[f"/admin/products/{name}"] = (version + 1, {**body, "tags": [*body.get("tags", []), *tags]})
        return {"product_id": name, "outcome": "changed", "version": version + 1}

    def get(self, path: str) -> tuple[int, Any, str | None]:
        if path not in self.resources:
            return 404, {"title": "Unknown"}, None
        version, body = self.resources[path]
        return 200, {**body, "version": version, "updated_at": "now"}, f'"{version}"'

    def search(self, query: dict[str, list[str]]) -> tuple[int, Any, None]:
        if self.search_blind_for > 0:
            self.search_blind_for -= 1
            return 200, {"hits": [], "total": 0}, None
        hits = []
        for path, (_, body) in sorted(self.resources.items()):
            product_id = path.removeprefix("/admin/products/")
            if not path.startswith("/admin/products/") or product_id in self.hidden:
                continue
            sku = body["variants"][0]["sku"]
            price = self.resources.get(f"/admin/prices/{sku}", (0, {"price": None}))[1]["price"]
            known = any(name.startswith(f"/admin/inventory/{sku}/") for name in self.resources) and sku not in self.untold
            availability = {"label": "In stock" if known else "Availability unknown"}
            hits.append({"product_id": product_id, "sku": sku, "title": body["title"], "price": price, "availability": availability})
        if "q" in query:
            words = query["q"][0].lower()
            hits = [hit for hit in hits if words in hit["title"].lower()]
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        page = {"hits": hits[start : start + limit], "total": len(hits)}
        if start + limit < len(hits):
            page["cursor"] = str(start + limit)
        return 200, page, None


def _handler_of(stack: FakeStack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            """Tests print nothing of their own."""

        def do_GET(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            with stack.lock:
                if stack.down_after is not None and stack.down_after <= 0:
                    self.close_connection = True
                    return
                status, answer, etag = self._dispatch(body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(content)

        def _dispatch(self, body: Any) -> tuple[int, Any, str | None]:
            url = urlsplit(self.path)
            path = unquote(url.path)
            if path == "/":
                return *stack.sign_in(body), None
            stack.requests.append((self.command, path))
            if path == "/search":
                return stack.search(parse_qs(url.query))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            if not token.startswith("token-") or token in stack.refused_tokens:
                return 401, {"message": "Unauthorized"}, None
            if stack.faults:
                return stack.faults.pop(0), {"title": "Fault"}, None
            if self.command == "GET":
                return stack.get(path)
            if stack.down_after is not None:
                stack.down_after -= 1
            if path == "/admin/product-changes":
                return stack.change(body)
            if self.command == "POST":
                return stack.put_rows(path.removeprefix("/admin/"), body["rows"])
            return stack.put(path, body, self.headers.get("If-Match"))

    return Handler
