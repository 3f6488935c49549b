"""The whole spine at work: real workers, real database, real webhooks, a provider in a process of its own."""

import asyncio
import hashlib
import signal
from contextlib import AsyncExitStack

import pytest

from synthlabel.domain.generation import AT_PROVIDER
from synthlabel.settings import Settings
from tests.factories import Studio, open_backend, open_studio, open_worker
from tests.programs import worker_program
from tests.sandbox import SandboxProcess

ENDS = {
    "": "done",
    "null-logs": "done",
    "bad-status": "done",
    "filtered": "done",
    "webhook-dropped": "done",
    "webhook-doubled": "done",
    "webhook-late=1": "done",
    "webhook-forged": "done",
    "webhook-stale": "done",
    "webhook-bare": "done",
    "webhook-regated": "done",
    "lost-submit": "done",  # healed by the webhook
    "bad-json": "done",
    "slow-submit=2": "done",
    "policy": "failed",
    "invalid-input": "failed",
    "runner-disconnected": "failed",
    "submit-422": "failed",
    "locked": "failed",
    "not-an-image": "failed",
    "huge-image": "failed",
    "result-expired": "failed",
    "redirect": "failed",
    "submit-500": "unknown",
    "submit-503-nginx": "unknown",
    "submit-504": "unknown",
    "lost-submit]] [[fault:webhook-dropped": "unknown",
}
MADE = ("done", "not-an-image", "huge-image", "result-expired", "redirect")
UNBALANCED = """
    SELECT g.id FROM generation g JOIN ledger_entry e ON e.generation_id = g.id
    GROUP BY g.id
    HAVING sum(e.amount_micros) FILTER (WHERE e.kind = 'reserve') <> g.price_micros
        OR (g.finished_at IS NOT NULL)
           <> (sum(CASE WHEN e.kind IN ('reserve', 'extra') THEN amount_micros ELSE -amount_micros END) = 0)
"""


@pytest.mark.usefixtures("worker", "backend")
async def test_a_request_becomes_images_in_our_own_storage(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.wait(await studio.request(count=2, seed=41))
    assert (view.status, view.error, view.charged_micros) == ("done", None, view.price_micros)
    assert [image.seed for image in view.images] == [41, 42]
    for image in view.images:
        data = await studio.services.gallery.read(studio.actor, str(image.id))
        assert hashlib.sha256(data).hexdigest() == image.sha256
        assert (len(data), image.width_px, image.height_px) == (image.size_bytes, 256, 256)
    assert sandbox.stats()["posts"] == 1


@pytest.mark.usefixtures("worker", "backend")
async def test_every_fault_ends_as_it_should_and_the_books_balance(studio: Studio, sandbox: SandboxProcess) -> None:
    views = {fault: await studio.request(*([fault] if fault else [])) for fault in ENDS}
    ends = {
        fault: await studio.wait(view, lambda seen, end=ENDS[fault]: seen.status == end or seen.finished)
        for fault, view in views.items()
    }
    assert {fault: str(end.status) for fault, end in ends.items()} == ENDS
    assert sandbox.stats()["posts"] == len(ENDS)
    charged = {fault for fault, end in ends.items() if end.charged_micros}
    assert charged == {fault for fault, end in ENDS.items() if end == "done" or fault in MADE}
    assert await studio.fetch(UNBALANCED) == []


@pytest.mark.usefixtures("worker")
async def test_without_any_webhook_polling_finishes_the_work(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("webhook-dropped", always=True)
    views = [await studio.request() for _ in range(4)]
    assert [(await studio.wait(view)).status for view in views] == ["done"] * 4


@pytest.mark.usefixtures("worker", "backend")
async def test_doubled_webhooks_do_everything_once(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("webhook-doubled", always=True)
    views = [await studio.request(count=2) for _ in range(4)]
    for view in views:
        done = await studio.wait(view)
        assert (done.status, len(done.images)) == ("done", 2)
        assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}
    assert sandbox.stats()["posts"] == 4


@pytest.mark.usefixtures("worker", "backend")
async def test_a_stuck_request_can_be_cancelled(studio: Studio) -> None:
    view = await studio.wait(await studio.request("stuck"), lambda seen: seen.status == "running")
    await studio.services.generations.cancel(studio.actor, str(view.id))
    assert (await studio.wait(view)).status == "cancelled"


@pytest.mark.usefixtures("worker")
async def test_a_busy_provider_gets_the_request_when_it_has_time(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.arm("refuse-submit-429")
    assert (await studio.wait(await studio.request())).status == "done"
    assert (sandbox.stats()["posts"], sandbox.stats()["submissions"]) == (2, 1)


@pytest.mark.parametrize("sent", [True, False])
async def test_a_request_whose_jobs_got_lost_is_swept_up(studio: Studio, sent: bool) -> None:
    view = await studio.send() if sent else await studio.request()
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    async with open_worker(studio.services):
        assert (await studio.wait(view)).status == "done"


@pytest.mark.usefixtures("worker")
async def test_a_worker_whose_connections_are_cut_goes_on(studio: Studio) -> None:
    first = await studio.wait(await studio.request())
    await studio.fetch("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
    """)
    second = await studio.wait(await studio.request())
    assert (first.status, second.status) == ("done", "done")


async def test_two_workers_share_the_work_and_the_places(settings: Settings, sandbox: SandboxProcess) -> None:
    places = 3
    shared = settings.model_copy(update={"provider_concurrency": places})
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(open_studio(shared)) for _ in range(2)]
        await stack.enter_async_context(open_backend(one.services))
        bob = await one.add_person("bob")
        views = [await one.request() for _ in range(20)]
        theirs = await one.request(actor=bob)
        for each in (one, two):
            await stack.enter_async_context(open_worker(each.services))
        most = await _most_at_provider(one, ends=len(views) + 1)
        assert 1 <= most <= places
        assert [(await one.view(view)).status for view in views] == ["done"] * 20
        order = [row[0] for row in await one.fetch("SELECT account_id FROM generation ORDER BY submit_started_at")]
        assert bob.user_id in order[:3]
        assert (await one.services.generations.get(bob, str(theirs.id))).status == "done"
    assert sandbox.stats()["posts"] == 21
    seeds = [request["seed"] for request in sandbox.requests()]
    assert len(set(seeds)) == 21


async def _most_at_provider(studio: Studio, *, ends: int) -> int:
    """Count at every piece of news until all are finished; return the highest count."""
    most = 0
    async for _ in studio.services.changes.stream(idle_s=0.5):
        counts = (await studio.services.usage.totals()).generations
        most = max(most, sum(counts.get(status, 0) for status in AT_PROVIDER))
        if counts.get("done", 0) == ends:
            break
    return most


async def test_a_worker_that_is_told_to_stop_finishes_the_call_it_has_begun(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    patient = studio.settings.model_copy(update={"submit_timeout_s": 20.0})
    with worker_program(patient, log=patient.data_dir / "worker.log") as worker:
        view = await studio.request("slow-submit=1.5")
        await sandbox.until(lambda: sandbox.stats()["posts"] == 1)
        assert await asyncio.to_thread(worker.kill, signal.SIGTERM) == 0
    assert (await studio.view(view)).status == "submitted"
