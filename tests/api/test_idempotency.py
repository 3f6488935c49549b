"""What makes something may be sent twice with one key."""

from typing import Any

import pytest

from tests.api.installation import Installation, Person

LORA = {"name": "ink", "url": "https://weights.example.com/ink.safetensors", "family": "flux-1"}


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("boards", {"name": "For the client"}, {"name": "For me"}),
        ("presets", {"name": "Portraits", "data": {"prompt": "a face"}}, {"name": "Portraits", "data": {}}),
        ("loras", LORA, {**LORA, "trigger_word": "inky"}),
        ("downloads", {"filter": {}}, {"filter": {}, "captions": True}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_same_key_makes_one_thing_and_gives_the_first_answer_again(
    installation: Installation, ada: Person, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    await installation.add_image(ada)
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    first, again, another = [
        await installation.client.post(f"/api/v1/{path}", json=each, headers=headers) for each in (body, body, other)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert set(again.json()) == set(first.json())
    assert (another.status_code, another.json()["code"]) == (409, "idempotency_conflict")
    if path != "downloads":
        listed = (await installation.client.get(f"/api/v1/{path}", headers=ada.cookies)).json()["items"]
        assert [item["id"] for item in listed] == [first.json()["id"]]
