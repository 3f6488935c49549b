"""Fetching output files: from where, how much, and what a bad ending is called."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from synthlabel.adapters.images import VipsInspector
from synthlabel.adapters.providers.fal import FalProvider
from synthlabel.adapters.providers.fal_download import Downloader
from synthlabel.errors import InvalidInputError, ProviderRefusedError, ProviderUnavailableError
from tests.contract.test_fal_provider import finished, provider
from tests.factories import free_port
from tests.sandbox import SandboxProcess

__all__ = ["provider"]

PUBLIC = "https://v3.fal.media/files/a/b.png"
LIMIT = 1000
Serve = Callable[[bytes], Awaitable[Downloader]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve one fixed answer as a stand-in for the provider; ``downloader.origin`` is its address."""
    servers: list[asyncio.Server] = []

    async def start(answer: bytes) -> Downloader:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(server)
        return StandIn(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    yield start
    for server in servers:
        server.close()


class StandIn(Downloader):
    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.origin = origin

    async def get(self, url: str, *, max_bytes: int = LIMIT) -> bytes:
        try:
            return await super().get(self.origin + url, max_bytes=max_bytes)
        finally:
            await self.close()


def answer(status: int, body: bytes = b"", *, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body


async def refused(downloader: Downloader, url: str) -> ProviderRefusedError:
    with pytest.raises(ProviderRefusedError) as error:
        await downloader.get(url, max_bytes=LIMIT)
    await downloader.close()
    return error.value


# --- from where -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://v3.fal.media/a.png",  # no TLS
        "https://v3.fal.media:8443/a.png",
        "https://fal.media.evil.test/a.png",
        "https://evilfal.media/a.png",
        "https://fal.media@evil.test/a.png",
        "https://user@v3.fal.media/a.png",
        "https://user:pass@v3.fal.media/a.png",
        "https://:@v3.fal.media/a.png",
        "https://v3.fal.media.:443/a.png",
        "https://evil.test\\@v3.fal.media/a.png",
        "https://evil.test#@v3.fal.media/a.png",
        "https://evil.test/?v3.fal.media",
        "https://v3.fаl.media/a.png",  # a Cyrillic letter
        "https://fal.run/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "https://2130706433/",
        "file:///etc/passwd",
        "ftp://v3.fal.media/a.png",
        "data:image/png;base64,AAAA",
        "//v3.fal.media/a.png",
        "https://v3.fal.media:port/a.png",
        "https://[v3.fal.media/a.png",
        "",
    ],
)
async def test_an_address_that_is_not_the_providers_is_refused_without_a_look(url: str) -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("a name was looked up")

    error = await refused(Downloader(None, resolver=never), url)
    assert error.code != "output_gone"


@pytest.mark.parametrize("host", ["fal.media", "v3.fal.media", "v3b.fal.media", "V3.FAL.MEDIA", "a.b.fal.media"])
async def test_the_providers_file_hosts_are_asked(host: str) -> None:
    asked: list[str] = []

    async def note(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        raise OSError("no network here")

    downloader = Downloader(None, resolver=note)
    with pytest.raises(ProviderUnavailableError):
        await downloader.get(f"https://{host}/files/a.png", max_bytes=LIMIT)
    await downloader.close()
    assert {name.lower() for name in asked} == {host.lower()}


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["172.16.5.4"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["::1"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["ff02::1"],
        ["1.1.1.1", "127.0.0.1"],  # one bad address spoils the name
    ],
    ids=",".join,
)
async def test_a_name_that_leads_into_our_network_is_refused(addresses: list[str]) -> None:
    async def inside(_host: str, _port: int) -> Sequence[str]:
        return addresses

    await refused(Downloader(None, resolver=inside), PUBLIC)


async def test_another_port_of_the_stand_in_is_refused(serve: Serve) -> None:
    downloader = await serve(answer(200, b"x"))
    await refused(Downloader(downloader.origin), f"http://127.0.0.1:{free_port()}/a.png")  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused(serve: Serve, status: int) -> None:
    downloader = await serve(answer(status, headers="location: http://169.254.169.254/\r\n"))
    error = await refused(downloader, "/a.png")
    assert (error.code, error.retryable) != ("output_gone", True)


# --- how much, and bad endings --------------------------------------------------------------------------------------


async def test_a_file_arrives_as_it_is(serve: Serve) -> None:
    data = bytes(range(256)) * 3
    assert await (await serve(answer(200, data))).get("/a.png", max_bytes=LIMIT) == data


async def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(serve: Serve) -> None:
    assert len(await (await serve(answer(200, b"x" * LIMIT))).get("/a.png", max_bytes=LIMIT)) == LIMIT
    error = await refused(await serve(answer(200, b"x" * (LIMIT + 1))), "/a.png")
    assert error.code == "bad_output"


async def test_the_limit_holds_without_a_length(serve: Serve) -> None:
    error = await refused(await serve(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LIMIT + 1)), "/a.png")
    assert error.code == "bad_output"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"",
        b"not http at all\r\n\r\n",
        answer(500),
        answer(503),
        answer(429),
    ],
)
async def test_a_file_that_did_not_arrive_may_be_fetched_again(serve: Serve, raw: bytes) -> None:
    downloader = await serve(raw)
    with pytest.raises(ProviderUnavailableError):
        await downloader.get("/a.png", max_bytes=LIMIT)


async def test_a_server_that_is_away_may_be_asked_again() -> None:
    downloader = StandIn(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ProviderUnavailableError):
        await downloader.get("/a.png")


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_file_that_is_gone_is_gone(serve: Serve, status: int) -> None:
    error = await refused(await serve(answer(status)), "/a.png")
    assert error.code == "output_gone"


# --- what the sandbox's faults become ---------------------------------------------------------------------------------


async def fetched(provider: FalProvider, fault: str) -> bytes:
    output = await provider.output(await finished(provider, fault))
    return await provider.download(output.images[0].url, max_bytes=64 * 1024 * 1024)


@pytest.mark.parametrize("fault", ["not-an-image", "huge-image"])
async def test_a_file_that_is_no_reasonable_picture_is_found_out_before_it_is_decoded(
    provider: FalProvider, fault: str
) -> None:
    with pytest.raises(InvalidInputError):
        await VipsInspector().inspect(await fetched(provider, fault))


@pytest.mark.parametrize("fault", ["result-expired", "result-expired=410"])
async def test_an_expired_result_is_gone(provider: FalProvider, fault: str) -> None:
    with pytest.raises(ProviderRefusedError) as error:
        await fetched(provider, fault)
    assert error.value.code == "output_gone"


async def test_a_download_that_is_cut_may_be_fetched_again(provider: FalProvider) -> None:
    with pytest.raises(ProviderUnavailableError):
        await fetched(provider, "download-cut")


async def test_a_result_that_leads_elsewhere_is_refused(provider: FalProvider, sandbox: SandboxProcess) -> None:
    with pytest.raises(ProviderRefusedError) as error:
        await fetched(provider, "redirect=http://169.254.169.254/")
    assert error.value.code != "output_gone"
    assert sandbox.stats()["posts"] == 1
