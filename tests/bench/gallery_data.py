"""A gallery of any size, a million images in about two minutes: rows that look like years of work, made in PostgreSQL.

A few real generations with real files are the models; every row is a copy of one of them with an id, a time, words,
a model and a seed of its own. Two images to a generation. The same size gives the same gallery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import SQLModel

YEARS: Final = 3
COMMON_WORD: Final = "light"
"""In about every third prompt."""
USUAL_WORD: Final = "lighthouse"
"""In about one prompt of a hundred."""
RARE_WORD: Final = "quokka"
"""In one prompt of ten thousand, the newest and the oldest images among them."""
TAGS: Final = 60
BOARDS: Final = 12
SIZES: Final = ((1024, 1024), (1344, 768), (768, 1344), (1152, 896), (2048, 2048))

_SUBJECTS: Final = (
    "red fox, old sailor, cat, stone bridge, glass teapot, astronaut, vintage car, wizard, street musician, hot air "
    "balloon, violin, greenhouse, tram, paper crane, dancer, watchmaker, whale, mushroom, bookshop, robot, bicycle, "
    "castle, heron, orange tree, ceramic vase, ferry, beekeeper, chess set, waterfall, typewriter, owl, desert camp, "
    "samurai, cactus, submarine, ballerina, windmill, market stall, dragon, sneaker, wolf, piano, lantern, croissant, "
    "locomotive, bonsai, jellyfish, drummer, kite, polar bear, observatory, gondola, perfume bottle, scarecrow, "
    "accordion, hummingbird, snow globe, vineyard, compass, tortoise"
)
_PLACES: Final = (
    "in the snow, by the sea, on a wooden table, in a narrow street, under a full moon, in a forest at dawn, on the "
    "beach at sunset, in a library, above the clouds, in heavy rain, on mars, in a sunlit room, at the harbour, in a "
    "meadow, among skyscrapers, in an empty studio, by candle light, in a foggy valley, at a night market, under water"
)
_MANNERS: Final = (
    "soft light, golden hour, 35mm film, oil painting, isometric, dramatic light, studio light, watercolour, "
    "wide angle, macro, low poly, charcoal sketch, pastel colours, high contrast, long exposure, flat design"
)
_LOOKS: Final = "quiet, tiny, weathered, bright, ornate, lonely, giant, blue, mossy, elegant, rusty, golden, broken"

# What each generation is: words chosen with the favourites first, as people do, and a time of its own.
_WORK: Final = """
CREATE TEMPORARY TABLE work ON COMMIT DROP AS
SELECT n, ms, owner, gen_random_uuid() AS salt,
       size_of[1 + floor(random() ^ 2 * cardinality(size_of))::int] AS size,
       models[1 + floor(random() ^ 2 * cardinality(models))::int] AS model,
       floor(random() * 2147483647)::bigint AS seed,
       CASE WHEN n % 10000 = 1 THEN :rare || ' and a ' WHEN random() < 0.01 THEN :usual || ' with a ' ELSE '' END
       || looks[1 + floor(random() * cardinality(looks))::int] || ' '
       || subjects[1 + floor(random() ^ 1.8 * cardinality(subjects))::int] || ' '
       || places[1 + floor(random() ^ 1.5 * cardinality(places))::int] || ', '
       || manners[1 + floor(random() ^ 1.3 * cardinality(manners))::int]
       || CASE WHEN random() < 0.4 THEN ', highly detailed, ' || subjects[1 + floor(random() * 60)::int] || ' behind'
          ELSE '' END AS prompt
FROM (SELECT n, (:now_ms - :span_ms * ((:generations - n + random()) / :generations))::bigint AS ms,
             CASE WHEN n % 20 = 7 THEN CAST(:colleague AS uuid) ELSE CAST(:owner AS uuid) END AS owner
      FROM generate_series(1, :generations) AS n) AS numbered,
     (SELECT regexp_split_to_array(:subjects, ', ') AS subjects, regexp_split_to_array(:places, ', ') AS places,
             regexp_split_to_array(:manners, ', ') AS manners, regexp_split_to_array(:looks, ', ') AS looks,
             CAST(:models AS text[]) AS models, CAST(:sizes AS text[]) AS size_of) AS words
