"""What is paid for is neither lost nor paid twice, in the corners where that is easy to get wrong."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Any

import pytest
import pyvips

from synthlabel.domain.generation import GenerationStatus
from synthlabel.errors import ProviderRefusedError, StorageError
from synthlabel.services.dispatch import DispatchService
from synthlabel.services.outcome import finish
from synthlabel.services.results import LOST_AFTER_MISSES
from tests.factories import Studio
from tests.sandbox import SandboxProcess


async def lose(studio: Studio, **changes: Any) -> Any:
    """A request that the provider took, and whose answer never came."""
    view = await studio.send("lost-submit", **changes)
    assert view.status == "unknown"
    return view


async def test_a_lost_request_never_takes_the_provider_request_of_its_retry(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    lost = await studio.request()
    await studio.change(lost.id, status="unknown", submit_started_at=datetime.now(UTC))
    retry = await studio.services.generations.retry(studio.actor, str(lost.id))
    await studio.services.dispatch.submit_next()
    await studio.services.results.reconcile(lost.id)
    assert (await studio.row(lost.id)).status == "unknown"
    assert (await studio.row(retry.id)).status == "submitted"
    assert (await studio.row(lost.id)).next_look_at is not None


async def test_of_two_lost_requests_with_the_same_body_none_is_guessed(studio: Studio) -> None:
    one, two = await lose(studio, seed=7), await lose(studio, seed=7)
    for view in (one, two):
        await studio.services.results.reconcile(view.id)
    assert [(await studio.row(view.id)).status for view in (one, two)] == ["unknown", "unknown"]


async def test_three_retries_at_once_are_one(studio: Studio, sandbox: SandboxProcess) -> None:
    failed = await studio.request()
    await studio.services.generations.cancel(studio.actor, str(failed.id))
    retries = await asyncio.gather(*(studio.services.generations.retry(studio.actor, str(failed.id)) for _ in range(3)))
    assert len({retry.id for retry in retries}) == 1


async def test_an_answer_that_comes_after_giving_up_is_kept_and_called_off(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    sandbox.admin("settings", concurrency=0)
    view = await studio.send()
    row = await studio.row(view.id)
    submission = studio.services.dispatch._provider.submission(row.endpoint, row.request_id or "")
    await studio.change(view.id, request_id=None, status="unknown")
    await studio.services.generations.cancel(studio.actor, str(view.id))
    await studio.services.dispatch.record(view.id, submission)
    row = await studio.row(view.id)
    assert (row.status, row.request_id) == ("cancelled", submission.request_id)
    assert sandbox.stats()["cancelled"] == 1


async def test_the_answer_is_stored_also_when_the_worker_is_told_to_stop(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await studio.request()
    begun, record = asyncio.Event(), DispatchService.record

    async def slowly(self: DispatchService, *args: Any) -> None:
        begun.set()
        await asyncio.sleep(0)
        await record(self, *args)

    monkeypatch.setattr(DispatchService, "record", slowly)
    sending = asyncio.create_task(studio.services.dispatch.submit_next())
    await begun.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    row = await studio.row(view.id)
    assert row.status == "submitted"
    assert row.request_id


async def test_what_was_billed_above_the_price_counts_as_spent(studio: Studio) -> None:
    view = await studio.send()
    async with studio.uow() as work:
        row = await work.generations.lock(view.id)
        assert row is not None
        await finish(work, row, GenerationStatus.FAILED, charged_micros=view.price_micros * 2, note="billed")
        await work.commit()
    spend = await studio.services.usage.spend(studio.actor)
    assert (spend.month_micros, spend.reserved_micros) == (view.price_micros * 2, 0)


async def test_a_request_that_the_provider_forgets_is_given_up_only_after_some_looks(studio: Studio) -> None:
    view = await studio.send("stuck")
    row = await studio.row(view.id)
    gone = str(row.status_url).replace(str(row.request_id), "00000000-0000-7000-8000-000000000000")
    await studio.change(view.id, status_url=gone, cancel_requested_at=datetime.now(UTC))
    for _ in range(LOST_AFTER_MISSES):
        await studio.services.results.follow(view.id)
        assert (await studio.view(view)).status in ("submitted", "running")
    await studio.services.results.follow(view.id)
    assert (await studio.view(view)).status == "cancelled"


class BrokenStorage:
    """A store that is away."""

    async def put(self, *_: Any, **__: Any) -> None:
        raise StorageError("away")


async def test_while_images_cannot_be_stored_no_more_are_bought(
    studio: Studio, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.services.results._ingestion, "_storage", BrokenStorage())
    places = studio.settings.provider_concurrency
    views = [await studio.request() for _ in range(places + 2)]
    for view in views[:places]:
        assert await studio.services.dispatch.submit_next()
        await studio.follow(view, until=lambda each: each.status == "ingesting")
        await studio.services.results.follow(view.id)
    assert await studio.services.dispatch.submit_next() is False
    assert sandbox.stats()["posts"] == places


async def test_what_cannot_be_stored_can_be_given_up(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio.services.results._ingestion, "_storage", BrokenStorage())
    view = await studio.send()
    await studio.follow(view, until=lambda each: each.status == "ingesting")
    for _ in range(4):
        await studio.services.results.follow(view.id)
    given_up = await studio.services.generations.cancel(studio.actor, str(view.id))
    assert (given_up.status, given_up.charged_micros) == ("cancelled", view.price_micros)


async def test_a_fault_of_our_own_with_an_image_ends_and_is_charged(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BrokenInspector:
        async def inspect(self, _: bytes) -> None:
            raise ValueError("a fault")

    monkeypatch.setattr(studio.services.results._ingestion, "_inspector", BrokenInspector())
    failed = await studio.finish(await studio.send())
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.charged_micros) == ("failed", "bad_output", failed.price_micros)


async def test_a_large_result_that_is_all_grain_is_kept(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    side_px = 4200
    pixels = pyvips.Image.new_from_memory(os.urandom(side_px * side_px * 4), side_px, side_px, 4, "uchar")
    grain: bytes = pixels.copy(interpretation="srgb").pngsave_buffer(compression=1)

    async def download(_url: str, *, max_bytes: int) -> bytes:
        if len(grain) > max_bytes:
            raise ProviderRefusedError("The provider sent a file that is too large.", code="bad_output")
        return grain

    view = await studio.send()
    await studio.change(view.id, width_px=side_px, height_px=side_px)
    monkeypatch.setattr(studio.services.results._ingestion._provider, "download", download)
    done = await studio.finish(view)
    assert done.status == "done"
    assert [image.size_bytes for image in await studio.images(view.id)] == [len(grain)]
    assert len(grain) > 64 * 1024 * 1024
