"""What is done to selections of images: once each, and back again, whatever else happens meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from synthlabel.db.tables import Image
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.errors import DatabaseUnavailableError
from tests.api.gallery import (
    ACTIONS,
    BOARDS,
    IMAGES,
    TAGS,
    act,
    call,
    find,
    image_of,
    make_board,
    read,
    send,
    share,
    undo,
)
from tests.api.installation import Installation, Person

MARKS = ("rating", "favorite", "tags", "trashed_at")


async def state_of(installation: Installation, person: Person, *images: Image) -> list[Any]:
    """Everything that actions change, of the person's own images, with the boards on which they are."""
    facts = [await image_of(installation, person, image) for image in images]
    boards = [
        (board["id"], await find(installation, person, board=board["id"]))
        for board in (await read(installation, person, "/api/v1/boards"))["items"]
    ]
    return [[body[name] for name in MARKS] for body in facts] + [boards]


# --- doing and undoing ----------------------------------------------------------------------------------------------


async def _prepare(installation: Installation, ada: Person) -> tuple[Image, Image, Image, str]:
    images = [await installation.add_image(ada) for _ in range(3)]
    first, second, third = images
    await act(installation, ada, "rate", first, rating=2)
    await act(installation, ada, "favorite", second, favorite=True)
    await act(installation, ada, "add_tags", first, tags=["old"])
    return first, second, third, await make_board(installation, ada, first)


@pytest.mark.parametrize(
    ("kind", "value", "changed"),
    [
        ("rate", {"rating": 5}, 3),
        ("rate", {"rating": 2}, 2),
        ("rate", {"rating": None}, 1),
        ("favorite", {"favorite": True}, 2),
        ("favorite", {"favorite": False}, 1),
        ("add_tags", {"tags": ["old"]}, 2),
        ("add_tags", {"tags": ["old", "new", "NEW "]}, 3),
        ("remove_tags", {"tags": ["old", "never"]}, 1),
        ("add_to_board", {}, 2),
        ("remove_from_board", {}, 1),
        ("trash", {}, 3),
    ],
)
async def test_an_action_changes_what_is_not_so_yet_and_undo_puts_back_exactly_that(
    installation: Installation, ada: Person, kind: str, value: dict[str, Any], changed: int
) -> None:
    *images, board = await _prepare(installation, ada)
    if kind.endswith("board"):
        value = {"board_id": board}
    before = await state_of(installation, ada, *images)
    done = await act(installation, ada, kind, *images, **value)
    after = await state_of(installation, ada, *images)
    undone = await undo(installation, ada, done)
    again = await undo(installation, ada, done)
    assert (done["kind"], done["changed"], done["undoable"]) == (kind, changed, True)
    assert after != before
    assert await state_of(installation, ada, *images) == before
    assert (undone["changed"], undone["undoable"]) == (changed, False)
    assert again == undone


