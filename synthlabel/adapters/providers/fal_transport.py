"""HTTP to fal through its own client, with two changes: one POST stays one POST, and another server may stand in.

fal-client 1.0.3 repeats a submission up to ten times on time-outs, dropped connections, 408, 409, 429 and some 5xx.
The provider has no idempotency key, so each repetition may be a second paid job. The client repeats only on errors
of httpx and of its own: exceptions of another family leave its loop at once.
"""

import ssl
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

import fal_client
import httpx
from fal_client.auth import AuthCredentials
from fal_client.client import (
    USER_AGENT,
    AsyncCDNTokenManager,
    CDNToken,
    _raise_for_status,  # pyright: ignore[reportPrivateUsage]
)

ORIGINS = {
    "queue.fal.run": "/queue",
    "fal.run": "/run",
    "rest.fal.ai": "/rest",
    "api.fal.ai": "/api",
    "v3.fal.media": "/cdn",
}
"""fal's hosts, and the prefixes under which a fal-compatible server offers the same."""

CONNECT_TIMEOUT_S = 10.0
TOO_MANY_REQUESTS = 429
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_AMBIGUOUS_STATUS = frozenset({408, 409, 499})


class NotAcceptedError(Exception):
    """Nothing was queued: the request never left, or was turned away with 429."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class AmbiguousAnswerError(Exception):
    """The request went out, and whether it was accepted is not known."""


class Redirected(httpx.AsyncBaseTransport):
    """Sends requests for fal's hosts to ``base_url`` instead; everything as it is with None."""

    def __init__(self, base_url: str | None, inner: httpx.AsyncBaseTransport) -> None:
        self._base = None if base_url is None else httpx.URL(base_url)
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        prefix = ORIGINS.get(request.url.host)
        if self._base is not None and prefix is not None:
            path = self._base.path.rstrip("/") + prefix
            request.url = request.url.copy_with(
                scheme=self._base.scheme,
                host=self._base.host,
                port=self._base.port,
                raw_path=path.encode() + request.url.raw_path,
            )
            request.headers["host"] = request.url.netloc.decode()
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class OneShot(httpx.AsyncBaseTransport):
    """Lets each POST out once, and turns every doubtful ending into an error that nobody retries."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return await self._inner.handle_async_request(request)
        try:
            response = await self._inner.handle_async_request(request)
            await response.aread()  # a body that breaks off is as doubtful as none
        except _NOTHING_SENT as error:
            raise NotAcceptedError(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise AmbiguousAnswerError(type(error).__name__) from error
        if response.status_code == TOO_MANY_REQUESTS:
            raise NotAcceptedError("429", retry_after_s=_retry_after_s(response))
        if response.status_code in _AMBIGUOUS_STATUS or response.status_code >= 500 or response.is_redirect:
            raise AmbiguousAnswerError(str(response.status_code))
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def _retry_after_s(response: httpx.Response) -> float | None:
    try:
        return float(response.headers["retry-after"])
    except (KeyError, ValueError):
        return None


@cache
def tls() -> ssl.SSLContext:
    """Whom we believe, read once: the file of authorities takes 20 ms each time."""
    return httpx.create_ssl_context()


class FalHttpClient(fal_client.AsyncClient):
    """fal's client over our transport. Give it an explicit key, so that none from the environment leaks in."""

    def __init__(self, *, key: str, base_url: str | None, one_shot: bool, timeout_s: float) -> None:
        super().__init__(key=key, default_timeout=timeout_s)
        self._base_url = base_url
        transport: httpx.AsyncBaseTransport = Redirected(base_url, httpx.AsyncHTTPTransport(verify=tls(), retries=0))
        self.http = httpx.AsyncClient(
            transport=OneShot(transport) if one_shot else transport,
            timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
            headers={"Authorization": f"Key {key}", "User-Agent": USER_AGENT},
            trust_env=False,
        )

        self._tokens = _Tokens(self.http, AuthCredentials("Key", key))

    @property
    def _client(self) -> "_Ready[httpx.AsyncClient]":  # pyright: ignore[reportIncompatibleVariableOverride]
        return _Ready(self.http)

    @property
    def _token_manager(self) -> "_Ready[AsyncCDNTokenManager]":  # pyright: ignore[reportIncompatibleVariableOverride]
        return _Ready(self._tokens)

    @asynccontextmanager
    async def _cdn_client(self) -> AsyncGenerator[httpx.AsyncClient, None]:
        """For files: without our key, which fal's client would send along from ``http``."""
        transport = Redirected(self._base_url, httpx.AsyncHTTPTransport(verify=tls(), retries=0))
        headers = {"User-Agent": USER_AGENT}
        async with httpx.AsyncClient(
            transport=transport, timeout=self.default_timeout, headers=headers, trust_env=False
        ) as client:
            yield client


class _Tokens(AsyncCDNTokenManager):
    """fal's own makes an HTTP client for each token, which would go to fal whatever server stands in."""

    def __init__(self, http: httpx.AsyncClient, auth: AuthCredentials) -> None:
        super().__init__(auth)
        self._http = http

    async def _refresh_token(self) -> CDNToken:
        response = await self._http.post(self._url, headers=self._headers, json={})
        _raise_for_status(response)  # the client's own errors: a key that is not accepted is told from a fault
        data = response.json()
        expires_at = datetime.fromisoformat(data["expires_at"])
        return CDNToken(data["token"], data["token_type"], data["base_url"], expires_at)


T = TypeVar("T")


class _Ready(Generic[T]):
    """A value that can be awaited any number of times: fal's client awaits its parts at each use."""

    def __init__(self, value: T) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, T]:
        return self._value
        yield  # makes this a generator, which is what awaiting takes
