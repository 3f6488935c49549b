"""What a POST of a request meets before it is accepted, and with which terms it is."""

import json
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.responses import Response

from synthlabel.sandbox.catalogue import endpoints
from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.replies import ANONYMOUS, Refusal
from synthlabel.sandbox.routes.access import LOCKED
from synthlabel.sandbox.validation import InvalidInputError, detail, validate

_LIFECYCLE = ("x-fal-object-lifecycle-preference", "x-fal-object-lifecycle")


async def submitted(sandbox: Sandbox, request: Request, endpoint: str, *, webhook_url: str | None = None) -> Job:
    """Accept the request or raise Refusal. Every call counts as a post, whatever comes of it."""
    sandbox.posts += 1
    try:
        return await _submitted(sandbox, request, endpoint, webhook_url)
    except Refusal as refusal:
        sandbox.refused[str(refusal.status)] += 1
        raise


async def _submitted(sandbox: Sandbox, request: Request, endpoint: str, webhook_url: str | None) -> Job:
    if endpoint not in endpoints():
        raise Refusal(404, f"Application '{endpoint}' not found")
    arguments = await _arguments(request)
    faults = sandbox.faults.claim_for_request(endpoint, str(arguments.get("prompt", "")))
    _refuse_by_fault(faults, endpoint, arguments)
    return await sandbox.accept(
        endpoint,
        arguments,
        faults=faults,
        webhook_url=webhook_url,
        expires_after_s=expires_after_s(request),
        low_priority=request.headers.get("x-fal-queue-priority") == "low",
        keeps_payloads=request.headers.get("x-fal-store-io") != "0",
    )


def expires_after_s(request: Request) -> float | None:
    """The lifetime that a client asked for its files, None if it left that to the server."""
    for name in _LIFECYCLE:
        try:
            preference = json.loads(request.headers.get(name, "null"))
            return float(preference["expiration_duration_seconds"])
        except (ValueError, KeyError, TypeError):
            continue
    return None


async def _arguments(request: Request) -> Json:
    try:
        body: Any = json.loads(await request.body(), parse_constant=_refuse_constant)
        # Half a surrogate pair parses, but cannot be sent back.
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError as error:
        raise Refusal(422, [detail((), f"JSON decode error: {error}", "json_invalid")]) from None
    if not isinstance(body, dict):
        message = "Input should be a valid dictionary or object"
        raise Refusal(422, [detail((), message, "dict_type", given=body)])
    return cast("Json", body)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _refuse_by_fault(faults: dict[str, str], endpoint: str, arguments: Json) -> None:
    if "refuse-submit-429" in faults:
        raise Refusal(429, "Rate limit exceeded.", headers={"retry-after": "1"})
    if "submit-500" in faults:
        raise Refusal(500, "Internal Server Error", error_type="internal_error")
    if "submit-503-nginx" in faults:
        raise ProxyDown
    if "submit-504" in faults:
        headers = {"x-fal-request-timeout-type": "user"}
        raise Refusal(504, "Request timed out before it started.", error_type="request_timeout", headers=headers)
    if "locked" in faults:
        raise Refusal(403, LOCKED)
    if "submit-422" in faults:
        raise Refusal(422, _problems(endpoint, arguments), headers={"x-fal-retryable": "false"})


def _problems(endpoint: str, arguments: Json) -> list[Json]:
    try:
        validate(endpoints()[endpoint], arguments)
    except InvalidInputError as error:
        return error.details
    message = "Input should be greater than or equal to 1"
    return [detail(("num_images",), message, "greater_than_equal", given=0, ctx={"ge": 1})]


class ProxyDown(Refusal):
    """A proxy in front of fal answers in its place."""

    def __init__(self) -> None:
        super().__init__(503, "Service Temporarily Unavailable")


async def render_proxy_down(request: Request, error: Exception) -> Response:
    page = (
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
        "<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return HTMLResponse(page, status_code=503, headers={ANONYMOUS: "1"})


def garbage() -> Response:
    """200 with something that is no JSON."""
    return PlainTextResponse('{"request_id": "', media_type="application/json")
