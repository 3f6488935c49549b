"""Many generations with one press: once, all or none, and nobody else waits longer for it."""

import asyncio

import pytest

from synthlabel.errors import InvalidInputError
from tests.factories import Studio, make_spec
from tests.sandbox import SandboxProcess


async def press(studio: Studio, *lines: str, key: str | None = None) -> list[str]:
    batch = await studio.services.batches.request(studio.actor, make_spec(), lines, idempotency_key=key)
    return [view.prompt for view in batch.items]


async def test_ten_equal_presses_at_once_are_one(studio: Studio) -> None:
    made = await asyncio.gather(*(press(studio, "{a|b|c}", key="press") for _ in range(10)))
    assert made == [["a", "b", "c"]] * 10
    assert len(await studio.fetch("SELECT 1 FROM generation")) == 3
    assert len(await studio.fetch("SELECT 1 FROM ledger_entry WHERE kind = 'reserve'")) == 3


async def test_a_press_that_is_wrong_in_its_last_line_leaves_nothing_and_its_key_unused(studio: Studio) -> None:
    with pytest.raises(InvalidInputError) as wrong:
        await press(studio, "a", "{b", key="press")
    assert [error.field for error in wrong.value.errors] == ["prompts.1"]
    for table in ("generation", "ledger_entry", "procrastinate_jobs", "idempotency_key"):
        assert await studio.fetch(f"SELECT 1 FROM {table}") == []
    assert await press(studio, "a", "b", key="press") == ["a", "b"]


async def test_a_large_batch_does_not_hold_up_somebody_else(studio: Studio, sandbox: SandboxProcess) -> None:
    await press(studio, "{0|1|2|3|4|5|6|7|8|9}{0|1}")
    bob = await studio.add_person("bob")
    bobs = await studio.request(actor=bob)
    for _ in range(2):
        await studio.services.dispatch.submit_next()
    assert (await studio.services.generations.get(bob, str(bobs.id))).status == "submitted"


async def test_each_of_a_batch_is_sent_with_its_own_prompt_and_once(studio: Studio, sandbox: SandboxProcess) -> None:
    made = await press(studio, "{a|b|c}")
    while await studio.services.dispatch.submit_next():
        pass
    assert [request["input"]["prompt"] for request in sandbox.requests()] == made


async def test_a_retry_remembers_what_the_prompt_was_made_of(studio: Studio) -> None:
    batch = await studio.services.batches.request(studio.actor, make_spec(), ["{a|b}"])
    await studio.services.generations.cancel(studio.actor, str(batch.items[0].id))
    again = await studio.services.generations.retry(studio.actor, str(batch.items[0].id))
    assert (again.prompt, again.template, again.batch_id) == ("a", "{a|b}", None)
