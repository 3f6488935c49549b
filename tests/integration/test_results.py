"""Following a request to its end, whatever the end is, and bringing the images home."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from synthlabel.db.tables import Image, new_id
from synthlabel.services.results import GIVE_UP_AFTER
from synthlabel.settings import Settings
from tests.factories import Studio, free_port
from tests.sandbox import SandboxProcess

OLD = timedelta(days=1)


# --- the good end ---------------------------------------------------------------------------------------------------


async def test_what_is_stored_is_what_was_made(studio: Studio, sandbox: SandboxProcess) -> None:
    done = await studio.finish(await studio.send(seed=7, count=3))
    assert (done.status, done.progress, done.phase, done.queue_position) == ("done", 1.0, None, None)
    for index, (image, view) in enumerate(zip(await studio.images(done.id), done.images, strict=True)):
        data = await studio.services.storage.get(image.storage_key)
        assert (image.index, image.seed, image.size_bytes) == (index, 7 + index, len(data))
        assert image.sha256 == hashlib.sha256(data).hexdigest()
        assert image.storage_key == f"users/{studio.actor.user_id}/generations/{done.id}/{index}.jpg"
        assert (image.width_px, image.height_px, image.content_type) == (256, 256, "image/jpeg")
        assert image.thumbhash
        assert set(image.thumbnail_keys) == {"320", "640", "1280"}
        for key in image.thumbnail_keys.values():
            assert (await studio.services.storage.get(key))[8:12] == b"WEBP"
        assert set(view.thumbnails) == {320, 640, 1280}
    request_id = (await studio.row(done.id)).request_id or ""
    assert sandbox.request(request_id)["billable_units"] == 3
    assert done.charged_micros == done.price_micros


async def test_the_states_are_passed_through_in_order(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", concurrency=0)
    waiting = await studio.send("stuck")
    view = await studio.send()
    await studio.services.results.follow(view.id)
    seen = await studio.view(view)
    assert (seen.status, seen.queue_position) == ("submitted", 1)
    sandbox.admin("settings", speed=1, run_seconds=0.4, queue_seconds=0, concurrency=2)
    view = await studio.follow(view, until=lambda each: each.status == "running")
    view = await studio.follow(view, until=lambda each: each.progress is not None)
    assert view.progress is not None
    assert 0 <= view.progress <= 1
    assert view.phase
    assert view.log
    done = await studio.finish(view)
    assert done.finished_at is not None
    assert done.submitted_at is not None
    assert done.created_at <= done.submitted_at <= done.finished_at
    assert (await studio.view(waiting)).status == "submitted"


async def test_following_is_safe_to_repeat_and_to_run_ten_times_at_once(studio: Studio) -> None:
    view = await studio.send(count=2)
    while not (await studio.view(view)).finished:
        await asyncio.gather(*(studio.services.results.follow(view.id) for _ in range(10)))
    await studio.services.results.follow(view.id)
    assert len(await studio.images(view.id)) == 2
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}


async def test_blanked_images_are_kept_marked_and_left_out_of_the_gallery(studio: Studio) -> None:
    done = await studio.finish(await studio.send("filtered"))
    assert (done.status, [image.filtered for image in done.images]) == ("done", [True])
    assert (await studio.services.gallery.list_page(studio.actor)).items == []
    assert done.charged_micros == done.price_micros


async def test_a_status_that_lacks_its_fields_does_not_keep_a_paid_image_from_us(studio: Studio) -> None:
    assert (await studio.finish(await studio.send("bad-status"))).status == "done"


async def test_a_model_that_left_the_catalogue_is_charged_at_the_price_on_the_button(studio: Studio) -> None:
    view = await studio.send()
    await studio.change(view.id, model="retired-model")
    done = await studio.finish(view)
    assert (done.status, done.charged_micros, done.model_name) == ("done", view.price_micros, "retired-model")


# --- failures at the provider -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "retryable"),
    [
        ("policy", "content_policy", False),
        ("invalid-input", "provider_invalid_input", False),
        ("runner-disconnected", "provider_failed", True),
    ],
)
async def test_a_failed_run_says_why_and_is_not_charged(studio: Studio, fault: str, code: str, retryable: bool) -> None:
    failed = await studio.finish(await studio.send(fault))
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.error.retryable) == ("failed", code, retryable)
    assert failed.error.message
    assert failed.provider_message
    assert bool(failed.error.fields) == (fault == "invalid-input")
    assert (failed.charged_micros, failed.images) == (0, [])
    assert await studio.ledger(failed.id) == {"reserve": failed.price_micros, "release": failed.price_micros}


async def test_a_request_that_the_provider_no_longer_knows_fails_only_after_some_looks(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send()
    sandbox.admin("reset")
    await studio.services.results.follow(view.id)
    assert (await studio.view(view)).status == "submitted"
    failed = await studio.finish(view)
    assert failed.error is not None
    assert (failed.status, failed.error.code) == ("failed", "provider_lost")


async def test_a_provider_that_is_away_is_asked_again_and_the_request_survives(
    settings: Settings, studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send()
    away = settings.model_copy(update={"fal_url": f"http://127.0.0.1:{free_port()}"})
    row = await studio.row(view.id)
    gone = {"status_url": f"{away.fal_url}/status", "response_url": f"{away.fal_url}/response"}
    await studio.change(view.id, **gone)
    await studio.services.results.follow(view.id)
    looked = await studio.row(view.id)
    assert (looked.status, looked.lease_until, looked.looks) == ("submitted", None, 1)
    assert looked.next_look_at is not None
    assert looked.next_look_at > datetime.now(UTC)
    await studio.change(view.id, status_url=row.status_url, response_url=row.response_url)
    assert (await studio.finish(view)).status == "done"
    assert sandbox.stats()["posts"] == 1


async def test_a_request_that_never_ends_is_cancelled_and_given_up_after_hours_as_spent(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send("stuck")
    await studio.change(view.id, submitted_at=datetime.now(UTC) - GIVE_UP_AFTER)
    await studio.services.results.follow(view.id)
    failed = await studio.view(view)
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.error.retryable) == ("failed", "timed_out", True)
    assert failed.charged_micros == failed.price_micros
    assert sandbox.stats()["cancelled"] == 1


async def test_a_provider_that_is_away_for_hours_is_no_reason_to_give_up_what_is_paid_for(studio: Studio) -> None:
    view = await studio.send("stuck")
    nowhere = f"http://127.0.0.1:{free_port()}/"
    await studio.change(view.id, status_url=nowhere, submitted_at=datetime.now(UTC) - GIVE_UP_AFTER)
    await studio.services.results.follow(view.id)
    row = await studio.row(view.id)
    assert row.status in ("submitted", "running")
    assert row.next_look_at is not None


# --- failures on the way home -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["not-an-image", "huge-image"])
async def test_a_file_that_is_no_proper_picture_fails_and_is_charged(studio: Studio, fault: str) -> None:
    failed = await studio.finish(await studio.send(fault))
    assert failed.error is not None
    assert (failed.status, failed.error.code, failed.images) == ("failed", "bad_output", [])
    assert failed.charged_micros == failed.price_micros
    assert await studio.ledger(failed.id) == {"reserve": failed.price_micros, "settle": failed.price_micros}


async def test_a_file_that_leads_elsewhere_fails_and_is_charged(studio: Studio) -> None:
    failed = await studio.finish(await studio.send("redirect=http://169.254.169.254/"))
    assert (failed.status, failed.images) == ("failed", [])
    assert failed.charged_micros == failed.price_micros


async def test_an_expired_file_is_asked_for_once_more_then_fails_and_is_charged(studio: Studio) -> None:
    failed = await studio.finish(await studio.send("result-expired"))
    assert failed.error is not None
    assert (failed.status, failed.error.code) == ("failed", "output_gone")
    assert (await studio.row(failed.id)).output_renewed
    assert failed.charged_micros == failed.price_micros


async def test_an_expired_file_of_a_forgotten_request_fails_and_is_charged(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.follow(await studio.send("download-cut"), until=lambda seen: seen.status == "ingesting")
    sandbox.admin("reset")  # neither the file nor the request is known any longer
    failed = await studio.finish(view)
    assert failed.error is not None
    assert (failed.status, failed.error.code) == ("failed", "output_gone")
    assert failed.charged_micros == failed.price_micros


async def test_renewed_addresses_are_kept_for_the_next_try(studio: Studio) -> None:
    view = await studio.follow(await studio.send("download-cut"), until=lambda seen: seen.status == "ingesting")
    row = await studio.row(view.id)
    assert row.output is not None
    good = row.output["images"][0]["url"]
    stale = {**row.output, "images": [{**row.output["images"][0], "url": good + "-gone"}]}
    async with studio.uow() as work:
        locked = await work.generations.lock(view.id)
        assert locked is not None
        locked.output = stale
        await work.commit()
    await studio.services.results.follow(view.id)
    renewed = await studio.row(view.id)
    assert (renewed.status, renewed.output_renewed) == ("ingesting", True)
    assert renewed.output is not None
    assert renewed.output["images"][0]["url"] == good


async def test_a_download_that_is_cut_is_tried_again_and_nothing_is_lost(studio: Studio) -> None:
    view = await studio.follow(await studio.send("download-cut"), until=lambda seen: seen.status == "ingesting")
    row = await studio.row(view.id)
    assert row.lease_until is None
    assert row.next_look_at is not None
    assert await studio.ledger(view.id) == {"reserve": view.price_micros}
    assert row.output is not None


async def test_storage_that_is_full_or_away_is_tried_again(studio: Studio, settings: Settings) -> None:
    blocked = settings.data_dir / "objects"
    blocked.write_text("a file where a directory should be")
    view = await studio.follow(await studio.send(), until=lambda seen: seen.status == "ingesting")
    blocked.unlink()
    done = await studio.finish(view)
    assert (done.status, len(done.images)) == ("done", 1)


async def test_ingestion_goes_on_where_a_dead_worker_left_it(studio: Studio, settings: Settings) -> None:
    """Rows of some images are there, the others are not; what is there stays as it is."""
    done = await studio.finish(await studio.send(count=3))
    kept = (await studio.images(done.id))[0]
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM image WHERE index > 0")
        await connection.exec_driver_sql("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        await connection.exec_driver_sql("DELETE FROM ledger_entry WHERE kind <> 'reserve'")
    await studio.change(done.id, status="ingesting", finished_at=None, charged_micros=None)
    again = await studio.finish(done)
    images = await studio.images(done.id)
    assert (again.status, [image.index for image in images]) == ("done", [0, 1, 2])
    assert images[0].id == kept.id


async def test_an_image_that_two_workers_bring_home_is_one_image(studio: Studio) -> None:
    done = await studio.finish(await studio.send())
    image = (await studio.images(done.id))[0]
    async with studio.uow() as work:
        await work.images.add_new(Image(**{**image.model_dump(), "id": new_id()}))
        await work.commit()
    assert [each.id for each in await studio.images(done.id)] == [image.id]


# --- the net --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["submitted", "running", "ingesting"])
async def test_an_overdue_request_is_looked_at_again(studio: Studio, status: str) -> None:
    view = await studio.send()
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    await studio.change(view.id, status=status, next_look_at=datetime.now(UTC) - OLD)
    assert await studio.services.results.enqueue_overdue() == 1
    assert await studio.jobs("follow") == 1


async def test_a_request_that_somebody_looks_at_is_not_overdue(studio: Studio) -> None:
    view = await studio.send()
    now = datetime.now(UTC)
    await studio.change(view.id, next_look_at=now - OLD, lease_until=now + OLD)
    assert await studio.services.results.enqueue_overdue() == 0
    await studio.services.results.follow(view.id)
    assert (await studio.view(view)).status == "submitted"


async def test_the_lease_of_a_dead_worker_ends(studio: Studio) -> None:
    view = await studio.send()
    await studio.change(view.id, lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert (await studio.finish(view)).status == "done"
