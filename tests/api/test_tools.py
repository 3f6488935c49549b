"""What is done to an image that is there, and requests that start from images, over HTTP."""

from typing import Any

import pytest

from tests.api.installation import RECIPE, Installation, Person

GENERATIONS = "/api/v1/generations"


def tools(image_id: object) -> str:
    return f"/api/v1/images/{image_id}/tools"


async def test_a_tool_is_a_generation_with_its_own_task_price_and_source(
    installation: Installation, ada: Person
) -> None:
    image = await installation.add_image(ada)
    path, body = f"{tools(image.id)}/upscale", {"params": {"upscale_factor": 4}}
    quote = await installation.client.post(f"{path}/estimate", json=body, headers=ada.cookies)
    made = await installation.client.post(path, json=body, headers=ada.cookies)
    assert made.status_code == 202
    answer = made.json()
    assert made.headers["location"] == f"{GENERATIONS}/{answer['id']}"
    assert (answer["task"], answer["model"], answer["status"]) == ("upscale", "clarity-upscaler", "queued")
    assert answer["price_usd"] == quote.json()["price_usd"] == "0.03"
    assert (answer["width"], answer["height"], answer["prompt"]) == (32, 32, image.prompt)
    assert [source["image_id"] for source in answer["sources"]] == [str(image.id)]
    assert answer["sources"][0]["thumbnail_url"]


@pytest.mark.parametrize(("task", "usd"), [("upscale", "0.03"), ("remove_background", "0.018"), ("describe", "0.002")])
async def test_every_tool_works_without_a_body(installation: Installation, ada: Person, task: str, usd: str) -> None:
    image = await installation.add_image(ada)
    answer = await installation.client.post(f"{tools(image.id)}/{task}", headers=ada.cookies)
    assert (answer.status_code, answer.json()["price_usd"]) == (202, usd)


async def test_the_same_key_uses_a_tool_once(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    answers = [await installation.client.post(f"{tools(image.id)}/describe", headers=headers) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_a_tool_that_costs_more_than_was_shown_is_not_used(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    path = f"{tools(image.id)}/describe"
    dear = await installation.client.post(path, json={"max_price_usd": "0.001"}, headers=ada.cookies)
    assert (dear.status_code, dear.json()["code"]) == (409, "price_changed")
    assert "$0.002" in dear.json()["detail"]
    fair = await installation.client.post(path, json={"max_price_usd": "0.002"}, headers=ada.cookies)
    assert fair.status_code == 202


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "flux-dev"}, "model"),
        ({"model": "moondream-caption"}, "model"),
        ({"params": {"upscale_factor": 9}}, "params.upscale_factor"),
        ({"params": {"strength": 1}}, "params.strength"),
        ({"surplus": 1}, "surplus"),
    ],
)
async def test_what_a_tool_does_not_take_is_named(
    installation: Installation, ada: Person, body: dict[str, Any], field: str
) -> None:
    image = await installation.add_image(ada)
    for path in (f"{tools(image.id)}/upscale", f"{tools(image.id)}/upscale/estimate"):
        answer = await installation.client.post(path, json=body, headers=ada.cookies)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_there_is_no_tool_for_generating(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    for task in ("generate", "paint"):
        answer = await installation.client.post(f"{tools(image.id)}/{task}", headers=ada.cookies)
        assert answer.status_code == 404


async def test_somebody_elses_image_is_not_found_and_nothing_is_made(
    installation: Installation, ada: Person, bob: Person
) -> None:
    image = await installation.add_image(ada)
    for path in (f"{tools(image.id)}/describe", f"{tools(image.id)}/describe/estimate", f"{tools('x')}/describe"):
        assert (await installation.client.post(path, headers=bob.cookies)).status_code == 404
    body = {**RECIPE, "model": "flux-dev", "source_image_id": str(image.id)}
    for path in (GENERATIONS, f"{GENERATIONS}/estimate", f"{GENERATIONS}/expand", f"{GENERATIONS}/batch"):
        answer = await installation.client.post(path, json=body, headers=bob.cookies)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["source_image_ids"]
    assert (await installation.client.get(GENERATIONS, headers=bob.cookies)).json()["items"] == []


async def test_one_source_may_go_by_its_old_name(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    answers = [
        await installation.client.post(GENERATIONS, json={**RECIPE, "model": "flux-dev", **source}, headers=ada.cookies)
        for source in ({"source_image_id": str(image.id)}, {"source_image_ids": [str(image.id)]})
    ]
    assert [[source["image_id"] for source in answer.json()["sources"]] for answer in answers] == [[str(image.id)]] * 2
    assert {answer.json()["price_usd"] for answer in answers} == {"0.025"}


async def test_every_prompt_of_a_batch_starts_from_the_same_source(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    body = {**RECIPE, "prompt": "a {red|blue} hat", "model": "flux-2", "source_image_ids": [str(image.id)]}
    preview = await installation.client.post(f"{GENERATIONS}/expand", json=body, headers=ada.cookies)
    batch = await installation.client.post(f"{GENERATIONS}/batch", json=body, headers=ada.cookies)
    assert preview.json()["price_usd"] == batch.json()["price_usd"] == "0.048"
    assert [[source["image_id"] for source in item["sources"]] for item in batch.json()["items"]] == [
        [str(image.id)],
        [str(image.id)],
    ]
