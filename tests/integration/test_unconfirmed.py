"""Requests whose answer was lost: found again, refused after all, given up or asked for anew; never sent again."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NoReturn

import pytest

from synthlabel.domain.generation import GenerationStatus
from synthlabel.errors import ProviderRefusedError
from tests.factories import Studio
from tests.sandbox import SandboxProcess

OLD = timedelta(days=1)


async def test_a_lost_answer_is_found_in_the_providers_list(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.send("lost-submit", count=2)
    assert view.status == "unknown"
    await studio.services.results.reconcile(view.id)
    found = await studio.view(view)
    assert (found.status, found.error) == ("submitted", None)
    done = await studio.finish(view)
    assert (done.status, len(done.images), sandbox.stats()["posts"]) == ("done", 2, 1)
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}


async def test_what_is_not_in_the_list_stays_unknown_and_is_looked_for_ever_less_often(studio: Studio) -> None:
    view = await studio.send("submit-500")
    pauses = []
    for _ in range(12):
        before = datetime.now(UTC)
        await studio.services.results.reconcile(view.id)
        row = await studio.row(view.id)
        assert row.status == GenerationStatus.UNKNOWN
        assert row.next_look_at is not None
        pauses.append((row.next_look_at - before).total_seconds())
    assert pauses[0] >= 10
    assert all(earlier <= later + 1 for earlier, later in pairwise(pauses))
    assert pauses[-1] <= 3601


async def test_an_unknown_request_is_overdue_for_the_list_and_not_for_a_look(studio: Studio) -> None:
    view = await studio.send("submit-500")
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    await studio.change(view.id, next_look_at=datetime.now(UTC) - OLD)
    await studio.services.results.enqueue_overdue()
    assert (await studio.jobs("reconcile"), await studio.jobs("follow")) == (1, 0)


async def test_check_again_looks_now(studio: Studio) -> None:
    view = await studio.send("submit-500")
    assert await studio.jobs("reconcile") == 1  # the one for later
    await studio.services.generations.check_again(studio.actor, str(view.id))
    assert await studio.jobs("reconcile") == 2


async def test_giving_up_an_unknown_request_counts_it_as_spent(studio: Studio) -> None:
    view = await studio.send("lost-submit")
    given_up = await studio.services.generations.cancel(studio.actor, str(view.id))
    assert (given_up.status, given_up.charged_micros) == ("cancelled", view.price_micros)
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}
    await studio.services.results.reconcile(view.id)
    assert (await studio.view(view)).status == "cancelled"


async def test_retrying_an_unknown_request_leaves_the_first_one_as_it_is(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    sandbox.arm("lost-submit")
    view = await studio.send()
    again = await studio.services.generations.retry(studio.actor, str(view.id))
    assert (again.status, again.retry_of) == ("queued", view.id)
    assert (await studio.view(view)).status == "unknown"


async def test_a_refusal_that_comes_after_its_sender_was_given_up_is_believed_and_charged_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, said = asyncio.Event(), asyncio.Event()

    async def refuse_slowly(*_: object, **__: object) -> NoReturn:
        arrived.set()
        await said.wait()
        raise ProviderRefusedError("Not this.", code="content_policy")

    monkeypatch.setattr(studio.services.dispatch._provider, "submit", refuse_slowly)
    view = await studio.request()
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await arrived.wait()
    await studio.change(view.id, lease_until=await studio.now())
    await studio.services.dispatch.expire_claims()
    assert (await studio.view(view)).status == "unknown"
    said.set()
    await sending
    failed = await studio.view(view)
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.charged_micros) == ("failed", "content_policy", 0)
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "release": view.price_micros}
