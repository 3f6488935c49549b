"""Finding images: filters, words, anchors, facets, where images come from."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from synthlabel.db.tables import GenerationSource, Image
from synthlabel.domain import gallery_query
from tests.api.gallery import IMAGES, act, call, find, image_of, make_board, read, share
from tests.api.installation import RECIPE, Installation, Person


async def test_words_are_found_by_their_beginnings_stems_and_as_phrases(
    installation: Installation, ada: Person
) -> None:
    tower = await installation.add_image(ada, prompt="Two red lighthouses, standing at DUSK")
    await installation.add_image(ada, prompt="a cat running over a wi-fi router, ü ö, 猫の灯台")
    found = [str(tower.id)]
    for text in (
        "lightho",
        "LIGHTHOUSE",
        "stand",
        "dusk red",
        '"at dusk"',
        'lightho "red lighthouses" dusk',
        "two,red",
    ):
        assert await find(installation, ada, q=text) == found, text
    for text in ('"dusk at"', "lighthouse cat", "ighthouse", '"red dusk"'):
        assert await find(installation, ada, q=text) == [], text
    for text in ("runs", "wi-fi", "ü", "猫"):
        assert len(await find(installation, ada, q=text)) == 1, text


@pytest.mark.parametrize(
    "text",
    ["'", "\\", "a'b\\", ":*", "a:*", "& | !", "<->", "((", '"', '"a', "'; DROP TABLE image; --", "%", "\x00",
     "x" * 1000, "word " * 199, "=owner:x", "it's", "' | '=owner", "a & !b", "😀", "¼", "!!"],
)  # fmt: skip
async def test_no_search_text_is_an_error(installation: Installation, ada: Person, text: str) -> None:
    await installation.add_image(ada)
    for path in (IMAGES, f"{IMAGES}/anchors", f"{IMAGES}/facets"):
        assert (await call(installation, ada, "GET", path, params={"q": text})).status_code == 200


@pytest.mark.parametrize("sign", [" ", ",", '"', ' "', '",'])
def test_a_search_text_made_to_keep_a_reader_busy_does_not(sign: str) -> None:
    """The suite's time limit is the judge."""
    assert len(gallery_query.read_terms("x" + sign * 500_000 + "x")) in (1, 2)


async def test_signs_alone_say_nothing(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    assert await find(installation, ada, q='"" !! ~') == [str(image.id)]


async def test_no_word_of_a_prompt_is_taken_for_a_fact(installation: Installation, ada: Person) -> None:
    await installation.add_image(ada, prompt="=seed:99 seed:99 =model:x")
    assert await find(installation, ada, seed=99) == []
    assert len(await find(installation, ada, seed=7)) == 1


async def test_each_filter_narrows_and_all_of_them_hold_together(installation: Installation, ada: Person) -> None:
    image, other = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "rate", image, rating=4)
    await act(installation, ada, "favorite", image, favorite=True)
    await act(installation, ada, "add_tags", image, tags=["Keep", "best  of"])
    board = await make_board(installation, ada, image)
    hits: list[dict[str, Any]] = [
        {"rating": 4},
        {"rating_gte": 3},
        {"favorite": True},
        {"tag": "keep"},
        {"tag": ["keep", "BEST of"]},
        {"board": board},
        {"rating_gte": 4, "favorite": True, "tag": "keep", "board": board, "q": "lighthouse", "model": RECIPE["model"]},
    ]
    for query in hits:
        assert await find(installation, ada, **query) == [str(image.id)], query
    misses = [
        {"rating": 5},
        {"rating_gte": 5},
        {"tag": ["keep", "x"]},
        {"board": str(image.id)},
        {"by": "ada@example.co"},
    ]
    for query in [*misses, {"favorite": True, "unrated": True}, {"task": "upscale"}, {"model": ["a", "b"]}]:
        assert await find(installation, ada, **query) == [], query
    assert await find(installation, ada, unrated=True) == [str(other.id)]
    both = [str(other.id), str(image.id)]
    everywhere = [{"by": "ADA"}, {"by": "Ada@Example.com"}, {"by": str(ada.id)}, {"seed": 7}, {"width": 8, "height": 8}]
    for query in [*everywhere, {"task": "generate"}, {"model": ["flux-dev", RECIPE["model"]]}, {"scope": "all"}]:
        assert await find(installation, ada, **query) == both, query


