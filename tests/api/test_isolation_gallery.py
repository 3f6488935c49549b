"""Whose images are whose, through every door of the gallery: nobody learns of what nobody shows them."""

from typing import Any
from uuid import uuid4

import pytest

from synthlabel.db.tables import Image
from tests.api.gallery import BOARDS, IMAGES, TAGS, act, call, find, make_board, read, send, share, undo
from tests.api.installation import Installation, Person

SCOPES = ("mine", "shared", "all")
CANARY = "canary"

# Every way to ask, with which ada's image is among the answers if it is seen at all
WAYS: list[dict[str, Any]] = [
    {},
    {"q": CANARY},
    {"q": f'"adas {CANARY}"'},
    {"seed": 7},
    {"width": 8, "height": 8},
    {"model": "flux-schnell"},
    {"model": ["flux-schnell", "flux-dev"]},
    {"task": "generate"},
    {"by": "ada"},
    {"unrated": True},
]


async def everything_about(installation: Installation, person: Person, image: Image, board: str) -> str:
    """Return all that the gallery tells a person, by whatever question, as one text."""
    queries = [{**way, "scope": scope} for way in WAYS for scope in SCOPES]
    marked = [{name: value, "scope": "all"} for name, value in (("favorite", True), ("rating", 5), ("rating_gte", 1))]
    queries += [*marked, {"tag": CANARY, "scope": "all"}, {"board": board, "scope": "all"}, {"trashed": True}]
    lists = [(path, query) for query in queries for path in (IMAGES, f"{IMAGES}/anchors", f"{IMAGES}/facets")]
    others = (TAGS, f"{TAGS}?prefix=c", BOARDS, f"{BOARDS}?trashed=true", f"{IMAGES}?cursor={uuid4()}&scope=all")
    single = (f"{IMAGES}/{image.id}", f"{IMAGES}/{image.id}/lineage", f"{BOARDS}/{board}")
    asked = [*lists, *((path, None) for path in (*others, *single))]
    answers = [await call(installation, person, "GET", path, params=query) for path, query in asked]
    return "\n".join(answer.text for answer in answers)


@pytest.fixture
async def canary(installation: Installation, ada: Person) -> tuple[Image, str]:
    """An image of ada's with everything on it, on a private board of hers."""
    image = await installation.add_image(ada, prompt=f"adas {CANARY}")
    await act(installation, ada, "add_tags", image, tags=[CANARY])
    await act(installation, ada, "favorite", image, favorite=True)
    board = await make_board(installation, ada, image)
    await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json={"name": CANARY})
    return image, board


async def test_private_things_are_seen_through_no_door(
    installation: Installation, bob: Person, canary: tuple[Image, str]
) -> None:
    image, board = canary
    told = await everything_about(installation, bob, image, board)
    assert CANARY not in told
    assert str(image.id) not in told
    assert board not in told
    assert '"total":1' not in told
    assert '"count":1' not in told


@pytest.mark.parametrize("kind", ["rate", "favorite", "add_tags", "remove_tags", "trash", "restore", "purge"])
async def test_nothing_can_be_done_to_private_things(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str], kind: str
) -> None:
    image, board = canary
    before = await read(installation, ada, f"{IMAGES}/{image.id}")
    value = {"rating": 1, "favorite": False, "tags": [CANARY]}
    by_id = await send(installation, bob, kind, image, **value)
    by_filter = await act(installation, bob, kind, selection={"filter": {"scope": "all", "board": board}}, **value)
    everywhere = await act(installation, bob, kind, selection={"filter": {"scope": "all"}}, **value)
    after = await read(installation, ada, f"{IMAGES}/{image.id}")
    assert by_id.status_code == 404
    assert (by_filter["changed"], everywhere["changed"]) == (0, 0)
    assert {name: after[name] for name in ("rating", "rating_count", "favorite", "tags", "trashed_at")} == {
        name: before[name] for name in ("rating", "rating_count", "favorite", "tags", "trashed_at")
    }