async def test_an_undone_restore_keeps_the_date_of_final_removal(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    await act(installation, ada, "trash", image)
    before = await image_of(installation, ada, image)
    restored = await act(installation, ada, "restore", image)
    assert (await image_of(installation, ada, image))["trashed_at"] is None
    await undo(installation, ada, restored)
    assert (await image_of(installation, ada, image))["purge_at"] == before["purge_at"]


async def test_restore_brings_back_boards_ratings_and_tags(installation: Installation, ada: Person) -> None:
    first, _, _, board = await _prepare(installation, ada)
    await act(installation, ada, "trash", first)
    assert await find(installation, ada, board=board) == []
    await act(installation, ada, "restore", first)
    body = await image_of(installation, ada, first)
    assert (body["rating"], body["tags"]) == (2, ["old"])
    assert await find(installation, ada, board=board) == [str(first.id)]


async def _rate(installation: Installation, ada: Person, image: Image) -> None:
    await act(installation, ada, "rate", image, rating=1)


async def _unstar(installation: Installation, ada: Person, image: Image) -> None:
    await act(installation, ada, "favorite", image, favorite=False)


async def _untag(installation: Installation, ada: Person, image: Image) -> None:
    await act(installation, ada, "remove_tags", image, tags=["new"])


async def _trash_later(installation: Installation, ada: Person, image: Image) -> None:
    await act(installation, ada, "restore", image)
    await act(installation, ada, "trash", image)


@pytest.mark.parametrize(
    ("kind", "value", "meanwhile"),
    [
        ("rate", {"rating": 5}, _rate),
        ("favorite", {"favorite": True}, _unstar),
        ("add_tags", {"tags": ["new"]}, _untag),
        ("trash", {}, _trash_later),
    ],
)
async def test_undo_leaves_alone_what_was_changed_since(
    installation: Installation,
    ada: Person,
    kind: str,
    value: dict[str, Any],
    meanwhile: Callable[[Installation, Person, Image], Awaitable[None]],
) -> None:
    image, other = await installation.add_image(ada), await installation.add_image(ada)
    before = await state_of(installation, ada, other)
    done = await act(installation, ada, kind, image, other, **value)
    await meanwhile(installation, ada, image)
    changed = await state_of(installation, ada, image)
    assert (await undo(installation, ada, done))["changed"] == 1
    assert await state_of(installation, ada, image) == changed
    assert await state_of(installation, ada, other) == before


async def test_undo_marks_again_what_is_left_once_one_image_is_gone_for_good(
    installation: Installation, ada: Person
) -> None:
    gone, left = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "favorite", gone, left, favorite=True)
    done = await act(installation, ada, "favorite", gone, left, favorite=False)
    async with installation.uow() as work:
        await work.images.delete([gone.id])
        await work.commit()
    assert (await undo(installation, ada, done))["changed"] == 1
    assert await find(installation, ada, favorite=True) == [str(left.id)]


