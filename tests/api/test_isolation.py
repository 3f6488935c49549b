"""What belongs to somebody else does not exist: every route with an id, tried by the wrong person."""

from collections import defaultdict
from uuid import uuid4

import pytest
from fastapi import FastAPI

from tests.api.gallery import act, make_board
from tests.api.installation import Installation, Person, shared_api

Operation = tuple[str, str]


def operations_with_id(app: FastAPI) -> list[Operation]:
    return [
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if "_id}" in path
    ]


OPERATIONS = operations_with_id(shared_api())


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_somebody_elses_id_is_not_found_and_nothing_happens(
    installation: Installation, ada: Person, bob: Person, operation: Operation
) -> None:
    image = await installation.add_image(ada, prompt="adas canary")
    method, path = operation
    preset = await installation.services.presets.create(ada.actor, "canary", {})
    board = await make_board(installation, ada, image)
    action = await act(installation, ada, "rate", image, rating=5)
    ids = {
        "generation_id": image.generation_id,
        "image_id": image.id,
        "preset_id": preset.id,
        "board_id": board,
        "action_id": action["id"],
        "task": "upscale",
    }
    address = path.format_map(defaultdict(uuid4, ids))
    before = await installation.stored(str(image.generation_id))
    answer = await installation.client.request(method, address, headers=bob.cookies, json={})
    after = await installation.stored(str(image.generation_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "canary" not in answer.text
    assert after == before
    assert (await installation.services.gallery.get(ada.actor, str(image.id))).trashed_at is None


@pytest.mark.parametrize(
    "bad_id", ["x", "%00", "%ED%A0%80", "..%2F..", "01890a5d-ac96-774b-bcce-b302099a8057", "a" * 999]
)
async def test_an_id_that_cannot_be_is_not_found(installation: Installation, ada: Person, bad_id: str) -> None:
    async def answer_of(method: str, path: str) -> tuple[int, str]:
        address = path.format_map(defaultdict(lambda: bad_id))
        answer = await installation.client.request(method, address, headers=ada.cookies, json={})
        return answer.status_code, answer.headers["content-type"]

    answers = {operation: await answer_of(*operation) for operation in OPERATIONS}
    wrong = {
        operation: (status, kind)
        for operation, (status, kind) in answers.items()
        if status not in (404, 405) or kind != "application/problem+json"
    }
    assert wrong == {}


async def test_lists_hold_only_ones_own(installation: Installation, ada: Person, bob: Person) -> None:
    await installation.add_image(ada, prompt="adas canary")
    for path in ("/api/v1/generations", "/api/v1/images", "/api/v1/images?trashed=true"):
        answer = await installation.client.get(path, headers=bob.cookies)
        assert (answer.json()["items"], answer.json()["next_cursor"]) == ([], None)


async def test_somebody_elses_cursor_shows_nothing_of_theirs(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    answer = await installation.client.get(f"/api/v1/images?cursor={image.id}", headers=bob.cookies)
    assert answer.json()["items"] == []
