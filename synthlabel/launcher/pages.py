"""An ASGI application that serves the exported pages."""

import os
import stat
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FALLBACK = "__spa-fallback.html"

_SECURITY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
_FOREVER = "public, max-age=31536000, immutable"


class Pages(StaticFiles):
    """Static files as a client-side router expects them.

    ``/gallery`` is ``gallery``, ``gallery.html`` or ``gallery/index.html``; any other path that could be a page
    gets the fallback with 200, and the router in the browser decides. A missing file under ``/assets/`` is 404.
    Gzipped twins are sent to those who accept them. ``StaticFiles`` keeps paths inside the directory and answers
    conditional requests.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        try:
            return super().lookup_path(path)
        except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
            return "", None

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return _refusal(405)
        gzip = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        for candidate in _candidates(path):
            full_path, found = await run_in_threadpool(self.lookup_path, candidate)
            if found is not None and stat.S_ISREG(found.st_mode):
                return await self._send(candidate, full_path, found, scope=scope, gzip=gzip)
        return _refusal(404)

    async def _send(self, path: str, full_path: str, found: os.stat_result, *, scope: Scope, gzip: bool) -> Response:
        twin_path, twin = await run_in_threadpool(self.lookup_path, f"{path}.gz") if gzip else ("", None)
        # The type is guessed from the name, in which ``.gz`` does not count.
        response = self.file_response(twin_path or full_path, twin or found, scope)
        if twin is not None:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _FOREVER if _is_immutable(path) else "no-cache"
        response.headers.update(_SECURITY)
        return response


def _refusal(status: int) -> Response:
    return PlainTextResponse(HTTPStatus(status).phrase, status_code=status, headers=_SECURITY)


def _candidates(path: str) -> Iterator[str]:
    yield path
    if not path.startswith("assets/"):
        yield f"{path}.html"
        yield f"{path}/index.html"
        yield FALLBACK


def _is_immutable(path: str) -> bool:
    """Names under ``assets/`` contain a hash of the content, except that the API's address is rewritten afterwards."""
    return path.startswith("assets/") and not path.startswith("assets/reflex-env-")
