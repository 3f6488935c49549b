"""Sending: once, in turn, never too many at a time, and never again when the answer was lost."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from synthlabel.domain.generation import GenerationStatus
from synthlabel.ports import Submission
from synthlabel.services.dispatch import MAX_ATTEMPTS
from synthlabel.settings import Settings
from tests.factories import Studio, free_port, open_studio
from tests.sandbox import SandboxProcess

FAR = timedelta(hours=1)


def limited(settings: Settings, *, places: int) -> Settings:
    return settings.model_copy(update={"provider_concurrency": places})


async def test_an_accepted_request_keeps_everything_the_provider_said(studio: Studio, sandbox: SandboxProcess) -> None:
    row = await studio.row((await studio.send()).id)
    request = sandbox.requests()[0]
    assert (row.status, row.request_id, row.submit_attempts) == ("submitted", request["request_id"], 1)
    for url in (row.status_url, row.response_url, row.cancel_url):
        assert url is not None
        assert url.startswith(sandbox.base_url)
    assert row.next_look_at is not None
    assert row.lease_until is None
    assert await studio.jobs("follow") == 1


async def test_the_webhook_address_carries_our_token(studio: Studio, sandbox: SandboxProcess) -> None:
    row = await studio.row((await studio.send()).id)
    port = studio.settings.backend_port
    assert sandbox.requests()[0]["webhook_url"] == (
        f"http://127.0.0.1:{port}/api/v1/webhooks/fal?token={row.submit_token}"
    )


async def test_with_nothing_to_send_nothing_is_sent(studio: Studio, sandbox: SandboxProcess) -> None:
    assert await studio.services.dispatch.submit_next() is False
    assert sandbox.stats()["posts"] == 0


# --- once -----------------------------------------------------------------------------------------------------------


async def test_two_workers_never_submit_the_same_generation(settings: Settings, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", concurrency=0)
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(open_studio(limited(settings, places=100))) for _ in range(2)]
        views = [await one.request() for _ in range(20)]
        sent = await asyncio.gather(*(each.services.dispatch.submit_next() for each in (one, two) for _ in range(20)))
        assert sent.count(True) == 20
        seeds = [request["seed"] for request in sandbox.requests()]
        assert sorted(seeds) == sorted(view.seed for view in views)
        assert sandbox.stats()["posts"] == 20


async def test_the_claim_is_committed_before_the_call(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.request("slow-submit=0.5")
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await sandbox.until(lambda: sandbox.stats()["posts"] == 1)
    row = await studio.row(view.id)
    assert (row.status, row.submit_attempts) == ("submitting", 1)
    assert row.lease_until is not None
    assert row.lease_until > datetime.now(UTC)
    await sending


@pytest.mark.parametrize("fault", ["lost-submit", "slow-submit=30", "bad-json", "submit-500", "submit-503-nginx"])
async def test_a_lost_answer_is_unknown_and_is_never_sent_again(
    studio: Studio, sandbox: SandboxProcess, fault: str
) -> None:
    view = await studio.send(fault)
    assert view.status == "unknown"
    assert view.error is not None
    assert (view.error.code, view.error.retryable) == ("submission_lost", False)
    await studio.services.dispatch.expire_claims()
    await studio.services.dispatch.enqueue_waiting()
    assert await studio.services.dispatch.submit_next() is False
    assert sandbox.stats()["posts"] == 1
    assert await studio.ledger(view.id) == {"reserve": view.price_micros}
    assert await studio.jobs("reconcile") == 1


async def test_a_sender_that_died_during_the_call_leaves_unknown_once_its_lease_is_over(studio: Studio) -> None:
    view = await studio.request()
    await studio.change(view.id, status="submitting", lease_until=datetime.now(UTC) + FAR)
    assert await studio.services.dispatch.expire_claims() == 0
    assert (await studio.view(view)).status == "submitting"
    await studio.change(view.id, lease_until=datetime.now(UTC) - FAR)
    assert await studio.services.dispatch.expire_claims() == 1
    assert (await studio.view(view)).status == "unknown"
    assert (await studio.row(view.id)).next_look_at is not None


async def test_a_worker_that_is_stopped_during_the_call_leaves_unknown(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.request("slow-submit=30")
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await sandbox.until(lambda: sandbox.stats()["posts"] == 1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await studio.view(view)).status == "unknown"


async def test_a_late_answer_heals_a_request_that_was_taken_for_lost(studio: Studio) -> None:
    view = await studio.request()
    await studio.change(view.id, status="unknown", submit_attempts=1)
    submission = Submission("fal-ai/flux/schnell", "r-1", "http://s", "http://r", "http://c")
    for _ in range(2):  # safe to repeat
        await studio.services.dispatch.record(view.id, submission)
    assert ((await studio.view(view)).status, (await studio.row(view.id)).request_id) == ("submitted", "r-1")


async def test_a_second_request_id_never_replaces_the_first(studio: Studio) -> None:
    view = await studio.send()
    first = (await studio.row(view.id)).request_id
    await studio.services.dispatch.record(view.id, Submission("e", "other", "http://s", "http://r", "http://c"))
    assert (await studio.row(view.id)).request_id == first


# --- again, when nothing was taken ------------------------------------------------------------------------------------


async def test_a_busy_provider_is_asked_again_later(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("refuse-submit-429")
    view = await studio.send()
    row = await studio.row(view.id)
    assert (row.status, row.submit_attempts, row.request_id) == ("queued", 1, None)
    assert row.next_look_at is not None
    assert row.next_look_at > datetime.now(UTC)
    assert await studio.services.dispatch.submit_next() is False, "it is too early"
    await studio.change(view.id, next_look_at=datetime.now(UTC))
    assert await studio.services.dispatch.submit_next() is True
    assert (await studio.view(view)).status == "submitted"
    assert sandbox.stats()["submissions"] == 1


async def test_the_pauses_grow_and_it_ends_after_some_tries(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("refuse-submit-429", always=True)
    view = await studio.request()
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        await studio.change(view.id, next_look_at=None)
        before = datetime.now(UTC)
        await studio.services.dispatch.submit_next()
        row = await studio.row(view.id)
        if row.next_look_at is not None:
            pauses.append(round((row.next_look_at - before).total_seconds()))
    assert pauses == sorted(pauses)
    assert len(pauses) == MAX_ATTEMPTS - 1
    assert (row.status, row.error_code, row.charged_micros) == ("failed", "provider_busy", 0)
    assert row.error_retryable
    assert sandbox.stats()["posts"] == MAX_ATTEMPTS
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "release": view.price_micros}


async def test_a_provider_that_cannot_be_reached_costs_nothing(settings: Settings) -> None:
    away = settings.model_copy(update={"fal_url": f"http://127.0.0.1:{free_port()}"})
    async with open_studio(away) as studio:
        view = await studio.send()
        assert (view.status, view.error) == ("queued", None)
        assert view.phase


async def test_a_cancel_that_comes_while_the_provider_says_busy_ends_it(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    sandbox.arm("refuse-submit-429")
    view = await studio.request()
    await studio.change(view.id, cancel_requested_at=datetime.now(UTC))
    await studio.services.dispatch.submit_next()
    assert (await studio.view(view)).status == "cancelled"


@pytest.mark.parametrize(
    ("fault", "code", "retryable"),
    [("locked", "provider_balance", True), ("submit-422", "provider_invalid_input", False)],
)
async def test_a_refusal_fails_the_request_and_gives_the_money_back(
    studio: Studio, fault: str, code: str, retryable: bool
) -> None:
    view = await studio.send(fault)
    assert view.error is not None
    assert (view.status, view.error.code, view.error.retryable) == ("failed", code, retryable)
    assert bool(view.error.fields) == (fault == "submit-422")
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "release": view.price_micros}


# --- in turn, and not too many ---------------------------------------------------------------------------------------


async def test_one_persons_thirty_requests_do_not_keep_anothers_one_waiting(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    sandbox.admin("settings", concurrency=0)
    for _ in range(30):
        await studio.request()
    bob = await studio.add_person("bob")
    await studio.request(actor=bob, prompt="bob's picture")
    for _ in range(2):
        await studio.services.dispatch.submit_next()
    assert "bob's picture" in [request["input"]["prompt"] for request in sandbox.requests()]


async def test_three_people_take_turns(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", concurrency=0)
    people = {name: await studio.add_person(name) for name in ("ada", "bob", "eve")}
    for name, actor in people.items():
        for _ in range(4):
            await studio.request(actor=actor, prompt=name)
    for _ in range(6):
        await studio.services.dispatch.submit_next()
    sent = [request["input"]["prompt"] for request in sandbox.requests()]
    assert sorted(sent[:3]) == sorted(sent[3:]) == ["ada", "bob", "eve"]


async def test_a_persons_own_requests_are_sent_in_order(studio: Studio, sandbox: SandboxProcess) -> None:
    views = [await studio.request() for _ in range(4)]
    for _ in views:
        await studio.services.dispatch.submit_next()
    sent = sorted(sandbox.requests(), key=lambda request: request["submitted_at"])
    assert [request["seed"] for request in sent] == [view.seed for view in views]


async def test_nobody_knocks_again_while_the_provider_says_later(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("refuse-submit-429")
    first, second = await studio.request(), await studio.request()
    assert [await studio.services.dispatch.submit_next() for _ in range(3)] == [True, False, False]
    assert sandbox.stats()["posts"] == 1
    await studio.change(first.id, next_look_at=datetime.now(UTC) - timedelta(seconds=1))
    for _ in range(2):
        await studio.services.dispatch.submit_next()
    assert [(await studio.view(view)).status for view in (first, second)] == ["submitted", "submitted"]


async def test_the_places_at_the_provider_are_never_exceeded_by_two_workers(
    settings: Settings, sandbox: SandboxProcess
) -> None:
    sandbox.admin("settings", concurrency=0)
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(open_studio(limited(settings, places=3))) for _ in range(2)]
        for _ in range(12):
            await one.request()
        sent = await asyncio.gather(*(each.services.dispatch.submit_next() for each in (one, two) for _ in range(12)))
        assert sent.count(True) == 3
        assert sandbox.stats()["posts"] == 3


@pytest.mark.parametrize("status", ["submitting", "submitted", "running"])
async def test_what_is_at_the_provider_holds_a_place(settings: Settings, status: str) -> None:
    async with open_studio(limited(settings, places=1)) as studio:
        holder = await studio.request()
        await studio.change(holder.id, status=status)
        await studio.request()
        assert await studio.services.dispatch.submit_next() is False


@pytest.mark.parametrize("status", ["ingesting", "done", "failed", "cancelled", "unknown"])
async def test_what_is_no_longer_at_the_provider_holds_none(settings: Settings, status: str) -> None:
    async with open_studio(limited(settings, places=1)) as studio:
        holder = await studio.request()
        await studio.change(holder.id, status=status)
        await studio.request()
        assert await studio.services.dispatch.submit_next() is True


async def test_the_sweeper_starts_sending_again_only_if_something_can_be_sent(studio: Studio) -> None:
    await studio.services.dispatch.enqueue_waiting()
    assert await studio.jobs("dispatch") == 0
    view = await studio.request()
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    await studio.services.dispatch.enqueue_waiting()
    assert await studio.jobs("dispatch") == 1
    assert (await studio.view(view)).status == GenerationStatus.QUEUED
