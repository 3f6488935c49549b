"""How lists fare when a person has many images: pages are cut by id, so their cost should not grow."""

import time
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from synthlabel.services.views import GenerationView
from tests.bench.conftest import Client
from tests.bench.figures import show, spread_ms

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

SIZES = (1_000, 100_000)
READS = 60
LISTS = (("/images", 100), ("/generations", 50))

# Copies of one finished generation and its image, under fresh time-ordered ids.
COPIES = """
WITH made AS (
    INSERT INTO generation
    SELECT (jsonb_populate_record(one, jsonb_build_object('id', uuidv7(), 'submit_token', gen_random_uuid(),
            'request_id', gen_random_uuid()::text))).*
    FROM generation AS one, generate_series(1, :count) WHERE one.id = :id
    RETURNING id
)
INSERT INTO image
SELECT (jsonb_populate_record(one, jsonb_build_object('id', uuidv7(), 'generation_id', made.id))).*
FROM image AS one, made WHERE one.generation_id = :id
"""


async def make_one(client: Client) -> GenerationView:
    """Take one generation all the way, as a worker would."""
    view = await client.studio.send()
    return await client.studio.finish(view)


async def fill(client: Client, one: GenerationView, *, total: int) -> None:
    async with client.studio.engine.begin() as connection:
        present = (await connection.execute(sa.text("SELECT count(*) FROM image"))).scalar_one()
        await connection.execute(sa.text(COPIES), {"count": total - present, "id": one.id})
    async with client.studio.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        # What a server does by itself within minutes, so that it does not happen while we measure.
        await connection.execute(sa.text("VACUUM (ANALYZE)"))
        await connection.execute(sa.text("CHECKPOINT"))


async def middle_of(client: Client, table: str, *, total: int) -> str:
    statement = f"SELECT id FROM {table} ORDER BY id OFFSET {total // 2} LIMIT 1"
    return str((await client.studio.fetch(statement))[0][0])


@dataclass(frozen=True, slots=True)
class Reading:
    """Wall-clock seconds per page, and CPU time of client and API together: what other work hardly changes."""

    seconds: list[float]
    cpu_ms: float


async def read(client: Client, path: str, **query: object) -> Reading:
    seconds: list[float] = []
    began = time.process_time()
    for _ in range(READS):
        asked = time.perf_counter()
        answer = await client.http.get(path, params={name: str(value) for name, value in query.items()})
        seconds.append(time.perf_counter() - asked)
        assert len(answer.raise_for_status().json()["items"]) == query["limit"]
    return Reading(seconds, (time.process_time() - began) / READS * 1000)


async def test_pages_of_lists(client: Client) -> None:
    one = await make_one(client)
    rows: list[tuple[object, ...]] = []
    small: dict[tuple[str, str], Reading] = {}
    for total in SIZES:
        await fill(client, one, total=total)
        for path, limit in LISTS:
            middle = await middle_of(client, path.strip("/").removesuffix("s"), total=total)
            for where, cursor in (("first", {}), ("middle", {"cursor": middle})):
                page = await read(client, path, limit=limit, **cursor)
                before = small.setdefault((path, where), page)
                name, ratio = f"{path}?limit={limit}, {where} page", f"{page.cpu_ms / before.cpu_ms:.2f}"
                rows.append((name, f"{total:,}", *spread_ms(page.seconds), page.cpu_ms, ratio))
    columns = ("list", "rows", "p50 ms", "p95 ms", "CPU ms", f"CPU : {SIZES[0]:,} rows")
    show("Lists over HTTP, one reader", columns, rows)
