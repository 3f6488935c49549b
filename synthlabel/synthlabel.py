"""The web entry point: services, API, pages, guard and news, wired together. Nothing else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import reflex as rx
from reflex.environment import environment
from starlette.types import ASGIApp

from synthlabel.api.app import create_api
from synthlabel.bootstrap import running
from synthlabel.logs import configure_logging
from synthlabel.services.registry import get_services, install
from synthlabel.settings import Settings
from synthlabel.ui import access, live
from synthlabel.ui.components.js.kept import early
from synthlabel.ui.components.js.shell import Fonts
from synthlabel.ui.errors import on_backend_error, on_frontend_error
from synthlabel.ui.guard import Guard
from synthlabel.ui.routes import add_pages

settings = Settings.load()
configure_logging(level=settings.log_level, format=settings.log_format)


@asynccontextmanager
async def serving(app: rx.App) -> AsyncGenerator[None, None]:
    """Build the services for as long as this process serves, and push news. Building the pages needs neither."""
    async with running(settings) as services:
        install(services)
        news = asyncio.create_task(live.run(app))
        try:
            yield
        finally:
            news.cancel()
            with suppress(asyncio.CancelledError):
                await news


app = rx.App(
    api_transformer=create_api(get_services),
    stylesheets=["theme.css"],
    html_lang="en",
    head_components=[
        early(),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="color-scheme", content="dark light"),
    ],
    toaster=None,  # the messages are our own: Reflex's need a browser that evaluates text
    app_wraps={(1, "Fonts"): lambda _stateful: Fonts.create()},
    backend_exception_handler=on_backend_error,
    frontend_exception_handler=on_frontend_error,
)
app.add_middleware(Guard(public=access.PUBLIC, signed_in=access.SIGNED_IN, entrance=access.ENTRANCE))
app.register_lifespan_task(serving)
add_pages(app)


def asgi() -> ASGIApp:
    """Return the backend as one ASGI application: ``uvicorn --factory synthlabel.synthlabel:asgi``.

    The pages have been built before; building them is what ``app()`` would do first, into the build that is served.
    """
    environment.REFLEX_SKIP_COMPILE.set(True)
    return app()
