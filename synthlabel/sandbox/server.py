"""The sandbox as a web application, and a way to run it.

One process and one base URL; each of fal's origins has a path of its own: ``/queue``, ``/run``, ``/rest``, ``/cdn``,
``/api/v1`` and ``/site``. What can be made to go wrong is listed in :mod:`synthlabel.sandbox.faults`.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Json
from synthlabel.sandbox.options import SandboxOptions
from synthlabel.sandbox.replies import Envelope, Refusal, render_refusal
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.admin import admin_router
from synthlabel.sandbox.routes.cdn import cdn_router
from synthlabel.sandbox.routes.platform import platform_router, site_router
from synthlabel.sandbox.routes.queue import queue_router
from synthlabel.sandbox.routes.rest import rest_router
from synthlabel.sandbox.routes.run import run_router
from synthlabel.sandbox.routes.submission import ProxyDown, render_proxy_down

__all__ = ["SandboxOptions", "create_app", "serve"]

_GRACE_S = 2
_SWITCH_S = 0.001


def create_app(options: SandboxOptions) -> FastAPI:
    """Build the application. One process at a time may use ``options.data_dir``.

    The faults that cut a connection need the protocol class that :func:`serve` installs.
    """
    sandbox = Sandbox(options)
    access = Access(sandbox)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await sandbox.start()
        try:
            yield
        finally:
            await sandbox.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.add_middleware(Envelope)
    app.add_exception_handler(Refusal, render_refusal)
    app.add_exception_handler(ProxyDown, render_proxy_down)
    for router in (
        queue_router(sandbox, access),
        run_router(sandbox, access),
        rest_router(sandbox, access),
        cdn_router(sandbox, access),
        platform_router(sandbox, access),
        site_router(),
        admin_router(sandbox),
    ):
        app.include_router(router)

    @app.get("/health")
    async def health() -> Json:
        return {"status": "ok"}

    return app


def serve(options: SandboxOptions, *, host: str = "127.0.0.1", port: int) -> None:
    """Serve until SIGINT or SIGTERM; SIGTERM ends in SystemExit(0), a taken port in SystemExit(1).

    Call it in the main thread of a process of its own.
    """
    # uvicorn hands a signal on when it has stopped; by default that would end the process by the signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Threads that draw give way to the event loop sooner, so that status replies stay quick.
    sys.setswitchinterval(_SWITCH_S)
    uvicorn.run(
        create_app(options),
        host=host,
        port=port,
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )


class CuttableProtocol(H11Protocol):
    """HTTP whose requests can reach their connection, as ``scope["state"]["transport"]``, to close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
