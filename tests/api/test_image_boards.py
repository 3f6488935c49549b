"""On which boards an image is, as far as somebody sees it."""

from typing import Any

from tests.api.installation import Installation, Person


async def board(installation: Installation, person: Person, name: str, visibility: str = "private") -> str:
    body = {"name": name, "visibility": visibility}
    return (await installation.client.post("/api/v1/boards", json=body, headers=person.cookies)).json()["id"]


async def put(installation: Installation, person: Person, image_id: object, board_id: str) -> None:
    action: dict[str, Any] = {
        "id": board_id,  # any new id will do
        "kind": "add_to_board",
        "selection": {"ids": [str(image_id)]},
        "value": {"board_id": board_id},
    }
    answer = await installation.client.post("/api/v1/images/actions", json=action, headers=person.cookies)
    assert answer.status_code == 200, answer.text


async def names(installation: Installation, person: Person, image_id: object) -> list[str]:
    answer = await installation.client.get(f"/api/v1/images/{image_id}/boards", headers=person.cookies)
    assert answer.status_code == 200, answer.text
    return [found["name"] for found in answer.json()["items"]]


async def test_the_boards_of_an_image_are_listed_by_name(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    other = await installation.add_image(ada)
    for name in ("zebras", "Apples"):
        await put(installation, ada, image.id, await board(installation, ada, name))
    await put(installation, ada, other.id, await board(installation, ada, "elsewhere"))
    assert await names(installation, ada, image.id) == ["Apples", "zebras"]


async def test_others_see_the_teams_boards_of_an_image_and_not_the_private_ones(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    await put(installation, ada, image.id, await board(installation, ada, "mine"))
    hidden = await installation.client.get(f"/api/v1/images/{image.id}/boards", headers=bob.cookies)
    assert hidden.status_code == 404
    await put(installation, ada, image.id, await board(installation, ada, "everybody", "team"))
    await put(installation, bob, image.id, await board(installation, bob, "bobs own"))
    assert await names(installation, bob, image.id) == ["bobs own", "everybody"]
    assert await names(installation, ada, image.id) == ["everybody", "mine"]
