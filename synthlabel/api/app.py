"""The API as an ASGI application, in front of which the pages are mounted."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi_offline import FastAPIOffline
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import compile_path
from starlette_compress import CompressMiddleware

from synthlabel.api.problems import Problem, install_problems, problems
from synthlabel.api.routers import (
    activity,
    auth,
    batches,
    boards,
    catalog,
    curation,
    downloads,
    files,
    generations,
    health,
    image_boards,
    image_files,
    images,
    loras,
    me,
    metrics,
    presets,
    prompts,
    recipes,
    shares,
    tools,
    uploads,
    webhooks,
)
from synthlabel.api.routers.health import Readings
from synthlabel.api.routers.metrics import Gauges
from synthlabel.api.traffic import METHODS, Figures, Traffic
from synthlabel.services.registry import Services

PREFIX = "/api/v1"
MAX_BODY_BYTES = 1024 * 1024

_DESCRIPTION = """
Ask for images, follow them, keep them. What the pages can do, this can do as well.

Get a token from `POST /api/v1/auth/token` and send it as `Authorization: Bearer …`. Money is a decimal string in US
dollars, times are RFC 3339 in UTC, ids are opaque. Errors are problem documents (RFC 9457) with a stable `code`; what
belongs to somebody else is not found. Lists are paged: pass `next_cursor` as `cursor`.
"""


def create_api(services: Callable[[], Services], *, cors_origins: Sequence[str] = ()) -> FastAPI:
    """Build the API. ``services`` is called for each request, so they may be built later.

    ``cors_origins`` is for running the API alone: Reflex adds its own CORS headers to what it mounts.
    """
    # Its own pages for the documents: FastAPI's load their scripts from elsewhere
    app = FastAPIOffline(
        "/api/docs",
        None,
        title="SynthLabel",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        swagger_ui_oauth2_redirect_url="/api/docs/oauth2-redirect",
        static_url="/api/docs/static",
        redirect_slashes=False,
    )
    registry = CollectorRegistry()
    app.state.services = services
    app.state.metrics = registry
    app.state.gauges = Gauges(registry)
    app.state.readings = Readings()
    templates: dict[object, str] = {}
    app.add_middleware(Traffic, figures=Figures(registry), templates=templates)
    app.add_middleware(CompressMiddleware)  # by content type: images and zips pass as they are
    if cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Location", "Retry-After"],
        )
    install_problems(app)
    _include_routes(app)
    templates.update({route.endpoint: route.path or "" for route in iter_route_contexts(app.routes)})
    _answer_unknown_paths(app)
    _describe_problems(app)
    return app


def _include_routes(app: FastAPI) -> None:
    # All but health and files ask the database, if only for who is calling: hence the 503.
    app.include_router(health.router)
    app.include_router(files.router, prefix=PREFIX, responses=problems(422), max_body_size=MAX_BODY_BYTES)
    for router in (metrics.router, auth.well_known):
        app.include_router(router, responses=problems(503))
    for router in (auth.router, webhooks.router, shares.public):
        app.include_router(router, prefix=PREFIX, responses=problems(422, 503), max_body_size=MAX_BODY_BYTES)
    for router in (
        me.router,
        catalog.router,
        activity.router,  # before the others: they take any word for an id
        batches.router,
        generations.router,
        curation.actions,
        images.router,
        image_boards.router,
        loras.router,
        tools.router,
        image_files.router,
        downloads.of_images,
        downloads.router,
        curation.tags,
        boards.router,
        presets.router,
        prompts.router,
        recipes.router,
        shares.router,
        uploads.router,
    ):
        app.include_router(router, prefix=PREFIX, responses=problems(401, 403, 422, 503), max_body_size=MAX_BODY_BYTES)


def _answer_unknown_paths(app: FastAPI) -> None:
    """Answer unknown addresses below ``/api`` in the API's own form; all others belong to the pages."""
    known = [(compile_path(route.path or "")[0], route.methods or set()) for route in iter_route_contexts(app.routes)]

    @app.api_route("/api/{path:path}", methods=list(METHODS), include_in_schema=False)
    async def nothing_here(request: Request) -> None:
        allowed = {method for pattern, methods in known if pattern.match(request.url.path) for method in methods}
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _describe_problems(app: FastAPI) -> None:
    """Add the schema that ``problems()`` refers to to the OpenAPI document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas["Problem"] = schema
            _describe_unreadable_bodies(document)
        return document

    app.openapi = openapi


def _describe_unreadable_bodies(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            if "requestBody" in operation:
                operation["responses"].update({str(status): about for status, about in problems(400, 413).items()})
