"""The web backend as one process."""

import os

import uvicorn

from synthlabel.settings import Settings

GRACE_S = 5


def serve(settings: Settings) -> None:
    """Serve the event socket and the API until SIGTERM. The pages must have been built: it compiles nothing."""
    if settings.database_url is not None:
        os.environ["DATABASE_URL"] = settings.database_url
    os.environ["SYNTHLABEL_ROLE"] = "backend"
    os.environ["REFLEX_ENV_MODE"] = "prod"
    uvicorn.run(
        "synthlabel.synthlabel:asgi",
        factory=True,
        host=settings.host,
        port=settings.backend_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        # The address of the client is what the trusted proxies say, and nobody else
        proxy_headers=False,
    )
