"""What every answer of ours has in common: headers, figures, and a text for the unexpected."""

import time
import uuid
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from synthlabel.api.problems import problem_response
from synthlabel.logs import get_logger

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OUR_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/.well-known/")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Somebody else's shared cache must not keep what a person sees; routes that know better say so themselves.
    "Cache-Control": "no-store",
}

log = get_logger(__name__)


class Figures:
    """Requests and how long their answers took to begin, by route: never by path, which has ids in it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "synthlabel_http_requests_total", "Answered requests.", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "synthlabel_http_request_seconds",
            "Time to the answer's first byte.",
            ["method", "route"],
            registry=registry,
        )


class Traffic:
    """ASGI middleware for our own paths; whatever is mounted behind the API passes untouched.

    ``templates`` gives the path of a route by its endpoint, such as ``/api/v1/images/{image_id}``.
    """

    def __init__(self, app: ASGIApp, figures: Figures, templates: Mapping[object, str]) -> None:
        self._app = app
        self._figures = figures
        self._templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OUR_PATHS):
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()
        begun = replaced = False

        async def answer(message: Message) -> None:
            nonlocal begun, replaced
            if replaced:
                return
            if _is_plain_refusal(message):
                # The framework's limit on bodies answers by itself, in plain text.
                await problem_response(413, "The body is too large.", code="too_large")(scope, receive, answer)
                replaced = True
                return
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(message)
                self._count(scope, message["status"], took_s=time.perf_counter() - started_at)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            error_id = uuid.uuid4().hex[:12]
            log.exception("unexpected error", error_id=error_id, method=scope["method"], route=self._route(scope))
            if begun:
                raise
            text = f"Something went wrong on our side. Try again; if it happens again, report {error_id}."
            response = problem_response(500, text, code="internal_error", retryable=True, error_id=error_id)
            await response(scope, receive, answer)

    def _count(self, scope: Scope, status: int, *, took_s: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._figures.requests.labels(method, self._route(scope), str(status)).inc()
        self._figures.seconds.labels(method, self._route(scope)).observe(took_s)

    def _route(self, scope: Scope) -> str:
        return self._templates.get(scope.get("endpoint"), "none")


def _is_plain_refusal(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/plain")


def _add_headers(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
