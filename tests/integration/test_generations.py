"""What a person can do with generations, and what each of it leaves in the database."""

import asyncio
from datetime import timedelta

import pytest

from synthlabel.domain.generation import GenerationStatus
from synthlabel.errors import ConflictError, InvalidInputError, NotFoundError
from tests.factories import Studio, make_spec
from tests.sandbox import SandboxProcess


async def test_a_request_stores_row_reservation_and_job_and_sends_nothing(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.request()
    assert view.status == GenerationStatus.QUEUED
    assert await studio.ledger(view.id) == {"reserve": view.price_micros}
    assert await studio.jobs("dispatch") == 1
    assert sandbox.stats()["posts"] == 0


async def test_a_wrong_request_leaves_nothing_at_all(studio: Studio) -> None:
    with pytest.raises(InvalidInputError) as wrong:
        await studio.request(width_px=7, count=99, seed=-1)
    assert [error.field for error in wrong.value.errors] == ["width", "count", "seed"]
    for table in ("generation", "ledger_entry", "procrastinate_jobs"):
        assert await studio.fetch(f"SELECT 1 FROM {table}") == []


async def test_an_unknown_model_is_an_error_of_that_field(studio: Studio) -> None:
    with pytest.raises(InvalidInputError) as wrong:
        await studio.request(model="no-such-model")
    assert [error.field for error in wrong.value.errors] == ["model"]


async def test_the_recipe_is_kept_complete_and_is_what_the_provider_gets(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send(seed=5, count=2, params={"num_inference_steps": 3})
    row = await studio.row(view.id)
    sent = sandbox.requests()[0]
    assert (row.model, row.provider, row.endpoint) == ("flux-schnell", "fal", sent["endpoint"])
    assert sent["input"] == row.arguments
    assert row.arguments["seed"] == row.seed == 5
    assert row.arguments["num_images"] == row.count == 2
    assert row.arguments["image_size"] == {"width": row.width_px, "height": row.height_px}
    for name, value in row.params.items():
        assert row.arguments[name] == value
    assert row.params["num_inference_steps"] == 3
    assert row.params["guidance_scale"] == 3.5  # a default that nobody wrote
    assert row.price_formula
    assert row.priced_at


async def test_without_a_seed_each_request_gets_its_own(studio: Studio) -> None:
    seeds = {(await studio.request()).seed for _ in range(5)}
    assert len(seeds) == 5


async def test_a_prompt_may_hold_any_text_that_people_write(studio: Studio) -> None:
    prompt = "ein Fuchs 🦊 — “schön”\n\tلوحة\u202e'; DROP TABLE generation; --"
    view = await studio.request(prompt=prompt + "\x00\ud800")
    assert (await studio.view(view)).prompt == prompt


# --- idempotency ----------------------------------------------------------------------------------------------------


async def test_the_same_key_gives_the_first_answer_again(studio: Studio) -> None:
    ask = studio.services.generations.request
    first = await ask(studio.actor, make_spec(), idempotency_key="k")
    await studio.services.dispatch.submit_next()
    assert await ask(studio.actor, make_spec(), idempotency_key="k") == first
    assert len(await studio.fetch("SELECT 1 FROM generation")) == 1


async def test_ten_equal_requests_at_once_become_one_generation_and_one_submission(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    ask = studio.services.generations.request
    views = await asyncio.gather(*(ask(studio.actor, make_spec(), idempotency_key="k") for _ in range(10)))
    assert len({view.id for view in views}) == 1
    assert await studio.services.dispatch.submit_next() is True
    assert await studio.services.dispatch.submit_next() is False
    assert sandbox.stats()["posts"] == 1
    assert len(await studio.fetch("SELECT 1 FROM ledger_entry")) == 1


async def test_the_same_key_with_another_request_is_a_conflict(studio: Studio) -> None:
    ask = studio.services.generations.request
    await ask(studio.actor, make_spec(), idempotency_key="k")
    with pytest.raises(ConflictError) as conflict:
        await ask(studio.actor, make_spec(count=2), idempotency_key="k")
    assert conflict.value.code == "idempotency_conflict"
    assert len(await studio.fetch("SELECT 1 FROM generation")) == 1


async def test_keys_of_two_people_do_not_meet(studio: Studio) -> None:
    ask = studio.services.generations.request
    bob = await studio.add_person("bob")
    mine = await ask(studio.actor, make_spec(), idempotency_key="k")
    assert (await ask(bob, make_spec(), idempotency_key="k")).id != mine.id


async def test_a_key_is_kept_for_a_day(studio: Studio) -> None:
    ask = studio.services.generations.request
    first = await ask(studio.actor, make_spec(), idempotency_key="k")
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE idempotency_key SET created_at = now() - interval '25 hours'")
    second = await ask(studio.actor, make_spec(count=2), idempotency_key="k")
    assert second.id != first.id


async def test_a_failed_request_does_not_use_up_its_key(studio: Studio) -> None:
    ask = studio.services.generations.request
    with pytest.raises(InvalidInputError):
        await ask(studio.actor, make_spec(count=99), idempotency_key="k")
    assert await ask(studio.actor, make_spec(), idempotency_key="k")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb"])
async def test_a_key_that_is_no_key_is_refused(studio: Studio, key: str) -> None:
    with pytest.raises(InvalidInputError):
        await studio.services.generations.request(studio.actor, make_spec(), idempotency_key=key)


# --- other people's -------------------------------------------------------------------------------------------------


async def test_somebody_elses_generation_does_not_exist(studio: Studio) -> None:
    view = await studio.request()
    bob, generations = await studio.add_person("bob"), studio.services.generations
    for use in (generations.get, generations.cancel, generations.retry, generations.check_again):
        with pytest.raises(NotFoundError):
            await use(bob, str(view.id))
    assert (await generations.list_page(bob)).items == []
    assert (await studio.view(view)).status == "queued"


@pytest.mark.parametrize("text", ["", "x", "0", "' OR 1=1", "01234567-89ab-cdef-0123-456789abcdef"])
async def test_an_id_that_cannot_exist_is_not_found(studio: Studio, text: str) -> None:
    with pytest.raises(NotFoundError):
        await studio.services.generations.get(studio.actor, text)


async def test_pages_hold_every_generation_once_newest_first(studio: Studio) -> None:
    made = [(await studio.request()).id for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = await studio.services.generations.list_page(studio.actor, cursor=cursor, limit=2)
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_waiting_requests_know_their_place_in_the_persons_own_line(studio: Studio) -> None:
    first, second = await studio.request(), await studio.request()
    await studio.request(actor=await studio.add_person("bob"))
    assert [(await studio.view(view)).queue_position for view in (first, second)] == [0, 1]


# --- cancel ---------------------------------------------------------------------------------------------------------


async def test_a_waiting_request_is_cancelled_at_once_and_never_sent(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.request()
    for _ in range(2):  # safe to repeat
        cancelled = await studio.services.generations.cancel(studio.actor, str(view.id))
        assert (cancelled.status, cancelled.charged_micros) == ("cancelled", 0)
    assert await studio.services.dispatch.submit_next() is False
    assert sandbox.stats()["posts"] == 0
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "release": view.price_micros}


async def test_cancelling_while_it_is_claimed_sends_nothing_and_stops_nobody(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    """The claim looks for a row, and finds that it was cancelled in between."""
    first, second = await studio.request(), await studio.request()
    async with studio.uow() as work:
        row = await work.generations.lock(first.id)
        assert row is not None
        sending = asyncio.create_task(studio.services.dispatch.submit_next())
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while not await studio.fetch(waiting):
            pass
        row.status = GenerationStatus.CANCELLED
        await work.flush()
        await work.commit()
    assert await sending is True
    assert (await studio.view(first)).status == "cancelled"
    assert (await studio.view(second)).status == "submitted"
    assert sandbox.stats()["posts"] == 1


async def test_a_running_request_is_cancelled_at_the_provider(studio: Studio, sandbox: SandboxProcess) -> None:
    view = await studio.follow(await studio.send("stuck"), until=lambda seen: seen.status == "running")
    asked = await studio.services.generations.cancel(studio.actor, str(view.id))
    assert (asked.status, asked.cancel_requested) == ("running", True)
    done = await studio.finish(view)
    assert (done.status, done.charged_micros) == ("cancelled", 0)
    assert sandbox.requests()[0]["status"] == "CANCELLED"
    assert await studio.ledger(view.id) == {"reserve": view.price_micros, "release": view.price_micros}


async def test_a_request_that_finished_before_the_cancel_arrived_is_kept_and_charged(
    studio: Studio, sandbox: SandboxProcess
) -> None:
    view = await studio.send()
    request_id = (await studio.row(view.id)).request_id or ""
    await sandbox.until(lambda: sandbox.request(request_id)["status"] == "COMPLETED")
    await studio.services.generations.cancel(studio.actor, str(view.id))
    done = await studio.finish(view)
    assert (done.status, len(done.images), done.charged_micros) == ("done", 1, view.price_micros)


async def test_a_finished_request_cannot_be_cancelled(studio: Studio) -> None:
    done = await studio.finish(await studio.send())
    with pytest.raises(ConflictError):
        await studio.services.generations.cancel(studio.actor, str(done.id))


async def test_images_that_are_being_saved_cannot_be_cancelled(studio: Studio) -> None:
    view = await studio.follow(await studio.send("download-cut"), until=lambda seen: seen.status == "ingesting")
    with pytest.raises(ConflictError):
        await studio.services.generations.cancel(studio.actor, str(view.id))


# --- retry ----------------------------------------------------------------------------------------------------------


async def test_a_retry_is_a_new_generation_of_the_same_recipe(studio: Studio, sandbox: SandboxProcess) -> None:
    failed = await studio.finish(await studio.send("policy", params={"num_inference_steps": 3}))
    again = await studio.services.generations.retry(studio.actor, str(failed.id))
    assert (again.status, again.retry_of) == ("queued", failed.id)
    old, new = await studio.row(failed.id), await studio.row(again.id)
    assert new.arguments == old.arguments
    assert new.submit_token != old.submit_token
    assert await studio.ledger(again.id) == {"reserve": again.price_micros}
    await studio.services.dispatch.submit_next()
    assert sandbox.stats()["posts"] == 2


@pytest.mark.parametrize("status", ["queued", "submitted", "done"])
async def test_what_is_on_its_way_or_done_cannot_be_retried(studio: Studio, status: str) -> None:
    view = await studio.request()
    if status != "queued":
        await studio.services.dispatch.submit_next()
    if status == "done":
        await studio.finish(view)
    with pytest.raises(ConflictError):
        await studio.services.generations.retry(studio.actor, str(view.id))


async def test_a_retry_with_a_key_happens_once(studio: Studio) -> None:
    view = await studio.request()
    retry, old = studio.services.generations.retry, str(view.id)
    await studio.services.generations.cancel(studio.actor, old)
    views = await asyncio.gather(*(retry(studio.actor, old, idempotency_key="r") for _ in range(5)))
    assert len({each.id for each in views}) == 1


async def test_old_keys_are_thrown_away(studio: Studio) -> None:
    await studio.services.generations.request(studio.actor, make_spec(), idempotency_key="k")
    await studio.services.housekeeping.tidy()
    assert len(await studio.fetch("SELECT 1 FROM idempotency_key")) == 1
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE idempotency_key SET created_at = now() - interval '{timedelta(2)}'")
    await studio.services.housekeeping.tidy()
    assert await studio.fetch("SELECT 1 FROM idempotency_key") == []