async def test_nothing_goes_onto_or_off_a_private_board(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str]
) -> None:
    image, board = canary
    own = await installation.add_image(bob)
    for kind in ("add_to_board", "remove_from_board"):
        assert (await send(installation, bob, kind, own, image, board_id=board)).status_code == 404
    private = await make_board(installation, bob)
    assert (await send(installation, bob, "add_to_board", image, board_id=private)).status_code == 404
    assert await find(installation, ada, board=board) == [str(image.id)]


async def test_nobody_undoes_what_somebody_else_did(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str]
) -> None:
    image, _ = canary
    done = await act(installation, ada, "rate", image, rating=5)
    answer = await call(installation, bob, "POST", f"{IMAGES}/actions/{done['id']}/undo")
    assert answer.status_code == 404
    assert await find(installation, ada, rating=5) == [str(image.id)]


async def test_renaming_a_tag_touches_only_ones_own_images(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str]
) -> None:
    image, _ = canary
    await share(installation, ada, image)
    own = await installation.add_image(bob)
    assert (await call(installation, bob, "POST", f"{TAGS}/rename", json={"tag": CANARY, "to": "x"})).status_code == 404
    await act(installation, bob, "add_tags", own, tags=[CANARY])
    await call(installation, bob, "POST", f"{TAGS}/rename", json={"tag": CANARY, "to": "x"})
    assert (await read(installation, ada, f"{IMAGES}/{image.id}"))["tags"] == [CANARY]


# --- shown, and no longer -------------------------------------------------------------------------------------------


async def test_a_board_of_the_team_makes_visible_and_only_that(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str]
) -> None:
    image, _ = canary
    private = await installation.add_image(ada, prompt=f"another {CANARY}")
    board = await share(installation, ada, image)
    for way in WAYS:
        assert await find(installation, bob, **way, scope="shared") == [str(image.id)], way
        assert await find(installation, bob, **way, scope="all") == [str(image.id)], way
        assert await find(installation, bob, **way) == [], "one's own, if nothing else is asked for"
    assert await find(installation, bob, board=board, scope="shared") == [str(image.id)]
    assert await find(installation, bob, tag=CANARY, scope="all") == [str(image.id)]
    assert (await read(installation, bob, f"{IMAGES}/anchors", scope="all"))["total"] == 1
    assert (await call(installation, bob, "GET", f"{IMAGES}/{private.id}")).status_code == 404
    assert await find(installation, ada, scope="shared") == [], "one's own are not shared with oneself"
    assert len(await find(installation, ada, scope="all")) == 2


async def _take_off(installation: Installation, ada: Person, image: Image, board: str) -> None:
    await act(installation, ada, "remove_from_board", image, board_id=board)


async def _make_private(installation: Installation, ada: Person, _image: Image, board: str) -> None:
    await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json={"visibility": "private"})


async def _delete_board(installation: Installation, ada: Person, _image: Image, board: str) -> None:
    await call(installation, ada, "DELETE", f"{BOARDS}/{board}")


async def _delete_image(installation: Installation, ada: Person, image: Image, _board: str) -> None:
    await act(installation, ada, "trash", image)


@pytest.mark.parametrize("hide", [_take_off, _make_private, _delete_board, _delete_image])
async def test_what_is_no_longer_shown_is_gone_at_once_from_everywhere(
    installation: Installation, ada: Person, bob: Person, canary: tuple[Image, str], hide: Any
) -> None:
    image, _ = canary
    board = await share(installation, ada, image)
    rated = await act(installation, bob, "rate", image, rating=5)
    await act(installation, bob, "favorite", image, favorite=True)
    own_board = await make_board(installation, bob, image)
    assert CANARY in await everything_about(installation, bob, image, own_board)
    await hide(installation, ada, image, board)
    told = await everything_about(installation, bob, image, own_board)
    assert CANARY not in told
    assert str(image.id) not in told
    assert '"total":1' not in told
    assert '"count":1' not in told
    assert (await send(installation, bob, "rate", image, rating=1)).status_code == 404
    assert (await undo(installation, bob, rated))["changed"] in (0, 1), "one's own mark may be taken back"
