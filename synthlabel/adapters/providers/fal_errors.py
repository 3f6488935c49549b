"""fal's errors in our words: the one place where they are mapped.

Shapes of the answers: fal's error reference, read in 2026-11. There are two, and neither is universal:
``{"detail": text, "error_type": x}`` from the infrastructure, ``{"detail": [{loc, msg, type, …}]}`` from a model.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from fal_client import FalClientHTTPError

from synthlabel.errors import FieldError, ProviderError, ProviderRefusedError, ProviderUnavailableError

MOST_UNITS = 1e6
_POLICY = {"content_policy_violation"}
_TEMPORARY_TYPES = {
    "generation_timeout",
    "downstream_service_error",
    "downstream_service_unavailable",
    "internal_server_error",
}
_OUR_FIELDS = {
    "image_size": "width",
    "num_images": "count",
    "aspect_ratio": "width",
    "image_url": "source_image_ids",
    "image_urls": "source_image_ids",
}
_COMMON_FIELDS = {"prompt", "seed", "negative_prompt", "loras", "width", "count", "source_image_ids"}


def refused(error: FalClientHTTPError) -> ProviderRefusedError:
    """Map a definite no: of a submission, or of the result of a finished request."""
    mapped = _refused(error)
    mapped.billable_units = billable_units(error.response_headers)
    return mapped


def billable_units(headers: Mapping[str, str]) -> float | None:
    """Return what an answer says is billed, in the model's own unit; None if it does not say."""
    try:
        value = float(headers.get("x-fal-billable-units") or "")
    except ValueError:
        return None
    return value if 0 <= value < MOST_UNITS else None


def clean(text: str) -> str:
    """Drop what PostgreSQL cannot store: NUL and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _refused(error: FalClientHTTPError) -> ProviderRefusedError:
    status, detail = error.status_code, _detail_text(error)
    if status == 401:
        return ProviderRefusedError(
            "The provider does not accept the configured key. Check FAL_KEY.", code="provider_key", detail=detail
        )
    if status == 403:
        return _forbidden(detail)
    if status == 404:
        return ProviderRefusedError(
            "The provider does not know this request or model.", code="provider_lost", detail=detail
        )
    if error.error_type in ("client_cancelled", "client_disconnected"):
        return ProviderRefusedError("Cancelled at the provider.", code="provider_cancelled", detail=detail)
    entries = _entries(error)
    if entries:
        return _model_error(entries, detail, status)
    if status >= 500:
        message = "The provider had a fault while making the image. Failures of its own are not billed."
        return ProviderRefusedError(message, code="provider_failed", retryable=True, detail=detail)
    return ProviderRefusedError("The provider refused the request.", code="provider_refused", detail=detail)


def of_reading(error: Exception) -> ProviderError:
    """Map what went wrong while reading a status or a result. Only a definite answer counts as a no."""
    if isinstance(error, FalClientHTTPError) and _is_definite(error):
        return refused(error)
    reason = f"{error.status_code}" if isinstance(error, FalClientHTTPError) else type(error).__name__
    return ProviderUnavailableError(f"The provider can't be reached now ({reason}).")


def _is_definite(error: FalClientHTTPError) -> bool:
    """A proxy's 5xx says nothing of the request; the provider's own carries its mark.

    Neither does a key that is no longer accepted (401, 403): the images may be there. A plain 400 says "not ready
    yet", one with the marks of an error is one.
    """
    if error.status_code in (401, 403, 408, 409, 429):
        return False
    if error.status_code == 400:
        return bool(error.error_type or _entries(error))
    return error.status_code < 500 or bool(error.error_type) or "x-fal-request-id" in error.response_headers


def _forbidden(detail: str) -> ProviderRefusedError:
    if "balance" in detail.lower() or "locked" in detail.lower():
        message = "The provider account is out of credit. Nothing was made or billed. Top it up, then retry."
        return ProviderRefusedError(message, code="provider_balance", retryable=True, detail=detail)
    return ProviderRefusedError(
        "The configured provider key may not use this model.", code="provider_forbidden", detail=detail
    )


def _model_error(entries: list[dict[str, Any]], detail: str, status: int) -> ProviderRefusedError:
    kinds = {str(entry.get("type", "")) for entry in entries}
    if kinds & _POLICY:
        message = "The provider's content policy does not allow this. Change the prompt and try again."
        return ProviderRefusedError(message, code="content_policy", detail=detail)
    if kinds & _TEMPORARY_TYPES or status >= 500:
        message = "The provider had a fault while making the image. Failures of its own are not billed."
        return ProviderRefusedError(message, code="provider_failed", retryable=True, detail=detail)
    fields = tuple(FieldError(_field(entry), clean(str(entry.get("msg", "not accepted")))) for entry in entries)
    said = "; ".join(f"{item.field}: {item.message}" for item in fields)
    return ProviderRefusedError(
        f"The provider did not accept the input. {said}", code="provider_invalid_input", errors=fields, detail=detail
    )


def _field(entry: dict[str, Any]) -> str:
    loc = entry.get("loc")
    parts = [str(part) for part in cast("list[Any]", loc)[1:]] if isinstance(loc, list) else []
    if not parts:
        return "request"
    name = _OUR_FIELDS.get(parts[0], parts[0])
    return name if name in _COMMON_FIELDS else clean(f"params.{name}"[:200])


def _entries(error: FalClientHTTPError) -> list[dict[str, Any]]:
    message: Any = error.message
    if not isinstance(message, list):
        return []
    return [cast("dict[str, Any]", entry) for entry in cast("list[Any]", message) if isinstance(entry, dict)]


def _detail_text(error: FalClientHTTPError) -> str:
    message: Any = error.message
    return clean(message if isinstance(message, str) else json.dumps(message, ensure_ascii=False))[:4000]
