"""Errors as problem documents (RFC 9457, ``application/problem+json``)."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from synthlabel.api.validation import field_errors
from synthlabel.errors import FieldError, InvalidInputError, ProviderRefusedError, SynthLabelError, ThrottledError

MEDIA_TYPE = "application/problem+json"


class ProblemField(BaseModel):
    field: str = Field(description="A dotted path, such as `params.guidance_scale`.")
    message: str


class Problem(BaseModel):
    """What went wrong, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, for people.")
    code: str = Field(description="Stable and machine-readable.")
    retryable: bool = Field(description="Whether the same request may succeed later.")
    errors: list[ProblemField] | None = Field(None, description="Which fields are wrong, with 422.")
    retry_after_s: int | None = Field(None, description="When to come back, with 429.")
    error_id: str | None = Field(None, description="Under which id to look in the logs, with 500.")


def problem_response(
    status: int,
    detail: str,
    *,
    code: str,
    retryable: bool = False,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
        **extra,
    }
    if errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in errors]
    # Texts quote what was sent, which may hold what UTF-8 cannot carry.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install_problems(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.exception_handler(SynthLabelError)(_on_own_error)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(HTTPException)(_on_http_error)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors that a route answers with, for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


async def _on_own_error(_request: Request, error: SynthLabelError) -> Response:
    errors = error.errors if isinstance(error, InvalidInputError | ProviderRefusedError) else ()
    headers: dict[str, str] = {}
    extra: dict[str, Any] = {}
    if isinstance(error, ThrottledError):
        headers["Retry-After"] = str(error.retry_after_s)
        extra["retry_after_s"] = error.retry_after_s
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(
        error.status,
        error.user_message,
        code=error.code,
        retryable=error.retryable,
        errors=errors,
        headers=headers,
        **extra,
    )


async def _on_invalid_request(request: Request, error: RequestValidationError) -> Response:
    if any(each["loc"][0] == "path" for each in error.errors()):
        # An address with a part that cannot be is one at which nothing is.
        return await _on_http_error(request, HTTPException(HTTPStatus.NOT_FOUND))
    invalid = InvalidInputError(*field_errors(error.errors()))
    return problem_response(invalid.status, invalid.user_message, code=invalid.code, errors=invalid.errors)


async def _on_http_error(_request: Request, error: HTTPException) -> Response:
    text, code = _HTTP_ERRORS.get(error.status_code, (str(error.detail), "http_error"))
    return problem_response(error.status_code, text, code=code, headers=error.headers)


_HTTP_ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("The body can't be read. Send JSON in UTF-8.", "unreadable_body"),
    404: ("There is nothing at this address.", "not_found"),
    405: ("This address does not take that method.", "method_not_allowed"),
    413: ("The body is too large.", "too_large"),
}
