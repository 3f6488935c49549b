"""How long requests take is measured, and what the provider says of its line is kept."""

from datetime import timedelta

from synthlabel.services.pace import KEPT_S, PaceReader
from tests.factories import Studio
from tests.sandbox import SandboxProcess


async def finish_after(studio: Studio, *seconds: float) -> None:
    for took_s in seconds:
        view = await studio.finish(await studio.send())
        row = await studio.row(view.id)
        assert row.finished_at is not None
        await studio.change(view.id, submitted_at=row.finished_at - timedelta(seconds=took_s))


async def test_the_pace_is_that_of_the_latest_requests_that_came_to_an_end(studio: Studio) -> None:
    await finish_after(studio, 10, 20, 30)
    await studio.finish(await studio.send("policy"))
    async with studio.uow() as work:
        median_s, p95_s, samples = await work.generations.measure_pace("flux-schnell")
        other = await work.generations.measure_pace("flux-dev")
    assert (round(median_s), round(p95_s), samples) == (20, 29, 3)
    assert other == (0.0, 0.0, 0)


async def test_the_pace_is_read_once_in_a_while_however_many_rows_there_are(studio: Studio) -> None:
    await finish_after(studio, 10, 10, 10)
    rows = [await studio.row((await studio.request()).id) for _ in range(3)]
    time_s = 0.0
    reader = PaceReader(places=1, clock=lambda: time_s)
    async with studio.uow() as work:
        before = await reader.outlooks(work, rows, {})
        await studio.change(rows[0].id, status="done", submitted_at=rows[0].created_at)
        async with studio.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE generation SET submitted_at = finished_at - interval '1 hour'")
    positions = {row.id: 0 for row in rows}
    async with studio.uow() as work:
        kept = await reader.outlooks(work, rows, positions)
        time_s = KEPT_S
        fresh = await reader.outlooks(work, rows, positions)
    assert len(before) == 3
    for row in rows:
        soon, late = kept[row.id].expected_done_at, fresh[row.id].expected_done_at
        assert soon is not None
        assert late is not None
        assert late - soon > timedelta(minutes=30)


async def test_the_first_place_in_the_providers_line_is_remembered(studio: Studio, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", concurrency=0)
    await studio.send()
    second = await studio.send()
    await studio.services.results.follow(second.id)
    first_place = (await studio.row(second.id)).first_position
    assert first_place == (await studio.view(second)).queue_position
    assert first_place is not None
    await studio.change(second.id, first_position=first_place + 5)
    await studio.services.results.follow(second.id)
    seen = await studio.view(second)
    assert (await studio.row(second.id)).first_position == first_place + 5
    assert seen.outlook.queue_trend == "shrinking"
