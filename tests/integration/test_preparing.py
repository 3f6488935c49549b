"""Putting sources up before the paid call: however slow that is or whoever dies, there is one call at most."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from synthlabel.db.tables import Generation
from synthlabel.domain.generation import GenerationSpec
from synthlabel.ports import ImageProvider
from synthlabel.services.dispatch import MAX_ATTEMPTS
from synthlabel.services.views import GenerationView
from tests.factories import Studio
from tests.sandbox import SandboxProcess


class Gate:
    """Holds uploads until it is opened, and says how many have come."""

    def __init__(self, provider: ImageProvider) -> None:
        self._upload = provider.upload
        self.arrived = asyncio.Semaphore(0)
        self.opened = asyncio.Event()

    async def upload(self, data: bytes, *, content_type: str, filename: str) -> str:
        self.arrived.release()
        await self.opened.wait()
        return await self._upload(data, content_type=content_type, filename=filename)


class Killed(BaseException):
    """Ends a sender as SIGKILL would: nothing of it runs afterwards."""


@pytest.fixture
async def waiting(studio: Studio) -> GenerationView:
    """A request with a source, in line."""
    made = await studio.finish(await studio.send())
    spec = GenerationSpec("a winter forest", "flux-dev", sources=(str(made.images[0].id),))
    return await studio.services.generations.request(studio.actor, spec)


@pytest.fixture
def gate(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Gate:
    provider: ImageProvider = studio.services.dispatch._provider
    gate = Gate(provider)
    monkeypatch.setattr(provider, "upload", gate.upload)
    return gate


def shorten_lease(studio: Studio, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    for holder in (studio.services.dispatch, studio.services.dispatch._preparation):
        monkeypatch.setattr(holder, "_lease", timedelta(seconds=seconds))


async def until_renewed(studio: Studio, row: Generation) -> None:
    """Return when the claim has been renewed; the test's time limit ends a wait that is in vain."""
    while (await studio.row(row.id)).lease_until == row.lease_until:
        pass


async def test_a_slow_upload_keeps_its_claim(
    studio: Studio, gate: Gate, waiting: GenerationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_lease(studio, monkeypatch, 0.6)
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    for _ in range(4):
        await until_renewed(studio, await studio.row(waiting.id))
        await studio.services.dispatch.expire_claims()
        assert (await studio.row(waiting.id)).status == "submitting"
    gate.opened.set()
    assert await sending
    row = await studio.row(waiting.id)
    assert (row.status, row.submit_attempts) == ("submitted", 1)


async def test_the_search_for_a_lost_answer_begins_when_the_call_was_made_not_when_the_upload_began(
    studio: Studio, gate: Gate, waiting: GenerationView
) -> None:
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    claimed_at = (await studio.row(waiting.id)).submit_started_at
    assert claimed_at is not None
    gate.opened.set()
    await sending
    row = await studio.row(waiting.id)
    assert row.submit_started_at is not None
    assert row.submit_started_at > claimed_at


async def test_whoever_lost_the_claim_while_uploading_does_not_call(
    studio: Studio, sandbox: SandboxProcess, gate: Gate, waiting: GenerationView
) -> None:
    before = sandbox.stats()["posts"]
    slow = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    await studio.change(waiting.id, status="queued", lease_until=None)
    quick = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    gate.opened.set()
    await asyncio.gather(slow, quick)
    assert sandbox.stats()["posts"] == before + 1
    assert (await studio.row(waiting.id)).status == "submitted"


async def test_a_worker_that_is_told_to_stop_while_uploading_puts_it_back_into_line(
    studio: Studio, sandbox: SandboxProcess, gate: Gate, waiting: GenerationView
) -> None:
    before = sandbox.stats()["posts"]
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    row = await studio.row(waiting.id)
    assert (row.status, row.sources_sent, row.next_look_at) == ("queued", False, None)
    gate.opened.set()
    assert await studio.services.dispatch.submit_next()
    assert (await studio.finish(waiting)).status == "done"
    assert sandbox.stats()["posts"] == before + 1


async def test_cancelling_while_the_sources_go_up_ends_it_without_a_call(
    studio: Studio, sandbox: SandboxProcess, gate: Gate, waiting: GenerationView
) -> None:
    before = sandbox.stats()["posts"]
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await gate.arrived.acquire()
    await studio.services.generations.cancel(studio.actor, str(waiting.id))
    gate.opened.set()
    await sending
    view = await studio.view(waiting)
    assert (view.status, view.charged_micros) == ("cancelled", 0)
    assert sandbox.stats()["posts"] == before


async def test_a_request_whose_senders_keep_dying_while_uploading_fails_in_the_end(
    studio: Studio, sandbox: SandboxProcess, waiting: GenerationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sandbox.stats()["posts"]

    async def die(*_: object, **__: object) -> Any:
        raise Killed

    monkeypatch.setattr(studio.services.dispatch._provider, "upload", die)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            await studio.services.dispatch.submit_next()
        await studio.change(waiting.id, lease_until=await studio.now())
        await studio.services.dispatch.expire_claims()
    view = await studio.view(waiting)
    assert (view.status, view.charged_micros) == ("failed", 0)
    assert view.error is not None
    assert view.error.retryable
    assert sandbox.stats()["posts"] == before
