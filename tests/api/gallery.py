"""What tests of the gallery say often."""

from typing import Any
from uuid import uuid4

import httpx

from synthlabel.db.tables import Image
from tests.api.installation import Installation, Person

IMAGES = "/api/v1/images"
ACTIONS = f"{IMAGES}/actions"
BOARDS = "/api/v1/boards"
TAGS = "/api/v1/tags"


async def call(installation: Installation, person: Person, method: str, path: str, **options: Any) -> httpx.Response:
    return await installation.client.request(method, path, headers=person.cookies, **options)


async def read(installation: Installation, person: Person, path: str, **query: Any) -> Any:
    answer = await call(installation, person, "GET", path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def find(installation: Installation, person: Person, **query: Any) -> list[str]:
    """Return the ids of what the gallery lists, in order."""
    return [item["id"] for item in (await read(installation, person, IMAGES, **query))["items"]]


async def image_of(installation: Installation, person: Person, image: Image) -> Any:
    return await read(installation, person, f"{IMAGES}/{image.id}")


async def send(
    installation: Installation,
    person: Person,
    kind: str,
    *images: Image,
    action_id: str | None = None,
    selection: dict[str, Any] | None = None,
    **value: Any,
) -> httpx.Response:
    """Send an action on these images, or on another selection."""
    body = {
        "id": action_id or str(uuid4()),
        "kind": kind,
        "selection": selection or {"ids": [str(image.id) for image in images]},
        "value": value,
    }
    return await call(installation, person, "POST", ACTIONS, json=body)


async def act(installation: Installation, person: Person, kind: str, *images: Image, **options: Any) -> Any:
    """Send an action that succeeds."""
    answer = await send(installation, person, kind, *images, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def undo(installation: Installation, person: Person, action: Any) -> Any:
    answer = await call(installation, person, "POST", f"{ACTIONS}/{action['id']}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def make_board(installation: Installation, person: Person, *images: Image, visibility: str = "private") -> str:
    """Make a board with these images on it, and return its id."""
    answer = await call(
        installation, person, "POST", BOARDS, json={"name": f"{person.email} {visibility}", "visibility": visibility}
    )
    assert answer.status_code == 201, answer.text
    board_id = answer.json()["id"]
    if images:
        await act(installation, person, "add_to_board", *images, board_id=board_id)
    return board_id


async def share(installation: Installation, person: Person, *images: Image) -> str:
    """Show images to the team, and return the board's id."""
    return await make_board(installation, person, *images, visibility="team")
