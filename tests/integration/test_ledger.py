"""The ledger: nothing is ever changed or removed, every reservation is closed once, and sums are what was spent."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from synthlabel.db.tables import LedgerEntry
from synthlabel.domain.generation import GenerationStatus
from synthlabel.services.outcome import finish
from synthlabel.services.views import GenerationView
from tests.factories import Studio


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_micros = 0",
        "UPDATE ledger_entry SET note = 'better'",
        "DELETE FROM ledger_entry",
        "WITH gone AS (DELETE FROM ledger_entry RETURNING 1) SELECT count(*) FROM gone",
    ],
)
async def test_an_entry_can_be_neither_changed_nor_removed(studio: Studio, statement: str) -> None:
    view = await studio.request()
    with pytest.raises(DBAPIError, match="append-only"):
        async with studio.engine.begin() as connection:
            await connection.execute(sa.text(statement))
    assert await studio.ledger(view.id) == {"reserve": view.price_micros}


async def test_a_generation_with_entries_cannot_be_removed(studio: Studio) -> None:
    await studio.request()
    with pytest.raises(IntegrityError):
        async with studio.engine.begin() as connection:
            await connection.execute(sa.text("DELETE FROM generation"))


async def enter(studio: Studio, view: GenerationView, kind: str, amount_micros: int, **more: Any) -> None:
    async with studio.uow() as work:
        work.ledger.add(
            LedgerEntry(
                account_id=studio.actor.user_id, generation_id=view.id, kind=kind, amount_micros=amount_micros, **more
            )
        )
        await work.commit()


@pytest.mark.parametrize("kind", ["settle", "release"])
async def test_each_kind_of_entry_exists_once_per_generation(studio: Studio, kind: str) -> None:
    view = await studio.request()
    await enter(studio, view, kind, 1)
    with pytest.raises(IntegrityError):
        await enter(studio, view, kind, 1)


@pytest.mark.parametrize(("kind", "amount_micros"), [("gift", 1), ("settle", -1)])
async def test_an_entry_that_makes_no_sense_is_refused(studio: Studio, kind: str, amount_micros: int) -> None:
    view = await studio.request()
    with pytest.raises(IntegrityError):
        await enter(studio, view, kind, amount_micros)


@pytest.mark.parametrize("share", [0, 1, 2, 3])
async def test_what_was_reserved_is_charged_or_given_back_whatever_was_billed(studio: Studio, share: int) -> None:
    """From nothing, over half and all of the price, to more than it."""
    view = await studio.send(count=2)
    charged = view.price_micros * share // 2
    async with studio.uow() as work:
        row = await work.generations.lock(view.id)
        assert row is not None
        await finish(work, row, GenerationStatus.FAILED, charged_micros=charged, note="billed")
        await work.commit()
    entries = await studio.ledger(view.id)
    assert entries["reserve"] == view.price_micros
    taken = entries.get("settle", 0) + entries.get("release", 0)
    assert entries["reserve"] + entries.get("extra", 0) == taken
    assert entries.get("settle", 0) == charged
    assert (await studio.view(view)).charged_micros == charged


async def test_a_free_request_is_closed_as_well(studio: Studio) -> None:
    view = await studio.send()
    await studio.change(view.id, price_micros=0)
    async with studio.uow() as work:
        row = await work.generations.lock(view.id)
        assert row is not None
        await finish(work, row, GenerationStatus.FAILED, charged_micros=0, note="free")
        await work.commit()
    assert "settle" in await studio.ledger(view.id)


async def test_spending_follows_the_requests(studio: Studio) -> None:
    usage = studio.services.usage
    view = await studio.send(count=2)
    assert ((await usage.spend(studio.actor)).reserved_micros, (await usage.spend(studio.actor)).month_micros) == (
        view.price_micros,
        0,
    )
    await studio.finish(view)
    spend = await usage.spend(studio.actor)
    assert (spend.reserved_micros, spend.month_micros) == (0, view.price_micros)


async def test_spending_is_the_persons_own(studio: Studio) -> None:
    bob = await studio.add_person("bob")
    view = await studio.request()
    assert (await studio.services.usage.spend(bob)).reserved_micros == 0
    totals = await studio.services.usage.totals()
    assert (totals.reserved_micros, totals.generations) == (view.price_micros, {"queued": 1})


async def test_last_months_spending_is_not_this_months(studio: Studio) -> None:
    view = await studio.request()
    this_month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    await enter(studio, view, "settle", 5, created_at=this_month - timedelta(microseconds=1))
    assert (await studio.services.usage.spend(studio.actor)).month_micros == 0
    assert (await studio.services.usage.totals()).spent_micros == 5


async def test_a_cancel_and_an_end_at_the_same_time_close_the_reservation_once(studio: Studio) -> None:
    views = [await studio.send("lost-submit") for _ in range(5)]
    cancel = studio.services.generations.cancel
    await asyncio.gather(*(cancel(studio.actor, str(view.id)) for view in views for _ in range(3)))
    for view in views:
        assert await studio.ledger(view.id) == {"reserve": view.price_micros, "settle": view.price_micros}