@pytest.mark.parametrize(
    "query",
    ["pack=x", "run=x", "rating=0", "rating_gte=6", "board=x", "task=x", "scope=x", "limit=201", "unrated=maybe",
     "width=x", "created_after=x", "favourite=true", "seed=-1", f"seed={2**63}", f"seed={'9' * 3000}",
     "width=100000", f"height={'9' * 3000}", f"model={'x' * 201}"],
)  # fmt: skip
async def test_a_filter_that_does_not_exist_is_refused_by_name(
    installation: Installation, ada: Person, query: str
) -> None:
    answer = await call(installation, ada, "GET", f"{IMAGES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].removesuffix(".0") == query.partition("=")[0]


async def test_what_postgresql_cannot_take_is_no_reason_to_try_again(installation: Installation, ada: Person) -> None:
    wanted = gallery_query.ImageFilter(q="a", models=("😀" * 1000,))
    with pytest.raises(DBAPIError, match="too long"):
        await installation.services.gallery.list_page(ada.actor, wanted)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_times_at_the_end_of_time_are_times(installation: Installation, ada: Person, time: str) -> None:
    await installation.add_image(ada)
    for name in ("created_after", "created_before"):
        assert (await call(installation, ada, "GET", IMAGES, params={name: time})).status_code == 200


async def test_a_time_counts_to_the_millisecond(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    created, step = image.created_at, timedelta(milliseconds=1)
    assert await find(installation, ada, created_after=(created - step).isoformat()) == [str(image.id)]
    assert await find(installation, ada, created_after=created.isoformat()) == []
    assert await find(installation, ada, created_before=(created + step).isoformat()) == [str(image.id)]
    assert await find(installation, ada, created_before=created.isoformat()) == []


# --- the whole length -----------------------------------------------------------------------------------------------


@pytest.fixture
def chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("synthlabel.db.repositories.images", "synthlabel.services.gallery"):
        monkeypatch.setattr(f"{module}.CHUNK", 2)


@pytest.mark.usefixtures("chunks_of_two")
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
async def test_anchors_are_the_cursors_of_all_chunks(installation: Installation, ada: Person, count: int) -> None:
    for _ in range(count):
        await installation.add_image(ada)
    everything = await find(installation, ada)
    body = await read(installation, ada, f"{IMAGES}/anchors", q="lighthouse")
    chunks = [await find(installation, ada, limit=2)]
    chunks += [await find(installation, ada, limit=2, cursor=anchor) for anchor in body["anchors"]]
    assert (body["total"], body["step"]) == (count, 2)
    assert [image_id for chunk in chunks for image_id in chunk] == everything
    assert all(chunks) or count == 0
    assert all(newer > older for newer, older in pairwise(everything))


async def test_a_page_finds_what_is_too_far_back_to_walk_to(
    installation: Installation, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = await installation.add_image(ada, prompt="the only zebra")
    theirs = await installation.add_image(bob, prompt="a zebra of bob's")
    await share(installation, bob, theirs)
    for _ in range(4):
        await installation.add_image(ada)
        await share(installation, bob, await installation.add_image(bob))
    monkeypatch.setattr("synthlabel.db.repositories.images.WALKED", 2)
    assert await find(installation, ada, q="zebra") == [str(wanted.id)]
    assert await find(installation, ada, q="zebra", scope="shared") == [str(theirs.id)]
    assert await find(installation, ada, q="zebra", scope="all") == [str(theirs.id), str(wanted.id)]
    assert len(await find(installation, ada, scope="all", limit=20)) == 10


# --- what it could be narrowed to -----------------------------------------------------------------------------------


async def test_facets_count_what_the_filter_finds(installation: Installation, ada: Person) -> None:
    first, second = await installation.add_image(ada, prompt="one cat"), await installation.add_image(ada)
    await act(installation, ada, "rate", first, second, rating=5)
    await act(installation, ada, "add_tags", first, second, tags=["keep"])
    await act(installation, ada, "add_tags", first, tags=["cats"])
    board = await make_board(installation, ada, first)
    facets = await read(installation, ada, f"{IMAGES}/facets")
    narrowed = await read(installation, ada, f"{IMAGES}/facets", q="cat")
    assert [(item["value"], item["count"]) for item in facets["models"]] == [(RECIPE["model"], 2)]
    assert facets["models"][0]["name"] != RECIPE["model"]
    assert facets["tags"] == [
        {"value": "keep", "name": "keep", "count": 2},
        {"value": "cats", "name": "cats", "count": 1},
    ]
    assert facets["ratings"] == [{"value": "5", "name": "5 stars", "count": 2}]
    assert facets["boards"] == [{"value": board, "name": "ada@example.com private", "count": 1}]
    assert [item["count"] for kind in ("models", "ratings", "boards") for item in narrowed[kind]] == [1, 1, 1]


async def test_facets_list_the_twenty_most_frequent(installation: Installation, ada: Person) -> None:
    image, other = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "add_tags", image, tags=[f"t{number:02}" for number in range(30)])
    await act(installation, ada, "add_tags", other, tags=["t29"])
    tags = (await read(installation, ada, f"{IMAGES}/facets"))["tags"]
    assert len(tags) == 20
    assert tags[0] == {"value": "t29", "name": "t29", "count": 2}


# --- where it comes from --------------------------------------------------------------------------------------------


async def test_lineage_leads_to_sources_and_to_what_was_made_of_them(
    installation: Installation, ada: Person, bob: Person
) -> None:
    source, made = await installation.add_image(ada), await installation.add_image(ada)
    await use(installation, source, made)
    backwards = await read(installation, ada, f"{IMAGES}/{made.id}/lineage")
    forwards = await read(installation, ada, f"{IMAGES}/{source.id}/lineage")
    assert backwards["used_in"] == []
    assert [item["image"]["id"] for item in backwards["made_from"]] == [str(source.id)]
    assert backwards["made_from"][0]["image"]["thumbnail_url"]
    assert forwards["made_from"] == []
    assert [(use["generation_id"], [image["id"] for image in use["images"]]) for use in forwards["used_in"]] == [
        (str(made.generation_id), [str(made.id)])
    ]
    await share(installation, ada, made)
    seen_by_bob = await read(installation, bob, f"{IMAGES}/{made.id}/lineage")
    assert seen_by_bob == {"made_from": [], "used_in": []}


async def test_lineage_of_a_shared_source_does_not_tell_what_others_made_of_it(
    installation: Installation, ada: Person, bob: Person
) -> None:
    source = await installation.add_image(ada)
    await share(installation, ada, source)
    secret = await installation.add_image(bob, prompt="bobs canary")
    await use(installation, source, secret)
    of_ada = await read(installation, ada, f"{IMAGES}/{source.id}/lineage")
    of_bob = await read(installation, bob, f"{IMAGES}/{source.id}/lineage")
    await share(installation, bob, secret)
    later = await read(installation, ada, f"{IMAGES}/{source.id}/lineage")
    assert of_ada["used_in"] == []
    assert [use["generation_id"] for use in of_bob["used_in"]] == [str(secret.generation_id)]
    assert [use["generation_id"] for use in later["used_in"]] == [str(secret.generation_id)]


async def use(installation: Installation, source: Image, made: Image) -> None:
    row = GenerationSource(
        generation_id=made.generation_id,
        position=0,
        image_id=source.id,
        storage_key=source.storage_key,
        content_type=source.content_type,
        width_px=8,
        height_px=8,
    )
    async with installation.uow() as work:
        work._session.add(row)
        await work.commit()


# --- the trash ------------------------------------------------------------------------------------------------------


async def test_an_image_in_the_trash_says_when_it_is_gone(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    assert (await image_of(installation, ada, image))["purge_at"] is None
    await act(installation, ada, "trash", image)
    body = await image_of(installation, ada, image)
    trashed, gone = (datetime.fromisoformat(body[name]) for name in ("trashed_at", "purge_at"))
    assert gone - trashed == timedelta(days=30)
    assert trashed <= datetime.now(UTC)
    assert await find(installation, ada, trashed=True, q="lighthouse") == [str(image.id)]


def test_the_smallest_id_of_a_time_is_below_all_ids_of_that_time() -> None:
    image = Image(account_id=None, generation_id=None)  # pyright: ignore[reportArgumentType]
    now = datetime.now(UTC)
    assert gallery_query.first_id_at(now - timedelta(seconds=5)) < image.id
    assert image.id < gallery_query.first_id_at(now + timedelta(seconds=5))
