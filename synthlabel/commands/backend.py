"""The web backend as one process."""

import os

import uvicorn

from synthlabel.settings import Settings

GRACE_S = 5


def serve(settings: Settings) -> None:
    """Serve the event socket and the API until SIGTERM. The pages must have been built: it compiles nothing.

    Raises ConfigurationError.
    """
    # Asked for here, where what is wrong can be said in one line.
    os.environ["DATABASE_URL"] = settings.required_database_url
    _ = settings.secret_value
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
