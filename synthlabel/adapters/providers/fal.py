"""fal.ai, and any server that speaks its protocol, through the real fal-client."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, cast

import fal_client
import httpx
from fal_client import FalClientError, FalClientHTTPError, StorageSettings
from fal_client.client import QUEUE_URL_FORMAT, _raise_for_status  # pyright: ignore[reportPrivateUsage]

from synthlabel.adapters.providers import fal_errors
from synthlabel.adapters.providers.fal_download import Downloader
from synthlabel.adapters.providers.fal_transport import AmbiguousAnswerError, FalHttpClient, NotAcceptedError
from synthlabel.errors import ProviderBusyError, SubmissionLostError
from synthlabel.ports import Output, OutputImage, Progress, Submission

READ_TIMEOUT_S = 12.0
UPLOAD_TIMEOUT_S = 60.0
SOURCE_LIFETIME: Final = "1d"
MAX_LISTING_PAGES = 20
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
PRICING_URL = "https://api.fal.ai/v1/models/pricing"
LISTING_URL = "https://api.fal.ai/v1/models/requests/by-endpoint"
LOST = (
    "The provider's answer was lost: it may have taken the request. It is not sent again by itself, since that could "
    "be paid twice. We keep looking for it."
)
_NOT_PUT_UP = "A source image can't be put up at the provider now. Nothing was sent; trying again."
_PASSING = frozenset({408, 409, 425, 429})
_READING_ERRORS = (FalClientHTTPError, httpx.HTTPError, KeyError, ValueError, TypeError, AttributeError, TimeoutError)
"""Everything that fal's client lets through: its own errors, httpx's, and what a malformed answer causes."""


class FalProvider:
    """Implements ``ports.ImageProvider``. Belongs to the event loop that first uses it."""

    def __init__(self, *, key: str, base_url: str | None, submit_timeout: timedelta) -> None:
        timeout_s = submit_timeout.total_seconds()
        self._base_url = base_url
        self._sender = FalHttpClient(key=key, base_url=base_url, one_shot=True, timeout_s=timeout_s)
        self._reader = FalHttpClient(key=key, base_url=base_url, one_shot=False, timeout_s=READ_TIMEOUT_S)
        self._submit_timeout_s = timeout_s
        self._downloader = Downloader(base_url)

    async def upload(self, data: bytes, *, content_type: str, filename: str) -> str:
        try:
            async with asyncio.timeout(UPLOAD_TIMEOUT_S):
                # Without the older way as a fallback: it sends our key to whatever address it is told
                address = await self._reader.upload(
                    data,
                    content_type,
                    filename,
                    fallback_repository=[],
                    lifecycle=StorageSettings(expires_in=SOURCE_LIFETIME),
                )
        except FalClientHTTPError as error:
            if 400 <= error.status_code < 500 and error.status_code not in _PASSING:
                raise fal_errors.refused(error) from error
            raise ProviderBusyError(_NOT_PUT_UP) from error
        except (*_READING_ERRORS, FalClientError) as error:
            raise ProviderBusyError(_NOT_PUT_UP) from error
        return address

    async def submit(self, endpoint: str, arguments: Mapping[str, Any], *, webhook_url: str | None) -> Submission:
        try:
            # httpx limits each read, not the whole answer: a slow drip must end as well
            async with asyncio.timeout(self._submit_timeout_s):
                handle = await self._sender.submit(endpoint, dict(arguments), webhook_url=webhook_url)
        except NotAcceptedError as error:
            message = "The provider is busy or can't be reached. Nothing was sent; trying again."
            raise ProviderBusyError(message, retry_after_s=error.retry_after_s) from error
        except FalClientHTTPError as error:
            raise fal_errors.refused(error) from error
        except (AmbiguousAnswerError, TimeoutError, KeyError, ValueError, TypeError) as error:
            raise _lost() from error
        return self._submission_from(endpoint, handle)

    def submission(self, endpoint: str, request_id: str) -> Submission:
        handle = fal_client.AsyncRequestHandle.from_request_id(self._reader.http, endpoint, request_id)
        return Submission(endpoint, request_id, handle.status_url, handle.response_url, handle.cancel_url)

    async def progress(self, submission: Submission) -> Progress:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                # The handle's own reader fails on every optional field that is absent.
                response = await self._reader.http.get(submission.status_url, params={"logs": "true"})
            _raise_for_status(response)
            return _progress(response.json())
        except _READING_ERRORS as error:
            raise fal_errors.of_reading(error) from error

    async def output(self, submission: Submission) -> Output:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                # The handle would poll first and hide the response's headers, which carry what is billed.
                response = await self._reader.http.get(submission.response_url)
            _raise_for_status(response)
            return _output(response)
        except _READING_ERRORS as error:
            raise fal_errors.of_reading(error) from error

    async def cancel(self, submission: Submission) -> Literal["requested", "too_late"]:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                await self._handle(submission).cancel()
        except FalClientHTTPError as error:
            if error.status_code in (400, 404):
                return "too_late"
            raise fal_errors.of_reading(error) from error
        except _READING_ERRORS as error:
            raise fal_errors.of_reading(error) from error
        return "requested"

    async def find(
        self, endpoint: str, arguments: Mapping[str, Any], *, since: datetime, until: datetime
    ) -> Sequence[Submission]:
        query = {
            "endpoint_id": endpoint,
            "start": since.astimezone(UTC).isoformat(),
            "end": until.astimezone(UTC).isoformat(),
            "expand": "payloads",
            "limit": "100",
        }
        found: list[str] = []
        try:
            for _ in range(MAX_LISTING_PAGES):
                async with asyncio.timeout(READ_TIMEOUT_S):
                    response = await self._reader.http.get(LISTING_URL, params=query)
                _raise_for_status(response)
                page = response.json()
                found += _matching(page, arguments)
                if not page.get("next_cursor"):
                    break
                query["cursor"] = str(page["next_cursor"])
        except _READING_ERRORS as error:
            raise fal_errors.of_reading(error) from error
        return [self.submission(endpoint, request_id) for request_id in found]

    async def download(self, url: str, *, max_bytes: int) -> bytes:
        return await self._downloader.get(url, max_bytes=max_bytes)

    async def check(self, endpoint: str) -> None:
        """Read a price with our key. Raises ProviderError. Safe to repeat, costs nothing."""
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                response = await self._reader.http.get(PRICING_URL, params={"endpoint_id": endpoint})
            _raise_for_status(response)
        except _READING_ERRORS as error:
            raise fal_errors.of_reading(error) from error

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        await self._sender.http.aclose()
        await self._reader.http.aclose()
        await self._downloader.close()

    def _submission_from(self, endpoint: str, handle: fal_client.AsyncRequestHandle) -> Submission:
        """Take the provider's own addresses, unless they lead elsewhere: our key travels to them."""
        if not _REQUEST_ID.fullmatch(str(handle.request_id)):
            raise SubmissionLostError(LOST)
        if not isinstance(cast("Any", handle.request_id), str) or not handle.request_id:
            raise _lost()
        given = (handle.status_url, handle.response_url, handle.cancel_url)
        trusted = f"{self._base_url}/queue/" if self._base_url else QUEUE_URL_FORMAT
        if all(isinstance(url, str) and url.startswith(trusted) for url in cast("tuple[Any, ...]", given)):
            return Submission(endpoint, handle.request_id, *given)
        return self.submission(endpoint, handle.request_id)

    def _handle(self, submission: Submission) -> fal_client.AsyncRequestHandle:
        return fal_client.AsyncRequestHandle(
            client=self._reader.http,
            request_id=submission.request_id,
            response_url=submission.response_url,
            status_url=submission.status_url,
            cancel_url=submission.cancel_url,
        )


