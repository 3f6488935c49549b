"""What the provider's adapter makes of every ending of a paid call, and how many calls it makes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from synthlabel.adapters.providers.fal import FalProvider
from synthlabel.errors import (
    FieldError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    SubmissionLostError,
)
from synthlabel.ports import Output, Submission
from synthlabel.settings import SANDBOX_KEY
from tests.factories import free_port
from tests.sandbox import SandboxProcess

FLUX = "fal-ai/flux/schnell"
BODY: dict[str, Any] = {"prompt": "a lighthouse", "image_size": {"width": 128, "height": 64}, "seed": 7}
NGINX = b"<html><head><title>%d</title></head><center>nginx</center></html>"

Ending = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Vendor:
    """A raw socket server. Reads whole requests, counts POSTs that came with their body, and ends as it is told."""

    def __init__(self, ending: Ending) -> None:
        self.posts = 0
        self._ending = ending
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                assert json.loads(await reader.readexactly(length)) == BODY
                self.posts += head.startswith("post ")
                await self._ending(reader, writer)
        writer.close()


def reply(status: int, body: bytes = b"{}", *, headers: str = "") -> Ending:
    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{headers}\r\n".encode() + body)
        await writer.drain()

    return end


def accepted(**changes: Any) -> Ending:
    urls = {f"{name}_url": f"https://queue.fal.run/{name}" for name in ("status", "response", "cancel")}
    return reply(200, json.dumps({"request_id": "r-1", "status": "IN_QUEUE", **urls, **changes}).encode())


async def drop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def break_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"request_id": "r-1"')
    await writer.drain()
    writer.close()


async def half_a_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
    await writer.drain()
    writer.close()


LOST: dict[str, Ending] = {
    "dropped after reading": drop,
    "answered too late": say_nothing,
    "dripped for ever": drip,
    "broken off": break_off,
    "half a head": half_a_head,
    "not http": lambda _, writer: _write_and_close(writer, b"hello\r\n\r\n"),
    "408": reply(408),
    "409": reply(409),
    "499": reply(499),
    "500": reply(500, b'{"detail": "x"}'),
    "500 with id": reply(500, b'{"detail": "x"}', headers="x-fal-request-id: r-1\r\n"),
    "502": reply(502, NGINX % 502),
    "503": reply(503, NGINX % 503),
    "504": reply(504, NGINX % 504),
    "504 of the client's wish": reply(504, headers="x-fal-request-timeout-type: user\r\n"),
    "301": reply(301, headers="location: http://127.0.0.1:1/\r\n"),
    "302": reply(302, headers="location: http://127.0.0.1:1/\r\n"),
    "307": reply(307, headers="location: http://127.0.0.1:1/\r\n"),
    "bad json": reply(200, b"<html>"),
    "bad text": reply(200, b"\xff\xfe"),
    "empty": reply(200, b""),
    "a list": reply(200, b"[]"),
    "null": reply(200, b"null"),
    "no request id": reply(200, b'{"status": "IN_QUEUE"}'),
    "request id null": accepted(request_id=None),
    "request id empty": accepted(request_id=""),
    "request id a number": accepted(request_id=7),
}
REFUSED: dict[str, tuple[Ending, str]] = {
    "400": (reply(400, b'{"detail": "no"}'), "provider_refused"),
    "401": (reply(401, b'{"detail": "Invalid key"}'), "provider_key"),
    "403": (reply(403, b'{"detail": "Missing scope"}'), "provider_forbidden"),
    "403 locked": (reply(403, b'{"detail": "User is locked. Reason: Exhausted balance."}'), "provider_balance"),
    "404": (reply(404, b'{"detail": "Not found"}'), "provider_lost"),
    "413": (reply(413, NGINX % 413), "provider_refused"),
    "422": (
        reply(422, b'{"detail": [{"loc": ["body", "seed"], "msg": "Too big.", "type": "less_than"}]}'),
        "provider_invalid_input",
    ),
}


async def _write_and_close(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    writer.close()


async def submit_to(ending: Ending) -> tuple[Submission | ProviderError, int]:
    """Submit once through the adapter; return what came of it, and how many POSTs arrived."""
    vendor = Vendor(ending)
    # Only these two need the time limit; all others must end without it, also on a busy machine
    limit = timedelta(seconds=2 if ending in (say_nothing, drip) else 60)
    provider = FalProvider(key="k:s", base_url=await vendor.start(), submit_timeout=limit)
    try:
        return await provider.submit(FLUX, BODY, webhook_url="http://127.0.0.1:1/hook?token=x"), vendor.posts
    except ProviderError as error:
        return error, vendor.posts
    finally:
        await provider.close()
        await vendor.stop()


@pytest.mark.parametrize("ending", LOST.values(), ids=list(LOST))
async def test_a_doubtful_ending_is_a_lost_submission_after_exactly_one_post(ending: Ending) -> None:
    result, posts = await submit_to(ending)
    assert isinstance(result, SubmissionLostError)
    assert (posts, result.retryable) == (1, False)


@pytest.mark.parametrize(("ending", "code"), REFUSED.values(), ids=list(REFUSED))
async def test_a_definite_no_is_a_refusal_after_exactly_one_post(ending: Ending, code: str) -> None:
    result, posts = await submit_to(ending)
    assert isinstance(result, ProviderRefusedError)
    assert (posts, result.code) == (1, code)


@pytest.mark.parametrize(
    ("headers", "wait_s"), [("", None), ("retry-after: 7\r\n", 7.0), ("retry-after: soon\r\n", None)]
)
async def test_429_is_busy_after_exactly_one_post(headers: str, wait_s: float | None) -> None:
    result, posts = await submit_to(reply(429, headers=headers))
    assert isinstance(result, ProviderBusyError)
    assert (posts, result.retryable, result.retry_after_s) == (1, True, wait_s)


async def test_a_refused_connection_is_busy_after_no_post_at_all() -> None:
    provider = FalProvider(key="k:s", base_url=f"http://127.0.0.1:{free_port()}", submit_timeout=timedelta(seconds=1))
    with pytest.raises(ProviderBusyError):
        await provider.submit(FLUX, BODY, webhook_url=None)
    await provider.close()


async def test_addresses_that_lead_elsewhere_are_built_anew() -> None:
    """Our key travels to them."""
    elsewhere = {f"{name}_url": f"http://attacker.test/{name}" for name in ("status", "response", "cancel")}
    result, _ = await submit_to(accepted(**elsewhere))
    assert isinstance(result, Submission)
    assert result.request_id == "r-1"
    for url in (result.status_url, result.response_url, result.cancel_url):
        assert url.startswith("https://queue.fal.run/fal-ai/flux/requests/r-1")


async def test_a_cancelled_submission_is_still_only_one_post() -> None:
    arrived = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    submitting = asyncio.create_task(submit_to(hold))
    await arrived.wait()
    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting


# --- against the sandbox --------------------------------------------------------------------------------------------


@pytest.fixture
async def provider(sandbox: SandboxProcess) -> AsyncIterator[FalProvider]:
    built = FalProvider(key=SANDBOX_KEY, base_url=sandbox.base_url, submit_timeout=timedelta(seconds=10))
    yield built
    await built.close()


def asking(*faults: str, **changes: Any) -> dict[str, Any]:
    prompt = "a lighthouse" + "".join(f" [[fault:{fault}]]" for fault in faults)
    return {**BODY, "prompt": prompt, **changes}


async def finished(provider: FalProvider, *faults: str, **changes: Any) -> Submission:
    submission = await provider.submit(FLUX, asking(*faults, **changes), webhook_url=None)
    while (await provider.progress(submission)).state != "finished":
        pass
    return submission


async def output_of(provider: FalProvider, *faults: str, **changes: Any) -> Output:
    return await provider.output(await finished(provider, *faults, **changes))


async def refusal_of(provider: FalProvider, *faults: str) -> ProviderRefusedError:
    with pytest.raises(ProviderRefusedError) as refused:
        await output_of(provider, *faults)
    return refused.value


async def test_a_finished_request_gives_images_seed_and_what_was_billed(provider: FalProvider) -> None:
    output = await output_of(provider, num_images=2)
    assert (len(output.images), output.seed, output.billable_units) == (2, 7, 2)
    data = await provider.download(output.images[0].url, max_bytes=1_000_000)
    assert data.startswith(b"\xff\xd8")


async def test_progress_goes_from_a_place_in_the_queue_through_a_log_to_the_end(
    provider: FalProvider, sandbox: SandboxProcess
) -> None:
    sandbox.admin("settings", concurrency=0)
    first = await provider.submit(FLUX, asking("stuck"), webhook_url=None)
    waiting = await provider.submit(FLUX, asking(), webhook_url=None)
    assert (await provider.progress(waiting)).queue_position == 1
    sandbox.admin("settings", concurrency=2)
    assert (await provider.progress(first)).state == "running"
    while (seen := await provider.progress(waiting)).state != "finished":
        pass
    assert any("%|" in line for line in seen.log)


async def test_null_logs_are_no_logs(provider: FalProvider) -> None:
    assert (await provider.progress(await finished(provider, "null-logs"))).log == ()


async def test_a_status_without_its_optional_fields_is_still_a_status(provider: FalProvider) -> None:
    assert await output_of(provider, "bad-status")


async def test_a_waiting_request_can_be_cancelled_and_then_says_so(
    provider: FalProvider, sandbox: SandboxProcess
) -> None:
    sandbox.admin("settings", concurrency=0)
    submission = await provider.submit(FLUX, asking(), webhook_url=None)
    assert await provider.cancel(submission) == "requested"
    assert (await provider.progress(submission)).state == "finished"
    with pytest.raises(ProviderRefusedError) as refused:
        await provider.output(submission)
    assert refused.value.code == "provider_cancelled"


async def test_a_finished_request_cannot_be_cancelled(provider: FalProvider) -> None:
    assert await provider.cancel(await finished(provider)) == "too_late"


async def test_a_request_that_nobody_knows_is_lost(provider: FalProvider) -> None:
    stranger = provider.submission(FLUX, "01234567-89ab-cdef-0123-456789abcdef")
    with pytest.raises(ProviderRefusedError) as refused:
        await provider.progress(stranger)
    assert refused.value.code == "provider_lost"
    assert await provider.cancel(stranger) == "too_late"


def lately() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"since": now - timedelta(minutes=2), "until": now + timedelta(minutes=2)}


async def test_a_lost_submission_is_found_in_the_list(provider: FalProvider, sandbox: SandboxProcess) -> None:
    with pytest.raises(SubmissionLostError):
        await provider.submit(FLUX, asking("lost-submit"), webhook_url=None)
    found = await provider.find(FLUX, asking("lost-submit"), **lately())
    assert [each.request_id for each in found] == [sandbox.requests()[0]["request_id"]]
    assert sandbox.stats()["posts"] == 1


async def test_all_equal_requests_are_found_and_no_others(provider: FalProvider) -> None:
    sent = {(await provider.submit(FLUX, BODY, webhook_url=None)).request_id for _ in range(3)}
    await provider.submit(FLUX, {**BODY, "seed": 8}, webhook_url=None)
    assert {each.request_id for each in await provider.find(FLUX, BODY, **lately())} == sent
    assert await provider.find(FLUX, {**BODY, "seed": 9}, **lately()) == []


async def test_only_requests_of_the_time_in_question_are_found(provider: FalProvider) -> None:
    await provider.submit(FLUX, BODY, webhook_url=None)
    yesterday = {name: at - timedelta(days=1) for name, at in lately().items()}
    assert await provider.find(FLUX, BODY, **yesterday) == []


async def test_a_list_of_several_pages_is_read_to_its_end(provider: FalProvider) -> None:
    wanted = await provider.submit(FLUX, BODY, webhook_url=None)
    for seed in range(100, 205):
        await provider.submit(FLUX, {**BODY, "seed": seed}, webhook_url=None)
    assert [each.request_id for each in await provider.find(FLUX, BODY, **lately())] == [wanted.request_id]


async def test_the_model_names_the_fields_that_it_does_not_take(provider: FalProvider) -> None:
    refused = await refusal_of(provider, "invalid-input")
    assert refused.code == "provider_invalid_input"
    assert refused.errors
    assert isinstance(refused.errors[0], FieldError)
    assert refused.errors[0].field in refused.user_message
    assert refused.detail


@pytest.mark.parametrize(
    ("fault", "code", "retryable"),
    [("policy", "content_policy", False), ("runner-disconnected", "provider_failed", True)],
)
async def test_a_failed_run_tells_why(provider: FalProvider, fault: str, code: str, retryable: bool) -> None:
    refused = await refusal_of(provider, fault)
    assert (refused.code, refused.retryable) == (code, retryable)


async def test_blanked_images_are_marked(provider: FalProvider) -> None:
    output = await output_of(provider, "filtered", num_images=2)
    assert [image.filtered for image in output.images] == [True, True]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("locked", ProviderRefusedError),
        ("submit-422", ProviderRefusedError),
        ("refuse-submit-429", ProviderBusyError),
        ("submit-500", SubmissionLostError),
        ("submit-503-nginx", SubmissionLostError),
        ("submit-504", SubmissionLostError),
        ("bad-json", SubmissionLostError),
        ("lost-submit", SubmissionLostError),
    ],
)
async def test_every_fault_of_a_submission_has_its_kind_and_one_post(
    provider: FalProvider, sandbox: SandboxProcess, fault: str, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await provider.submit(FLUX, asking(fault), webhook_url=None)
    assert sandbox.stats()["posts"] == 1


NOW = datetime.now(UTC)


@pytest.mark.parametrize("status", [401, 403, 408, 409, 429, 500, 502, 503])
async def test_an_unclear_answer_while_reading_is_no_verdict_on_the_request(status: int) -> None:
    """The key may have been changed, a proxy may be ill: what was paid for is still there."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reply(status, NGINX % status, headers="connection: close\r\n")(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    provider = FalProvider(key="k:s", base_url=base_url, submit_timeout=timedelta(seconds=1))
    submission = provider.submission(FLUX, "r-1")
    for reading in (provider.output(submission), provider.find(FLUX, BODY, since=NOW, until=NOW)):
        with pytest.raises(ProviderUnavailableError):
            await reading
    await provider.close()
    server.close()


async def test_a_provider_that_is_away_can_be_read_later(provider: FalProvider, sandbox: SandboxProcess) -> None:
    submission = replace(await finished(provider), response_url=f"http://127.0.0.1:{free_port()}/gone")
    with pytest.raises(ProviderUnavailableError):
        await provider.output(submission)