"""

_MODELS: Final = """
CREATE TEMPORARY TABLE model_row ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY generation_id, index) - 1 AS place, count(*) OVER () AS places, id, generation_id
FROM image WHERE generation_id = ANY(CAST(:examples AS uuid[]))
"""

_TIMES: Final = "to_timestamp(work.ms / 1000.0)"
_GENERATION: Final[Mapping[str, str]] = {
    "id": "pg_temp.id_at(work.ms, work.n)", "account_id": "work.owner", "submit_token": "gen_random_uuid()",
    "request_id": "gen_random_uuid()::text", "prompt": "work.prompt", "model": "work.model", "seed": "work.seed",
    "width_px": "split_part(work.size, 'x', 1)::int", "height_px": "split_part(work.size, 'x', 2)::int",
    "count": "2", "created_at": _TIMES, "submitted_at": _TIMES, "submit_started_at": _TIMES, "finished_at": _TIMES,
}  # fmt: skip
_IMAGE: Final[Mapping[str, str]] = {
    "id": "pg_temp.id_at(work.ms + 4000 + part.index, work.n)", "account_id": "work.owner",
    "generation_id": "pg_temp.id_at(work.ms, work.n)", "index": "part.index", "prompt": "work.prompt",
    "model": "work.model", "seed": "work.seed + part.index", "width_px": _GENERATION["width_px"],
    "height_px": _GENERATION["height_px"], "created_at": f"{_TIMES} + interval '4 seconds'",
    "filtered": "work.n % 500 = 11",
    "trashed_at": "CASE WHEN work.n % 120 = 5 THEN now() - interval '1 day' * (work.n % 25) END",
}  # fmt: skip

# UUIDv7 of a time, the same for the same number: RFC 9562.
_ID_AT: Final = """
CREATE FUNCTION pg_temp.id_at(ms bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(mixed, 1, 3) || 'a' || substr(mixed, 4, 15))::uuid
    FROM md5(n::text || '.' || ms::text) AS mixed $$
"""

_MARKS: Final = """
INSERT INTO image_mark (account_id, image_id, rating, favorite)
SELECT :owner, id, CASE WHEN chance < 0.35 THEN 1 + floor(5 * (1 - (chance / 0.35) ^ 2))::int END, chance < 0.05
FROM (SELECT id, random() AS chance FROM image WHERE account_id = :owner) AS thrown WHERE chance < 0.37
"""
_TAGS: Final = """
INSERT INTO image_tag (image_id, tag, account_id)
SELECT DISTINCT image.id, 'tag-' || lpad(floor(random() ^ 2.5 * :tags)::text, 2, '0'), account_id
FROM image, generate_series(1, 2) AS copy WHERE abs(hashtextextended(image.id::text, copy)) % 100 < 35
"""
_BOARDS: Final = """
INSERT INTO board (id, account_id, name, visibility)
SELECT gen_random_uuid(), CASE WHEN n = 0 THEN CAST(:colleague AS uuid) ELSE CAST(:owner AS uuid) END,
       'Board ' || n, CASE WHEN n < 2 THEN 'team' ELSE 'private' END
FROM generate_series(0, :boards - 1) AS n
"""
_ON_BOARDS: Final = """
INSERT INTO board_image (board_id, image_id, added_by)
SELECT board.id, image.id, board.account_id
FROM board JOIN image ON image.account_id = board.account_id
WHERE abs(hashtextextended(board.name, hashtextextended(image.id::text, 0))) % 1000
      < CASE WHEN board.name = 'Board 0' THEN 500 WHEN board.name = 'Board 2' THEN 100 ELSE 10 END
"""


@dataclass(frozen=True, slots=True)
class People:
    """Whose gallery it is (95 of 100 images), and a colleague who shows half of theirs on a team's board."""

    owner: UUID
    colleague: UUID


