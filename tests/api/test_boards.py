"""Boards: what is on them stays, and who sees it is decided by who owns it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.api.gallery import BOARDS, IMAGES, act, call, find, make_board, read, send, share, undo
from tests.api.installation import Installation, Person


async def boards_of(installation: Installation, person: Person, **query: Any) -> list[Any]:
    return (await read(installation, person, BOARDS, **query))["items"]


async def test_a_board_counts_and_shows_its_newest_image(installation: Installation, ada: Person) -> None:
    first, second = await installation.add_image(ada), await installation.add_image(ada)
    board = await make_board(installation, ada, first, second)
    (body,) = await boards_of(installation, ada)
    assert (body["id"], body["count"], body["is_mine"], body["visibility"]) == (board, 2, True, "private")
    assert str(second.generation_id) in body["cover_url"]
    await act(installation, ada, "trash", second)
    (body,) = await boards_of(installation, ada)
    assert body["count"] == 1
    assert str(first.generation_id) in body["cover_url"]


async def test_a_board_is_renamed_and_its_visibility_changed(installation: Installation, ada: Person) -> None:
    board = await make_board(installation, ada)
    for change in ({"name": "  Best   of "}, {"visibility": "team"}, {}):
        answer = await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json=change)
        assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["visibility"]) == ("Best of", "team")
    for wrong in ({"name": " "}, {"name": "x" * 81}, {"visibility": "world"}):
        assert (await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json=wrong)).status_code == 422


async def test_a_deleted_board_leaves_its_images_and_comes_back_with_them(
    installation: Installation, ada: Person
) -> None:
    image = await installation.add_image(ada)
    board = await make_board(installation, ada, image)
    for _ in range(2):
        assert (await call(installation, ada, "DELETE", f"{BOARDS}/{board}")).status_code == 204
    assert await boards_of(installation, ada) == []
    assert [item["id"] for item in await boards_of(installation, ada, trashed=True)] == [board]
    assert await find(installation, ada, board=board) == []
    assert await find(installation, ada) == [str(image.id)]
    assert (await send(installation, ada, "add_to_board", image, board_id=board)).status_code == 404
    restored = await call(installation, ada, "POST", f"{BOARDS}/{board}/restore")
    assert (restored.status_code, restored.json()["count"]) == (200, 1)
    assert await find(installation, ada, board=board) == [str(image.id)]


async def test_a_board_is_gone_after_a_month_in_the_trash(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    board = await make_board(installation, ada, image)
    await call(installation, ada, "DELETE", f"{BOARDS}/{board}")
    async with installation.uow() as work:
        row = await work.boards.lock_own(ada.id, UUID(board))
        row.trashed_at = datetime.now(UTC) - timedelta(days=30, seconds=1)
        await work.flush()
        await work.commit()
    assert (await call(installation, ada, "POST", f"{BOARDS}/{board}/restore")).status_code == 404
    await installation.services.housekeeping.tidy()
    assert (await call(installation, ada, "GET", f"{BOARDS}/{board}")).status_code == 404
    assert await find(installation, ada) == [str(image.id)]


# --- the team -------------------------------------------------------------------------------------------------------


async def test_everybody_puts_their_own_images_on_a_board_of_the_team(
    installation: Installation, ada: Person, bob: Person
) -> None:
    mine, theirs = await installation.add_image(ada), await installation.add_image(bob)
    board = await share(installation, ada, mine)
    await act(installation, bob, "add_to_board", theirs, board_id=board)
    for person in (ada, bob):
        assert await find(installation, person, board=board, scope="all") == [str(theirs.id), str(mine.id)]
        assert [item["count"] for item in await boards_of(installation, person)] == [2]


async def test_nobody_shows_somebody_elses_image_to_the_team(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    shown = await share(installation, ada, image)
    cy = await installation.add_person("cy")
    team = await share(installation, bob)
    assert (await act(installation, bob, "add_to_board", image, board_id=team))["changed"] == 0
    private = await make_board(installation, bob, image)
    await call(installation, bob, "PATCH", f"{BOARDS}/{private}", json={"visibility": "team"})
    await act(installation, ada, "remove_from_board", image, board_id=shown)
    for person in (bob, cy):
        assert await find(installation, person, scope="all") == []
        assert (await call(installation, person, "GET", f"{IMAGES}/{image.id}")).status_code == 404


async def test_the_owner_of_a_board_clears_it_and_others_take_off_what_they_put_there(
    installation: Installation, ada: Person, bob: Person
) -> None:
    mine, theirs = await installation.add_image(ada), await installation.add_image(bob)
    board = await share(installation, ada, mine)
    await act(installation, bob, "add_to_board", theirs, board_id=board)
    assert (await act(installation, bob, "remove_from_board", mine, theirs, board_id=board))["changed"] == 1
    await act(installation, bob, "add_to_board", theirs, board_id=board)
    cleared = await act(installation, ada, "remove_from_board", mine, theirs, board_id=board)
    assert cleared["changed"] == 2
    assert (await undo(installation, ada, cleared))["changed"] == 1, "bob may not want his shown any more"
    assert await find(installation, bob, board=board, scope="all") == [str(mine.id)]


async def _make_private(installation: Installation, ada: Person, board: str) -> None:
    await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json={"visibility": "private"})


async def _delete_and_restore(installation: Installation, ada: Person, board: str) -> None:
    await call(installation, ada, "DELETE", f"{BOARDS}/{board}")
    await call(installation, ada, "POST", f"{BOARDS}/{board}/restore")


@pytest.mark.parametrize("change", [_make_private, _delete_and_restore])
async def test_a_board_that_is_taken_from_the_team_does_not_show_others_images_again(
    installation: Installation, ada: Person, bob: Person, change: Callable[[Installation, Person, str], Awaitable[None]]
) -> None:
    mine, theirs = await installation.add_image(ada), await installation.add_image(bob)
    board = await share(installation, ada, mine)
    await act(installation, bob, "add_to_board", theirs, board_id=board)
    await change(installation, ada, board)
    await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json={"visibility": "team"})
    assert await find(installation, ada, scope="shared") == []
    assert await find(installation, bob, board=board, scope="all") == [str(mine.id)]


async def test_undo_never_puts_others_images_on_a_board_again(
    installation: Installation, ada: Person, bob: Person
) -> None:
    theirs = await installation.add_image(bob)
    board = await share(installation, ada)
    await act(installation, bob, "add_to_board", theirs, board_id=board)
    cleared = await act(installation, ada, "remove_from_board", theirs, board_id=board)
    await _make_private(installation, ada, board)
    assert (await undo(installation, ada, cleared))["changed"] == 0
    await call(installation, ada, "PATCH", f"{BOARDS}/{board}", json={"visibility": "team"})
    assert await find(installation, ada, scope="shared") == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_only_its_owner_changes_a_board(
    installation: Installation, ada: Person, bob: Person, method: str
) -> None:
    board = await share(installation, ada)
    answer = await call(installation, bob, method, f"{BOARDS}/{board}", json={"name": "taken"})
    assert answer.status_code == 404
    assert [item["name"] for item in await boards_of(installation, bob)] == ["ada@example.com team"]


async def test_what_the_team_sees_can_be_rated_and_kept_but_not_changed(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    await share(installation, ada, image)
    assert (await act(installation, bob, "rate", image, rating=4))["changed"] == 1
    assert (await act(installation, bob, "favorite", image, favorite=True))["changed"] == 1
    board = await make_board(installation, bob, image)
    assert await find(installation, bob, board=board, scope="shared") == [str(image.id)]
    for kind, value in (("trash", {}), ("add_tags", {"tags": ["x"]}), ("purge", {}), ("restore", {})):
        assert (await act(installation, bob, kind, image, **value))["changed"] == 0
    for method, path, body in (
        ("DELETE", f"{IMAGES}/{image.id}", None),
        ("POST", f"{IMAGES}/{image.id}/restore", None),
        ("PATCH", f"{IMAGES}/{image.id}", {"tags": ["x"]}),
    ):
        assert (await call(installation, bob, method, path, json=body)).status_code == 404
    assert await find(installation, ada) == [str(image.id)]
