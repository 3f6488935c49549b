"""Whatever is killed, whenever: nothing that was paid for is lost, nothing is paid for twice, the books balance."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.storm import PLACES, REQUESTS, Storm, open_storm
from tests.processes import wait_for_end

WORKER_KILLS = 7
DATABASE_KILLS = 3
SANDBOX_KILLS = 3


@pytest.fixture
async def storm(tmp_path: Path) -> AsyncIterator[Storm]:
    async with open_storm(tmp_path) as opened:
        yield opened


async def is_served(storm: Storm) -> bool:
    """True if a request made after the storm ends as in fair weather."""
    view = await storm.studio.wait(await storm.studio.request())
    return view.status == "done"


async def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(storm: Storm) -> None:
    views = await storm.request_some()
    for _ in range(WORKER_KILLS):
        await storm.some_news()
        storm.worker.kill()
        storm.worker.start()
    await storm.calm()
    ends = await storm.check(views)
    assert ends["done"] >= REQUESTS - WORKER_KILLS, "only a call that never arrived may stay unknown"
    assert await is_served(storm)


async def test_a_database_that_is_killed_and_restarted_loses_and_doubles_nothing(storm: Storm) -> None:
    views = await storm.request_some()
    for _ in range(DATABASE_KILLS):
        await storm.some_news()
        pid = storm.database.pid
        assert pid is not None
        storm.database.kill()
        assert wait_for_end(pid)
        storm.database.start()
    await storm.calm()
    ends = await storm.check(views)
    assert ends["done"] >= REQUESTS - DATABASE_KILLS * PLACES, "no more may stay unknown than were being sent"
    assert storm.worker.is_running, "a worker outlives its database"
    assert await is_served(storm)


async def test_a_provider_that_is_killed_and_restarted_loses_and_doubles_nothing(storm: Storm) -> None:
    views = await storm.request_some()
    for _ in range(SANDBOX_KILLS):
        await storm.some_news()
        storm.sandbox.kill()
        await asyncio.to_thread(storm.sandbox.start)
    await storm.calm()
    ends = await storm.check(views)
    assert ends["done"] >= REQUESTS - SANDBOX_KILLS * PLACES, "no more may stay unknown than were being sent"
    assert storm.worker.is_running
    assert await is_served(storm)


async def test_a_worker_killed_during_the_call_sends_it_no_second_time(storm: Storm) -> None:
    """The worst moment of all: the provider has taken the request, and nobody here knows its id."""
    views = [await storm.studio.request("slow-submit=60", "webhook-dropped") for _ in range(2)]
    await storm.sandbox.until(lambda: storm.sandbox.stats()["posts"] == 2)
    storm.worker.kill(signal.SIGKILL)
    storm.worker.start()
    await storm.calm()
    assert await storm.check(views) == {"done": 2}
    assert storm.sandbox.stats()["posts"] == 2
