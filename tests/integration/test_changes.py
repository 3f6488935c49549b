"""News: told on commit and never before, to the right person, and not lost for good when the connection is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import psycopg
import pytest

from synthlabel.adapters.change_feed import PostgresChangeFeed
from synthlabel.db.engine import libpq_url
from synthlabel.db.unit_of_work import CHANNEL
from synthlabel.ports import Change
from synthlabel.services.changes import BUFFERED_CHANGES, EVERYTHING, NOTHING, ChangeHub
from synthlabel.settings import Settings
from tests.factories import Studio


@pytest.fixture
async def feed(settings: Settings) -> AsyncIterator[AsyncIterator[Change]]:
    """Changes from now on: the opening word has been heard."""
    async with aclosing(PostgresChangeFeed(libpq_url(settings.database_url or ""), CHANNEL).changes()) as changes:
        assert await anext(changes) == EVERYTHING
        yield changes


async def test_a_request_is_news_of_that_person(studio: Studio, feed: AsyncIterator[Change]) -> None:
    view = await studio.request()
    assert await anext(feed) == Change(studio.actor.user_id, "generation", view.id)


async def test_what_is_not_committed_is_no_news(studio: Studio, feed: AsyncIterator[Change]) -> None:
    view = await studio.request()
    await anext(feed)
    async with studio.uow() as work:
        await work.notify(studio.actor.user_id, "image", view.id)
        await work.flush()  # and no commit
    async with studio.uow() as work:
        await work.notify(studio.actor.user_id, "generation", view.id)
        await work.commit()
    assert (await anext(feed)).kind == "generation"


async def test_a_change_can_be_read_by_whoever_hears_of_it(studio: Studio, feed: AsyncIterator[Change]) -> None:
    for count in range(1, 4):
        await studio.request(count=count)
        change = await anext(feed)
        assert (await studio.services.generations.get(studio.actor, str(change.id))).count == count


async def test_every_step_of_a_request_is_news(studio: Studio, feed: AsyncIterator[Change]) -> None:
    await studio.finish(await studio.send())
    # queued, submitting, submitted, ingesting: at least
    assert [(await anext(feed)).kind for _ in range(4)] == ["generation"] * 4


@pytest.mark.parametrize("payload", ["", "no json", "{}", "[]", '{"account": 1, "kind": "x", "id": "y"}', "null"])
async def test_a_notification_that_makes_no_sense_is_passed_over(
    studio: Studio, feed: AsyncIterator[Change], payload: str
) -> None:
    async with studio.engine.begin() as connection:
        await connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
    view = await studio.request()
    assert (await anext(feed)).id == view.id


async def test_a_lost_connection_is_made_again_and_says_that_something_may_be_missed(
    studio: Studio, feed: AsyncIterator[Change]
) -> None:
    hearing = asyncio.ensure_future(anext(feed))
    statement = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query ILIKE 'LISTEN%'
    """
    while not await studio.fetch(statement):
        pass
    assert await hearing == EVERYTHING
    view = await studio.request()
    assert (await anext(feed)).id == view.id


# --- within a process ------------------------------------------------------------------------------------------------


class Script:
    """A feed that says what it is told to."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Change] = asyncio.Queue()

    async def changes(self):  # type: ignore[no-untyped-def]
        while True:
            yield await self.queue.get()


@pytest.fixture
async def script() -> Script:
    return Script()


@pytest.fixture
async def hub(script: Script) -> AsyncIterator[ChangeHub]:
    built = ChangeHub(script)
    listening = asyncio.create_task(built.run())
    yield built
    listening.cancel()


async def test_a_reader_hears_of_their_own_and_of_everything(studio: Studio, hub: ChangeHub, script: Script) -> None:
    bob = await studio.add_person("bob")
    mine = Change(studio.actor.user_id, "generation", studio.actor.user_id)
    theirs = Change(bob.user_id, "generation", bob.user_id)
    async with aclosing(hub.stream(bob.user_id)) as bobs, aclosing(hub.stream()) as all_of_it:
        assert (await anext(bobs), await anext(all_of_it)) == (EVERYTHING, EVERYTHING)
        for change in (mine, theirs, EVERYTHING):
            script.queue.put_nowait(change)
        assert [await anext(bobs) for _ in range(2)] == [theirs, EVERYTHING]
        assert [await anext(all_of_it) for _ in range(3)] == [mine, theirs, EVERYTHING]


async def test_a_quiet_stream_says_so(hub: ChangeHub) -> None:
    async with aclosing(hub.stream(idle_s=0.01)) as changes:
        assert [await anext(changes) for _ in range(3)] == [EVERYTHING, NOTHING, NOTHING]


async def test_a_slow_reader_is_told_that_something_was_missed(studio: Studio, hub: ChangeHub, script: Script) -> None:
    change = Change(studio.actor.user_id, "generation", studio.actor.user_id)
    async with aclosing(hub.stream()) as slow:
        await anext(slow)
        async with aclosing(hub.stream(idle_s=0.01)) as other:
            for _ in range(BUFFERED_CHANGES + 5):
                script.queue.put_nowait(change)
            while await anext(other) != NOTHING:
                pass
        assert await anext(slow) == EVERYTHING


async def test_a_reader_who_left_is_forgotten(hub: ChangeHub) -> None:
    async with aclosing(hub.stream()) as changes:
        await anext(changes)
    assert hub._readers == {}


async def test_news_reach_a_plain_listener_too(studio: Studio) -> None:
    """Other programs may listen: the payload holds ids, never contents."""
    async with await psycopg.AsyncConnection.connect(
        libpq_url(studio.settings.database_url or ""), autocommit=True
    ) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        await studio.request(prompt="a secret picture")
        notification = await anext(listener.notifies())
        assert "secret picture" not in notification.payload