def _lost() -> SubmissionLostError:
    return SubmissionLostError(
        "The provider's answer was lost: it may have taken the request. It is not sent again by itself, "
        "since that could be paid twice. We keep looking for it."
    )


def _progress(body: Any) -> Progress:
    log = tuple(str(entry.get("message", ""))[:500] for entry in body.get("logs") or ())
    match body["status"]:
        case "IN_QUEUE":
            position = body.get("queue_position")
            return Progress("queued", queue_position=position if isinstance(position, int) else None)
        case "IN_PROGRESS":
            return Progress("running", log=log)
        case "COMPLETED":
            return Progress("finished", log=log)
        case _:
            raise ValueError("the status is none that we know")


def _output(response: httpx.Response) -> Output:
    body = response.json()
    if not isinstance(body, dict):
        raise TypeError("the result is not an object")
    result = cast("dict[str, Any]", body)
    entries = cast("list[Any]", result.get("images") or ([result["image"]] if result.get("image") else []))
    flags = cast("list[Any]", result.get("has_nsfw_concepts") or [])
    images = tuple(
        OutputImage(url=str(entry["url"]), filtered=index < len(flags) and flags[index] is True)
        for index, entry in enumerate(entries)
    )
    seed = result.get("seed")
    return Output(
        images=images,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**63 else None,
        billable_units=fal_errors.billable_units(response.headers),
        raw=result,
        text=_text(result),
    )


def _text(result: dict[str, Any]) -> str | None:
    """Return what a caption model says: ``output`` of Moondream, ``results`` of Florence."""
    said = result.get("output", result.get("results"))
    return said if isinstance(said, str) else None


def _matching(body: Any, arguments: Mapping[str, Any]) -> list[str]:
    entries = cast("list[dict[str, Any]]", body.get("items") or body.get("requests") or [])
    return [str(entry["request_id"]) for entry in entries if _input(entry) == dict(arguments)]


def _input(entry: dict[str, Any]) -> Any:
    payloads = entry.get("payloads")
    inner = cast("dict[str, Any]", payloads) if isinstance(payloads, dict) else entry
    return inner.get("input") or inner.get("json_input")
