"""Registering, signing in and out, tokens."""

from typing import Any

from fastapi import APIRouter, Request, Response

from synthlabel.api.answers import Token, User
from synthlabel.api.bodies import Credentials, Registration
from synthlabel.api.dependencies import (
    CurrentServices,
    CurrentToken,
    client_address,
    require_own_origin,
    session_token,
)
from synthlabel.api.problems import problems
from synthlabel.errors import NotSignedInError
from synthlabel.services.accounts import SESSION_LIFETIME
from synthlabel.services.registry import Services

router = APIRouter(prefix="/auth", tags=["auth"])
well_known = APIRouter(tags=["auth"])


@router.post("/register", status_code=201, responses=problems(403))
async def register(body: Registration, services: CurrentServices) -> User:
    """Create an account. The first one of an installation becomes its administrator's."""
    return User.of(await services.accounts.register(body.email, body.password, body.name))


@router.post("/token", responses=problems(401, 429))
async def issue_token(body: Credentials, request: Request, services: CurrentServices) -> Token:
    """Get a signed access token for programs, good for an hour."""
    client = client_address(request, services.settings)
    return Token.of(await services.accounts.issue_token(body.email, body.password, client=client))


@router.post("/sign-in", responses=problems(401, 403, 429))
async def sign_in(body: Credentials, request: Request, response: Response, services: CurrentServices) -> User:
    """Open a browser's session: sets an HttpOnly cookie. A session that the cookie held before ends."""
    if "origin" in request.headers:
        require_own_origin(request, services.settings)
    signed_in = await services.accounts.sign_in(
        body.email,
        body.password,
        client=client_address(request, services.settings),
        user_agent=request.headers.get("user-agent", ""),
    )
    if earlier := session_token(request, services.settings):
        await services.accounts.sign_out(earlier)
    max_age = int(SESSION_LIFETIME.total_seconds())
    response.set_cookie(value=signed_in.token, max_age=max_age, **_cookie(services))
    return User.of(signed_in.account)


@router.post("/sign-out", status_code=204, responses=problems(403))
async def sign_out(request: Request, response: Response, services: CurrentServices, bearer: CurrentToken) -> None:
    """End the session of the cookie, and of the access token if one is sent. Safe to repeat."""
    if bearer is not None:
        await _end_token(services, bearer.credentials)
    elif token := session_token(request, services.settings):
        require_own_origin(request, services.settings)
        await services.accounts.sign_out(token)
    response.delete_cookie(**_cookie(services))


@well_known.get("/.well-known/jwks.json")
async def jwks(response: Response, services: CurrentServices) -> dict[str, list[dict[str, str]]]:
    """The public keys with which access tokens can be checked (RFC 7517)."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return dict(await services.accounts.jwks())


async def _end_token(services: Services, token: str) -> None:
    try:
        actor = await services.accounts.actor_for_token(token)
    except NotSignedInError:
        return  # it has ended already
    await services.accounts.end_session(actor)


def _cookie(services: Services) -> dict[str, Any]:
    settings = services.settings
    return {
        "key": settings.session_cookie_name,
        "path": "/",
        "secure": settings.secure_cookies,
        "httponly": True,
        "samesite": "lax",
    }
