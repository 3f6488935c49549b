"""Replies that are refusals, and what they look like on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "x-fal-request-id"
ANONYMOUS = "x-sandbox-anonymous"
"""Set on a reply that must look as if fal never saw the request; it is removed before sending."""


class Refusal(Exception):  # noqa: N818 - a reply, not a fault of the program
    """Ends a request with ``status`` and a ``{"detail": …}`` body, or ``body`` where that is given."""

    def __init__(
        self,
        status: int,
        detail: str | Sequence[Mapping[str, Any]],
        *,
        error_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.status = status
        self.body: dict[str, Any] = {"detail": detail}
        self.headers = dict(headers or {})
        if error_type is not None:
            self.body["error_type"] = error_type
            self.headers["x-fal-error-type"] = error_type


async def render_refusal(request: Request, error: Exception) -> Response:
    """Exception handler: fal's queue hosts and its platform API word the same refusal differently."""
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class only
    body = error.body
    if request.url.path.startswith("/api/v1"):
        kind = {401: "authorization_error", 404: "not_found"}.get(error.status, "validation_error")
        body = {"error": {"type": kind, "message": str(error), "docs_url": None, "request_id": None}}
    return JSONResponse(body, status_code=error.status, headers=error.headers)


class CutConnection(Response):
    """Closes the TCP connection without a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class TruncatedFile(Response):
    """Announces all of ``content``, sends half of it, and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        # close() flushes what is written first, abort() would not.
        scope["state"]["transport"].close()
        while (await receive())["type"] != "http.disconnect":
            pass


class Envelope:
    """ASGI middleware: accepts trailing slashes and puts a request id on every reply, as fal does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _identified(list(message.get("headers", [])))
            await send(message)

        if scope["path"] != "/":
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self.app(scope, receive, send_with_id)


def _identified(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in headers}
    if ANONYMOUS.encode() in names:
        return [(name, value) for name, value in headers if name.lower() != ANONYMOUS.encode()]
    if REQUEST_ID.encode() in names:
        return headers
    return [*headers, (REQUEST_ID.encode(), str(uuid4()).encode())]
