"""One's own LoRAs over HTTP."""

from typing import Any

import pytest

from tests.api.installation import RECIPE, Installation, Person

LORAS = "/api/v1/loras"
URL = "https://weights.example.com/ink.safetensors"
INK: dict[str, Any] = {"name": "Ink", "url": URL, "family": "flux-1", "trigger_word": "inky"}


async def added(installation: Installation, person: Person, **changes: Any) -> dict[str, Any]:
    answer = await installation.client.post(LORAS, json={**INK, **changes}, headers=person.cookies)
    assert answer.status_code == 201
    return answer.json()


async def names(installation: Installation, person: Person) -> list[str]:
    answer = await installation.client.get(LORAS, headers=person.cookies)
    assert answer.json()["next_cursor"] is None
    return [item["name"] for item in answer.json()["items"]]


async def test_a_lora_is_kept_listed_changed_deleted_and_brought_back(installation: Installation, ada: Person) -> None:
    lora = await added(installation, ada)
    assert {name: lora[name] for name in INK} == INK
    await added(installation, ada, name="Wool", family="qwen-image")
    assert await names(installation, ada) == ["Wool", "Ink"]
    path = f"{LORAS}/{lora['id']}"
    changed = await installation.client.patch(path, json={"name": " Black\n ink "}, headers=ada.cookies)
    assert (changed.json()["name"], changed.json()["url"]) == ("Black ink", URL)
    for _ in range(2):
        assert (await installation.client.delete(path, headers=ada.cookies)).status_code == 204
    assert await names(installation, ada) == ["Wool"]
    assert (await installation.client.post(f"{path}/restore", headers=ada.cookies)).status_code == 204
    assert await names(installation, ada) == ["Wool", "Black ink"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"family": "sd-1.5"}, "family"),
        ({"trigger_word": "x" * 61}, "trigger_word"),
        ({"url": "http://weights.example.com/a"}, "url"),
        ({"url": "https://localhost./a"}, "url"),
        ({"url": "https://127.1/a"}, "url"),
        ({"url": "https://0x7f.0.0.1/a"}, "url"),
        ({"url": "https://2130706433/a"}, "url"),
        ({"url": "https://[fd00::1]/a"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://metadata.google.internal/a"}, "url"),
        ({"url": "https://weights.example.com\x00/a"}, "url"),
        ({"url": f"https://weights.example.com/{'a' * 2000}"}, "url"),
        ({"surplus": 1}, "surplus"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_kept(
    installation: Installation, ada: Person, change: dict[str, Any], field: str
) -> None:
    lora = await added(installation, ada)
    created = await installation.client.post(LORAS, json={**INK, **change}, headers=ada.cookies)
    changed = await installation.client.patch(f"{LORAS}/{lora['id']}", json=change, headers=ada.cookies)
    for answer in (created, changed):
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    listed = await installation.client.get(LORAS, headers=ada.cookies)
    assert listed.json()["items"] == [lora]


async def test_somebody_elses_loras_are_not_there_and_their_addresses_are_told_to_nobody(
    installation: Installation, ada: Person, bob: Person
) -> None:
    path = f"{LORAS}/{(await added(installation, ada))['id']}"
    client = installation.client
    answers = [
        await client.patch(path, json={"name": "mine"}, headers=bob.cookies),
        await client.delete(path, headers=bob.cookies),
        await client.post(f"{path}/restore", headers=bob.cookies),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert await names(installation, bob) == []
    assert await names(installation, ada) == ["Ink"]


async def test_a_generation_tells_its_loras_by_name_and_weight_and_never_their_address(
    installation: Installation, ada: Person
) -> None:
    lora = await added(installation, ada)
    body = {**RECIPE, "model": "flux-lora", "loras": [{"model_id": lora["id"], "weight": 0.7}]}
    answer = await installation.client.post("/api/v1/generations", json=body, headers=ada.cookies)
    assert answer.status_code == 202
    assert answer.json()["loras"] == [{"id": lora["id"], "name": "Ink", "weight": 0.7}]
    assert answer.json()["prompt"] == f"inky, {RECIPE['prompt']}"
    assert URL not in answer.text


async def test_the_catalogue_says_which_loras_fit_and_which_images_go_in(
    installation: Installation, ada: Person
) -> None:
    catalog = (await installation.client.get("/api/v1/catalog", headers=ada.cookies)).json()
    models = {model["id"]: model for model in (*catalog["models"], *catalog["tools"])}
    assert (models["flux-lora"]["family"], models["flux-dev"]["family"]) == ("flux-1", None)
    takes = {name: models["flux-dev"]["image_input"][name] for name in ("min", "max", "has_strength")}
    assert takes == {"min": 0, "max": 1, "has_strength": True}
    assert models["flux-2"]["image_input"]["has_strength"] is False
    assert models["flux-schnell"]["image_input"] is None
    assert {model["task"] for model in catalog["models"]} == {"generate"}
    assert {tool["task"] for tool in catalog["tools"]} == {"upscale", "remove_background", "describe"}
    assert all(tool["image_input"]["min"] == 1 for tool in catalog["tools"])
