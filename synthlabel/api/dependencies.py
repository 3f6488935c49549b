"""What routes are handed: the services, and the person who is calling."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from synthlabel.domain.account import Actor
from synthlabel.errors import ForbiddenError, NotSignedInError
from synthlabel.services.accounts import session_token_in
from synthlabel.services.registry import Services
from synthlabel.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", bearerFormat="JWT", description="From `POST /auth/token`; good for an hour."
)
# Only for the document: the cookie's real name depends on the settings.
_cookie = APIKeyCookie(
    name="synthlabel_session",
    auto_error=False,
    scheme_name="session",
    description="Set by `POST /auth/sign-in`. Writes need an `Origin` header that is ours. "
    "Behind HTTPS the name has the prefix `__Host-`.",
)

CurrentToken = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


async def services_of(request: Request) -> Services:
    return request.app.state.services()


CurrentServices = Annotated[Services, Depends(services_of)]


async def current_actor(
    request: Request,
    services: CurrentServices,
    bearer: CurrentToken,
    _documented: Annotated[str | None, Security(_cookie)],
) -> Actor:
    """Return who is calling: by access token, else by session cookie.

    Raises NotSignedInError; ForbiddenError if a page that is not ours tries to write with a person's cookie.
    """
    if bearer is not None:
        return await services.accounts.actor_for_token(bearer.credentials)
    token = session_token(request, services.settings)
    if token is None:
        raise NotSignedInError("Sign in first.")
    require_own_origin(request, services.settings)
    actor = await services.accounts.actor_for_session(token)
    if actor is None:
        raise NotSignedInError("Your session has ended. Sign in again.")
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def still_signed_in(
    request: Request, services: CurrentServices, bearer: CurrentToken
) -> Callable[[], Awaitable[bool]]:
    """Return a question for answers that take long: is the caller, who was signed in at first, still so?"""

    async def ask() -> bool:
        try:
            await current_actor(request, services, bearer, None)
        except NotSignedInError:
            return False
        return True

    return ask


StillSignedIn = Annotated[Callable[[], Awaitable[bool]], Depends(still_signed_in)]


def session_token(request: Request, settings: Settings) -> str | None:
    """Return the token in the session cookie."""
    return session_token_in("; ".join(request.headers.getlist("cookie")), name=settings.session_cookie_name)


def require_own_origin(request: Request, settings: Settings) -> None:
    """Refuse a write that a browser sends from somebody else's page. Raises ForbiddenError."""
    if request.method not in SAFE_METHODS and request.headers.get("origin") not in own_origins(settings):
        text = "This request came from a page of another site, so it was refused."
        raise ForbiddenError(text, code="foreign_origin")


def own_origins(settings: Settings) -> frozenset[str]:
    """Return the origins of our pages and of the API's own documentation page."""
    parts = urlsplit(settings.api_url)
    api = {f"{parts.scheme}://{parts.netloc}"}
    if settings.public_url is None:
        api.add(f"http://127.0.0.1:{settings.backend_port}")
    return frozenset({*settings.allowed_origins, *api})


def client_address(request: Request, settings: Settings) -> str:
    """Return the caller's address. ``X-Forwarded-For`` counts only as far as our own proxies have written it."""
    hops = settings.trusted_proxy_hops
    forwarded = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    if 0 < hops <= len(forwarded):
        return forwarded[-hops]
    return request.client.host if request.client is not None else ""


def is_private_call(request: Request) -> bool:
    """True if the caller is on this machine or its private network, and no proxy stands in between."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_private
    except ValueError:
        return False
