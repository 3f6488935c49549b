"""How the gallery fares with a thousand, a hundred thousand and a million images: what a person waits for."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.bench.conftest import Client
from tests.bench.figures import show, spread_ms
from tests.bench.gallery_data import COMMON_WORD, RARE_WORD, SIZES, USUAL_WORD, People, fill

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

TOTALS = (1_000, 100_000, 1_000_000)
READS = 25
PAGE = 100
EXAMPLES = 3
TYPED = tuple(USUAL_WORD[:length] for length in range(1, len(USUAL_WORD) + 1))
"""A word as it is typed: a search for each letter."""

Query = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a person does. Several queries are done in turn."""

    name: str
    path: str
    queries: Sequence[Query]


def page(name: str, *queries: Query) -> Ask:
    return Ask(name, "/images", [{"limit": PAGE, **query} for query in queries or ({},)])


async def prepared(client: Client, people: People, examples: Sequence[Any], *, total: int) -> float:
    """Fill the gallery and return the seconds that it took."""
    models = [model.id for model in client.studio.services.catalog.models if model.task == "generate"]
    began = time.perf_counter()
    await fill(client.studio.engine, people, total=total, examples=examples, models=models)
    return time.perf_counter() - began


async def asks(client: Client, people: People, *, total: int) -> list[Ask]:
    """What is measured; ids and names as this gallery has them."""
    boards = dict(await client.studio.fetch("SELECT name, id::text FROM board"))
    middle = (
        await client.studio.fetch(
            "SELECT id::text, seed, created_at FROM image WHERE account_id = :owner AND trashed_at IS NULL "
            "ORDER BY id OFFSET :half LIMIT 1",
            owner=people.owner,
            half=int(total * 0.45),
        )
    )[0]
    model = client.studio.services.catalog.models[0].id
    big, small = (f"tag-{number:02d}" for number in (0, 55))
    return [
        page("newest page"),
        page("page in the middle", {"cursor": middle[0]}),
        page("model", {"model": model}),
        page("tag, frequent", {"tag": big}),
        page("tag, rare", {"tag": small}),
        page("favourites", {"favorite": "true"}),
        page("5 stars", {"rating": 5}),
        page("3 stars or more", {"rating_gte": 3}),
        page("unrated", {"unrated": "true"}),
        page("board, tenth of all", {"board": boards["Board 2"]}),
        page("board, hundredth", {"board": boards["Board 5"]}),
        page("one seed", {"seed": middle[1]}),
        page("size", {"width": SIZES[-1][0], "height": SIZES[-1][1]}),
        page("older than the middle", {"created_before": middle[2].isoformat()}),
        page("trash", {"trashed": "true"}),
        page("scope: shared", {"scope": "shared"}),
        page("scope: all", {"scope": "all"}),
        page("q, common word", {"q": COMMON_WORD}),
        page("q, word of a hundredth", {"q": USUAL_WORD}),
        page("q, rare word", {"q": RARE_WORD}),
        page("q, no such word", {"q": "zzyzx"}),
        page("q, as it is typed", *({"q": text} for text in TYPED)),
        page("q, two words", {"q": f"{COMMON_WORD} owl"}),
        page("q, phrase", {"q": '"golden hour"'}),
        page("q + model + stars", {"q": COMMON_WORD, "model": model, "rating_gte": 4}),
        page("q + tag, scope: all", {"q": USUAL_WORD, "tag": big, "scope": "all"}),
        Ask("anchors, all", "/images/anchors", [{}]),
        Ask("anchors, common word", "/images/anchors", [{"q": COMMON_WORD}]),
        Ask("anchors, 3 stars or more", "/images/anchors", [{"rating_gte": 3}]),
        Ask("facets, all", "/images/facets", [{}]),
        Ask("facets, word of a hundredth", "/images/facets", [{"q": USUAL_WORD}]),
        Ask("facets, common word", "/images/facets", [{"q": COMMON_WORD}]),
        Ask("chunk of 200", "/images", [{"limit": 200, "cursor": middle[0]}]),
    ]


@dataclass(frozen=True, slots=True)
class Answered:
    seconds: list[float]
    blocks: int
    sent_bytes: int
    found: str


async def answered(client: Client, ask: Ask) -> Answered:
    """Ask ``READS`` times, after once for warming up. ``found``: how many images the last answer has or counts."""
    seconds: list[float] = []
    size, found = 0, ""
    for turn in range(-1, READS):
        query = ask.queries[turn % len(ask.queries)]
        began = time.perf_counter()
        answer = await client.http.get(ask.path, params=query)
        if turn >= 0:
            seconds.append(time.perf_counter() - began)
        body = answer.raise_for_status().json()
        size = answer.num_bytes_downloaded
        found = str(body.get("total", len(body["items"]) if "items" in body else ""))
    return Answered(seconds, await blocks_of(client, ask), size, found)


async def blocks_of(client: Client, ask: Ask) -> int:
    """How many blocks of 8 kB PostgreSQL looks at for one answer: what no other work on the machine changes."""
    said: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append((statement, parameters))

    event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        (await client.http.get(ask.path, params=ask.queries[-1])).raise_for_status()
    finally:
        event.remove(sa.Engine, "before_cursor_execute", listen)
    async with client.studio.engine.connect() as connection:
        plans = [await explained(connection, *each) for each in said]
    return sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)


async def explained(connection: AsyncConnection, statement: str, parameters: Any) -> dict[str, Any]:
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
    return (await connection.exec_driver_sql(explain, parameters)).scalar_one()[0]["Plan"]


async def test_what_a_person_waits_for(client: Client) -> None:
    people = People(client.studio.actor.user_id, (await client.studio.add_person("bea")).user_id)
    prompts = ("a red fox in the snow", "a lighthouse at night", "a cat in a library")
    made = [await client.studio.finish(await client.studio.send(prompt=prompt)) for prompt in prompts[:EXAMPLES]]
    first: dict[str, float] = {}
    for total in TOTALS:
        seconds = await prepared(client, people, [view.id for view in made], total=total)
        rows: list[tuple[object, ...]] = []
        for ask in await asks(client, people, total=total):
            reply = await answered(client, ask)
            # The fastest is what other work on the machine disturbs least.
            fastest = min(reply.seconds) * 1000
            ratio = fastest / first.setdefault(ask.name, fastest)
            sizes = f"{reply.blocks:,}", f"{reply.sent_bytes:,}"
            rows.append((ask.name, reply.found, *spread_ms(reply.seconds), fastest, f"{ratio:.1f}", *sizes))
        columns = ("what", "found", "p50 ms", "p95 ms", "min ms", f"min : {TOTALS[0]:,}", "blocks", "bytes")
        show(f"Gallery of {total:,} images over HTTP (filled in {seconds:.0f} s)", columns, rows)
        await show_sizes(client)


async def show_sizes(client: Client) -> None:
    """Print what the tables and the indexes of images weigh."""
    statement = sa.text(
        "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
        "WHERE relname IN ('image', 'generation', 'image_mark', 'image_tag', 'board_image') ORDER BY relname"
    )
    async with client.studio.engine.connect() as connection:
        rows = (await connection.execute(statement)).all()
    megabytes = [(name, table / 1e6, indexes / 1e6) for name, table, indexes in rows]
    show("On disk", ("table", "rows, MB", "indexes, MB"), megabytes)