async def fill(
    engine: AsyncEngine, people: People, *, total: int, examples: Sequence[UUID], models: Sequence[str]
) -> None:
    """Replace all that an earlier call has made by ``total`` images.

    ``examples``: finished generations, which stay; ``models``: ids in the catalogue, the most used first.
    """
    async with engine.begin() as connection:
        # The keys fit by construction; looking each of them up would take longer than all the rest.
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        await _empty(connection, examples)
        search = await _drop_search_index(connection)
        await connection.execute(sa.text("SELECT setseed(0.42)"))
        await connection.execute(sa.text("DROP FUNCTION IF EXISTS pg_temp.id_at"))
        await connection.execute(sa.text(_ID_AT))
        await _work(connection, people, generations=total // 2, models=models)
        await connection.execute(sa.text(_MODELS), {"examples": list(examples)})
        await connection.execute(sa.text(_copies("generation", _GENERATION, parts=1)))
        await connection.execute(sa.text(_copies("image", _IMAGE, parts=2)))
        await _judge(connection, people)
        await connection.execute(sa.text(search))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        # What a server does by itself within minutes, so that it does not happen while somebody measures.
        await connection.execute(sa.text("VACUUM (ANALYZE)"))
        await connection.execute(sa.text("CHECKPOINT"))


async def _empty(connection: AsyncConnection, examples: Sequence[UUID]) -> None:
    await connection.execute(sa.text("TRUNCATE image_mark, image_tag, board_image"))
    await connection.execute(sa.text("DELETE FROM board"))
    for table, column in (("image", "generation_id"), ("generation", "id")):
        statement = f"DELETE FROM {table} WHERE {column} <> ALL(CAST(:examples AS uuid[]))"
        await connection.execute(sa.text(statement), {"examples": list(examples)})


async def _drop_search_index(connection: AsyncConnection) -> str:
    """Building it at the end takes a third of the time. Return the statement that does."""
    found = await connection.execute(sa.text("SELECT indexdef FROM pg_indexes WHERE indexname = 'image_search'"))
    definition = str(found.scalar_one())
    await connection.execute(sa.text("DROP INDEX image_search"))
    return definition


async def _work(connection: AsyncConnection, people: People, *, generations: int, models: Sequence[str]) -> None:
    now_ms = (await connection.execute(sa.text("SELECT floor(extract(epoch FROM now()) * 1000)"))).scalar_one()
    values = {
        "generations": generations,
        "now_ms": int(now_ms),
        "span_ms": YEARS * 365 * 86_400_000,
        "owner": people.owner,
        "colleague": people.colleague,
        "models": list(models),
        "sizes": [f"{width}x{height}" for width, height in SIZES],
        "rare": RARE_WORD,
        "usual": USUAL_WORD,
        "subjects": _SUBJECTS,
        "places": _PLACES,
        "manners": _MANNERS,
        "looks": _LOOKS,
    }
    await connection.execute(sa.text(_WORK), values)


async def _judge(connection: AsyncConnection, people: People) -> None:
    persons = {"owner": people.owner, "colleague": people.colleague}
    await connection.execute(sa.text(_MARKS), {"owner": people.owner})
    await connection.execute(sa.text(_TAGS), {"tags": TAGS})
    await connection.execute(sa.text(_BOARDS), {**persons, "boards": BOARDS})
    await connection.execute(sa.text(_ON_BOARDS))


def _copies(table: str, changed: Mapping[str, str], *, parts: int) -> str:
    """Copy an example for each piece of work, every column as it is except those in ``changed``."""
    columns = [column.name for column in SQLModel.metadata.tables[table].columns if column.computed is None]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'example."{name}"') for name in columns)
    key = "id" if table == "image" else "generation_id"
    return f"""
        INSERT INTO {table} ({names}) SELECT {values}
        FROM work CROSS JOIN generate_series(0, {parts - 1}) AS part(index)
        JOIN model_row ON model_row.place = (work.n + part.index) % model_row.places
        JOIN {table} AS example ON example.id = model_row.{key}
    """
