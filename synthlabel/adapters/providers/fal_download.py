"""Fetching output files: only from the provider's file hosts, never from an address inside our network.

The name is resolved once, every address of it is checked, and the connection goes to a checked one: a name that
changes its mind between check and use gains nothing. Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpcore

from synthlabel.adapters.providers.fal_transport import tls
from synthlabel.errors import ProviderRefusedError, ProviderUnavailableError

TIMEOUT_S = 120.0
SLOWEST_BYTES_PER_S = 512 * 1024
"""A large file may take longer."""
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
_GONE = frozenset({403, 404, 410})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a host name. Raises OSError."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_provider_host(host: str) -> bool:
    """True for fal's file hosts. Source: the addresses in fal's results and documentation."""
    return host == "fal.media" or host.endswith(".fal.media")


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolve = resolver
        self._inner: Any = httpcore.AnyIOBackend()  # typed as an empty stand-in by its package

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        check_addresses(addresses)
        return await self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("sockets in the file system are not for downloads")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def check_addresses(addresses: Iterable[str]) -> None:
    """Raise ProviderRefusedError unless all of them are public."""
    for text in addresses:
        address = _destination(ipaddress.ip_address(text.partition("%")[0]))
        if not address.is_global or address.is_multicast:
            raise _forbidden()


def _destination(address: IPAddress) -> IPAddress:
    """Return the IPv4 address inside an IPv6 one that only wraps it (mapped, 6to4, NAT64), else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


class Downloader:
    def __init__(self, base_url: str | None, *, resolver: Resolver = resolve) -> None:
        """``base_url``: a server that stands in for the provider; files from its origin are allowed as well."""
        self._origin = None if base_url is None else _origin(base_url)
        self._public = httpcore.AsyncConnectionPool(
            ssl_context=tls(), network_backend=GuardedNetwork(resolver), retries=1
        )
        self._stand_in = httpcore.AsyncConnectionPool(ssl_context=tls())

    async def get(self, url: str, *, max_bytes: int) -> bytes:
        """Return the whole file. Errors as ``ports.ImageProvider.download``."""
        pool = self._pool(url)
        try:
            async with asyncio.timeout(max(TIMEOUT_S, max_bytes / SLOWEST_BYTES_PER_S)):
                return await _read(pool, url, max_bytes=max_bytes)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError) as error:
            reason = type(error).__name__
            raise ProviderUnavailableError(f"An image did not arrive whole ({reason}); fetching it again.") from error

    def _pool(self, url: str) -> httpcore.AsyncConnectionPool:
        """Choose the way by which an address may be fetched. Raises ProviderRefusedError for a forbidden one."""
        try:
            parts = urlsplit(url)
            origin, host, port = _origin(url), parts.hostname or "", parts.port
        except ValueError:
            raise _forbidden() from None
        if parts.username is not None or parts.password is not None or not url.isascii():
            raise _forbidden()
        if self._origin is not None and origin == self._origin:
            return self._stand_in
        if parts.scheme == "https" and port in (None, 443) and is_provider_host(host):
            return self._public
        raise _forbidden()

    async def close(self) -> None:
        await self._public.aclose()
        await self._stand_in.aclose()


async def _read(pool: httpcore.AsyncConnectionPool, url: str, *, max_bytes: int) -> bytes:
    timeouts = {"connect": CONNECT_TIMEOUT_S, "read": READ_TIMEOUT_S, "pool": READ_TIMEOUT_S}
    body = bytearray()
    async with pool.stream("GET", url, headers={"Accept": "image/*"}, extensions={"timeout": timeouts}) as response:
        _check_status(response.status)
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > max_bytes:
                raise ProviderRefusedError("The provider sent a file that is too large.", code="bad_output")
    return bytes(body)


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in _GONE:
        raise ProviderRefusedError("The provider no longer has the image.", code="output_gone", retryable=True)
    if 300 <= status < 400:
        raise _forbidden()
    raise ProviderUnavailableError(f"An image can't be fetched now ({status}).")


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _forbidden() -> ProviderRefusedError:
    return ProviderRefusedError("The provider named a place for the image that is not its own.", code="bad_output")