async def test_undo_waits_for_a_board_that_is_in_the_trash(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    board = await make_board(installation, ada, image)
    done = await act(installation, ada, "remove_from_board", image, board_id=board)
    await call(installation, ada, "DELETE", f"{BOARDS}/{board}")
    refused = await call(installation, ada, "POST", f"{ACTIONS}/{done['id']}/undo")
    await call(installation, ada, "POST", f"{BOARDS}/{board}/restore")
    assert refused.status_code == 409
    assert (await undo(installation, ada, done))["changed"] == 1
    assert await find(installation, ada, board=board) == [str(image.id)]


async def test_undo_leaves_on_a_board_what_was_put_there_again(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    board = await make_board(installation, ada)
    first = await act(installation, ada, "add_to_board", image, board_id=board)
    await act(installation, ada, "remove_from_board", image, board_id=board)
    await act(installation, ada, "add_to_board", image, board_id=board)
    assert (await undo(installation, ada, first))["changed"] == 0
    assert await find(installation, ada, board=board) == [str(image.id)]


# --- selections -----------------------------------------------------------------------------------------------------


async def test_a_filter_selects_all_that_it_finds_except_some(installation: Installation, ada: Person) -> None:
    cats = [await installation.add_image(ada, prompt="a cat") for _ in range(3)]
    dog = await installation.add_image(ada, prompt="a dog")
    selection = {"filter": {"q": "cat", "model": ["flux-schnell"]}, "except": [str(cats[0].id)]}
    done = await act(installation, ada, "add_tags", selection=selection, tags=["pet"])
    assert done["changed"] == 2
    assert set(await find(installation, ada, tag="pet")) == {str(cats[1].id), str(cats[2].id)}
    assert str(dog.id) not in await find(installation, ada, tag="pet")


async def test_too_many_images_are_refused_with_nothing_done(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await installation.add_image(ada)
    monkeypatch.setattr("synthlabel.services.curation.MAX_SELECTED", 1)
    answer = await send(installation, ada, "trash", selection={"filter": {}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "selection.filter")
    assert len(await find(installation, ada)) == 2


_MANY = """
    INSERT INTO image (id, account_id, generation_id, index, storage_key, thumbnail_keys, content_type, width_px,
        height_px, size_bytes, sha256, thumbhash, seed, filtered, prompt, model, created_at)
    SELECT gen_random_uuid(), account_id, generation_id, 1 + n, storage_key, thumbnail_keys, content_type, width_px,
        height_px, size_bytes, sha256, thumbhash, seed, filtered, prompt, model, created_at
    FROM image, generate_series(1, 69999) AS n
"""


async def test_seventy_thousand_images_are_tagged_put_on_a_board_and_taken_off_again(
    installation: Installation, ada: Person
) -> None:
    await installation.add_image(ada)
    async with installation.uow() as work:
        await work._session.execute(sa.text(_MANY))
        await work.commit()
    board, everything = await make_board(installation, ada), {"filter": {}}
    put = await act(installation, ada, "add_to_board", selection=everything, board_id=board)
    tagged = await act(installation, ada, "add_tags", selection=everything, tags=["many"])
    taken = await undo(installation, ada, put)
    assert [done["changed"] for done in (put, tagged, taken)] == [70_000] * 3
    assert await find(installation, ada, board=board) == []


async def test_more_tags_on_more_images_than_can_be_remembered_are_refused(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [await installation.add_image(ada) for _ in range(2)]
    monkeypatch.setattr("synthlabel.services.curation.MAX_TAGGED", 3)
    answer = await send(installation, ada, "add_tags", *images, tags=["a", "b"])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "value.tags")
    assert (await act(installation, ada, "add_tags", *images, tags=["a"]))["changed"] == 2


async def _as_of(installation: Installation, person: Person, **query: Any) -> str:
    return (await read(installation, person, IMAGES, **query))["as_of"]


async def test_a_filter_selects_nothing_that_was_made_after_the_person_looked(
    installation: Installation, ada: Person
) -> None:
    seen = await installation.add_image(ada)
    selection = {"filter": {}, "as_of": await _as_of(installation, ada)}
    unseen = await installation.add_image(ada)
    assert (await act(installation, ada, "trash", selection=selection))["changed"] == 1
    assert await find(installation, ada, trashed=True) == [str(seen.id)]
    assert await find(installation, ada) == [str(unseen.id)]


async def test_what_a_clock_ahead_of_ours_has_stored_was_seen_as_well(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    async with installation.uow() as work:
        await work._session.execute(sa.text("UPDATE image SET created_at = now() + interval '20 seconds'"))
        await work.commit()
    selection = {"filter": {}, "as_of": await _as_of(installation, ada)}
    assert (await act(installation, ada, "rate", selection=selection, rating=3))["changed"] == 1
    assert (await image_of(installation, ada, image))["rating"] == 3


async def test_emptying_the_trash_spares_what_was_thrown_away_after_the_person_looked(
    installation: Installation, ada: Person
) -> None:
    first, second = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "trash", first)
    selection = {"filter": {"trashed": True}, "as_of": await _as_of(installation, ada, trashed=True), "expected": 1}
    await act(installation, ada, "trash", second)
    assert (await act(installation, ada, "purge", selection=selection))["changed"] == 1
    assert await find(installation, ada, trashed=True) == [str(second.id)]


async def test_another_number_of_images_than_expected_is_not_deleted_for_good(
    installation: Installation, ada: Person
) -> None:
    images = [await installation.add_image(ada) for _ in range(2)]
    await act(installation, ada, "trash", *images)
    selection = {"filter": {"trashed": True}, "expected": 3}
    answer = await send(installation, ada, "purge", selection=selection)
    assert (answer.status_code, answer.json()["code"]) == (409, "selection_changed")
    assert "There are 2 images now, not 3." in answer.json()["detail"]
    assert len(await find(installation, ada, trashed=True)) == 2


async def test_what_is_gone_is_left_out_and_all_gone_is_not_found(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    ids = [str(image.id), str(uuid4())]
    assert (await act(installation, ada, "rate", selection={"ids": ids}, rating=3))["changed"] == 1
    answer = await send(installation, ada, "rate", selection={"ids": ids[1:]}, rating=3)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("rate", {}, "value.rating"),
        ("rate", {"rating": 6}, "value.rating"),
        ("rate", {"rating": True}, "value.rating"),
        ("rate", {"rating": "5"}, "value.rating"),
        ("favorite", {"favorite": 1}, "value.favorite"),
        ("add_tags", {"tags": []}, "value.tags"),
        ("add_tags", {"tags": ["  "]}, "value.tags"),
        ("add_tags", {"tags": ["x" * 61]}, "value.tags"),
        ("add_tags", {"tags": [1]}, "value.tags"),
        ("add_to_board", {}, "value.board_id"),
        ("add_to_board", {"board_id": "x"}, "value.board_id"),
        ("explode", {}, "kind"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    installation: Installation, ada: Person, kind: str, value: dict[str, Any], field: str
) -> None:
    image = await installation.add_image(ada)
    answer = await send(installation, ada, kind, image, **value)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


DATED = {"ids": [str(uuid4())], "as_of": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("selection", [{}, {"ids": [], "filter": {}}, {"ids": ["x"]}, {"filter": {"pack": "x"}}, DATED])
async def test_a_selection_that_selects_nothing_definite_is_refused(
    installation: Installation, ada: Person, selection: dict[str, Any]
) -> None:
    body = {"id": str(uuid4()), "kind": "trash", "selection": selection}
    assert (await call(installation, ada, "POST", ACTIONS, json=body)).status_code == 422


async def test_a_tag_may_hold_any_text(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    await act(installation, ada, "add_tags", image, tags=["a\x00'b\\%_", "日本 🏮"])
    assert (await image_of(installation, ada, image))["tags"] == ["a'b\\%_", "日本 🏮"]
    assert await find(installation, ada, tag="日本 🏮") == [str(image.id)]


# --- once ----------------------------------------------------------------------------------------------------------


async def test_the_same_action_sent_again_gives_the_first_answer_and_does_nothing(
    installation: Installation, ada: Person
) -> None:
    image = await installation.add_image(ada)
    first = await act(installation, ada, "rate", image, rating=4)
    await act(installation, ada, "rate", image, rating=1)
    again = await act(installation, ada, "rate", image, rating=4, action_id=first["id"])
    other = await send(installation, ada, "rate", image, rating=5, action_id=first["id"])
    assert again == first
    assert (await image_of(installation, ada, image))["rating"] == 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_the_same_action_sent_by_two_tabs_at_once_is_done_once(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    action_id = str(uuid4())
    answers = await asyncio.gather(
        *(act(installation, ada, "add_tags", image, tags=["x"], action_id=action_id) for _ in range(8))
    )
    assert answers == [answers[0]] * 8
    assert answers[0]["changed"] == 1


async def test_two_people_may_use_the_same_id(installation: Installation, ada: Person, bob: Person) -> None:
    action_id = str(uuid4())
    for person in (ada, bob):
        image = await installation.add_image(person)
        done = await act(installation, person, "rate", image, rating=3, action_id=action_id)
        assert done["changed"] == 1


async def test_what_one_person_did_is_not_done_in_the_name_of_another(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(bob)
    body = {"kind": "rate", "selection": {"ids": [str(image.id)]}, "value": {"rating": 5}}
    answers = [
        await call(installation, bob, "POST", ACTIONS, json={**body, "id": str(uuid4()), "account_id": str(person.id)})
        for person in (ada, bob)
    ]
    assert [answer.status_code for answer in answers] == [409, 200]
    assert answers[0].json()["code"] == "another_account"
    path = f"{ACTIONS}/{answers[1].json()['id']}/undo"
    for person, status, rating in ((ada, 409, 5), (bob, 200, None)):
        undone = await call(installation, bob, "POST", path, json={"account_id": str(person.id)})
        assert undone.status_code == status
        assert (await image_of(installation, bob, image))["rating"] == rating


async def test_two_tabs_that_rate_the_same_image_leave_one_of_their_ratings(
    installation: Installation, ada: Person
) -> None:
    images = [await installation.add_image(ada) for _ in range(3)]
    selections = (images, images[::-1])
    done = await asyncio.gather(
        *(act(installation, ada, "rate", *selections[n % 2], rating=1 + n % 5) for n in range(10))
    )
    ratings = {(await image_of(installation, ada, image))["rating"] for image in images}
    assert len(ratings) == 1, "each action is whole"
    assert ratings <= {1, 2, 3, 4, 5}
    for action in done:
        await undo(installation, ada, action)


async def test_undo_and_repeat_at_once_undo_once(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    done = await act(installation, ada, "favorite", image, favorite=True)
    answers = await asyncio.gather(*(undo(installation, ada, done) for _ in range(5)))
    assert answers == [answers[0]] * 5
    assert (await image_of(installation, ada, image))["favorite"] is False


async def test_a_connection_lost_after_the_commit_does_nothing_twice(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await installation.add_image(ada)
    action_id, commit = str(uuid4()), UnitOfWork.commit

    async def commit_and_lose(work: UnitOfWork) -> None:
        await commit(work)
        raise DatabaseUnavailableError("The answer is lost.")

    monkeypatch.setattr(UnitOfWork, "commit", commit_and_lose)
    lost = await send(installation, ada, "trash", image, action_id=action_id)
    monkeypatch.undo()
    again = await act(installation, ada, "trash", image, action_id=action_id)
    assert lost.status_code == 503
    assert (again["changed"], again["undoable"]) == (1, True)
    await undo(installation, ada, again)
    assert await find(installation, ada) == [str(image.id)]


async def test_an_image_deleted_for_good_meanwhile_does_not_break_an_action_on_many(
    installation: Installation, ada: Person
) -> None:
    images = [await installation.add_image(ada) for _ in range(6)]

    async def purge(image: Image) -> None:
        async with installation.uow() as work:
            await work.images.delete([image.id])
            await work.commit()

    answers = await asyncio.gather(
        send(installation, ada, "rate", *images, rating=5),
        *(purge(image) for image in images[:3]),
        send(installation, ada, "add_tags", *images, tags=["x"]),
    )
    assert [answer.status_code for answer in answers if answer is not None] == [200, 200]
    assert set(await find(installation, ada, rating=5)) == {str(image.id) for image in images[3:]}


# --- one image ------------------------------------------------------------------------------------------------------


async def test_a_patch_changes_what_is_given_and_nothing_else(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    path = f"{IMAGES}/{image.id}"
    steps: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
        ({"rating": 4, "favorite": True, "tags": ["B", "a"]}, (4, True, ["a", "b"])),
        ({"tags": ["b", "c"]}, (4, True, ["b", "c"])),
        ({"rating": None}, (None, True, ["b", "c"])),
        ({"favorite": False, "tags": []}, (None, False, [])),
        ({}, (None, False, [])),
    ]
    for change, expected in steps:
        answer = await call(installation, ada, "PATCH", path, json=change)
        body = answer.json()
        assert (answer.status_code, (body["rating"], body["favorite"], body["tags"])) == (200, expected)
    wrong = await call(installation, ada, "PATCH", path, json={"rating": 9})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "rating")


async def test_the_mean_is_everybodys_and_the_rating_ones_own(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    await share(installation, ada, image)
    await act(installation, ada, "rate", image, rating=5)
    await act(installation, bob, "rate", image, rating=2)
    bodies = [await image_of(installation, person, image) for person in (ada, bob)]
    assert [(body["rating"], body["rating_mean"], body["rating_count"]) for body in bodies] == [
        (5, 3.5, 2),
        (2, 3.5, 2),
    ]
    assert [(body["owner"]["name"], body["is_mine"]) for body in bodies] == [("Ada", True), ("Ada", False)]


async def test_marks_are_on_the_images_of_a_generation_as_well(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    await act(installation, ada, "rate", image, rating=5)
    path = f"/api/v1/generations/{image.generation_id}"
    for body in (
        await read(installation, ada, path),
        (await read(installation, ada, "/api/v1/generations"))["items"][0],
    ):
        assert [shown["rating"] for shown in body["images"]] == [5]


# --- tags -----------------------------------------------------------------------------------------------------------


async def test_tags_are_suggested_by_their_beginning_the_most_used_first(
    installation: Installation, ada: Person
) -> None:
    first, second = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "add_tags", first, second, tags=["keep"])
    await act(installation, ada, "add_tags", first, tags=["kept", "100%"])
    assert await read(installation, ada, TAGS, prefix="KE") == [
        {"tag": "keep", "count": 2},
        {"tag": "kept", "count": 1},
    ]
    assert await read(installation, ada, TAGS, prefix="%") == []
    await act(installation, ada, "trash", second)
    assert (await read(installation, ada, TAGS, prefix="keep")) == [{"tag": "keep", "count": 1}]


async def test_a_renamed_tag_merges_into_one_that_is_there(installation: Installation, ada: Person) -> None:
    first, second = await installation.add_image(ada), await installation.add_image(ada)
    await act(installation, ada, "add_tags", first, second, tags=["colour"])
    await act(installation, ada, "add_tags", first, tags=["color"])
    body = {"tag": "Colour", "to": " color "}
    answer = await call(installation, ada, "POST", f"{TAGS}/rename", json=body)
    again = await call(installation, ada, "POST", f"{TAGS}/rename", json=body)
    assert (answer.status_code, answer.json()) == (200, {"tag": "color", "count": 2})
    assert again.status_code == 404
    assert await read(installation, ada, TAGS) == [{"tag": "color", "count": 2}]


# --- for good -------------------------------------------------------------------------------------------------------


def files_of(installation: Installation) -> list[Path]:
    return [path for path in (installation.settings.data_dir / "objects").rglob("*") if path.is_file()]


async def test_only_what_is_in_the_trash_is_deleted_for_good_and_its_file_with_it(
    installation: Installation, ada: Person
) -> None:
    image, kept = await installation.add_image(ada), await installation.add_image(ada)
    assert (await act(installation, ada, "purge", image))["changed"] == 0
    await act(installation, ada, "trash", image)
    done = await act(installation, ada, "purge", selection={"filter": {"trashed": True}})
    assert (done["changed"], done["undoable"]) == (1, False)
    assert await find(installation, ada, trashed=True) == []
    assert (await call(installation, ada, "GET", f"{IMAGES}/{image.id}")).status_code == 404
    for answer in (
        await call(installation, ada, "POST", f"{IMAGES}/{image.id}/restore"),
        await send(installation, ada, "restore", image),
    ):
        assert answer.status_code == 404
    assert (await call(installation, ada, "POST", f"{ACTIONS}/{done['id']}/undo")).status_code == 409
    await installation.services.housekeeping.purge()
    assert len(files_of(installation)) == 1
    assert await find(installation, ada) == [str(kept.id)]


async def test_a_purge_is_carried_out_by_a_worker_at_once(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    await act(installation, ada, "trash", image)
    await act(installation, ada, "purge", image)
    async with installation.uow() as work:
        found = await work._session.connection()
        jobs = await found.exec_driver_sql("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'purge'")
        assert len(jobs.all()) == 1


async def test_actions_are_forgotten_after_a_month(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    done = await act(installation, ada, "rate", image, rating=4)
    async with installation.uow() as work:
        row = await work.actions.find_whole(ada.id, done["id"])
        assert row is not None
        row.created_at = datetime.now(UTC) - timedelta(days=31)
        await work.flush()
        await work.commit()
    await installation.services.housekeeping.tidy()
    assert (await call(installation, ada, "POST", f"{ACTIONS}/{done['id']}/undo")).status_code == 404


# --- news -----------------------------------------------------------------------------------------------------------


async def test_a_change_of_many_images_is_one_piece_of_news(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [await installation.add_image(ada) for _ in range(3)]
    told: list[tuple[Any, str, Any]] = []
    notify = UnitOfWork.notify

    async def listen(work: UnitOfWork, account_id: Any, kind: str, row_id: Any) -> None:
        told.append((account_id, kind, row_id))
        await notify(work, account_id, kind, row_id)

    monkeypatch.setattr(UnitOfWork, "notify", listen)
    await act(installation, ada, "rate", *images, rating=3)
    await share(installation, ada, images[0])
    await act(installation, ada, "trash", *images)
    await act(installation, ada, "trash", selection={"filter": {}})
    news = [entry for entry in told if entry[1] == "image"]
    assert news[0] == (ada.id, "image", None)
    assert news[-1] == (None, "image", None), "the team saw one of them"
    assert len(news) == 4, "rate, the new board, what was put on it, trash; the last changed nothing"
