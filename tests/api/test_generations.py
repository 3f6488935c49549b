"""Asking for images over HTTP."""

import json
from typing import Any

import pytest

from tests.api.installation import RECIPE, Installation, Person

GENERATIONS = "/api/v1/generations"


async def test_a_request_is_accepted_with_its_price_and_place_in_the_queue(
    installation: Installation, ada: Person
) -> None:
    answer = await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"{GENERATIONS}/{body['id']}"
    assert (body["status"], body["queue_position"], body["images"]) == ("queued", 0, [])
    assert (body["width"], body["height"], body["count"]) == (512, 512, 1)
    assert isinstance(body["price_usd"], str)
    assert isinstance(body["seed"], int)
    assert body["created_at"].endswith("Z")


async def test_an_estimate_costs_what_the_request_then_costs(installation: Installation, ada: Person) -> None:
    recipe = {**RECIPE, "count": 3}
    estimate = await installation.client.post(f"{GENERATIONS}/estimate", json=recipe, headers=ada.cookies)
    made = await installation.client.post(GENERATIONS, json=recipe, headers=ada.cookies)
    assert estimate.json()["price_usd"] == made.json()["price_usd"]
    assert set(estimate.json()) == {"price_usd", "formula", "priced_at"}


async def test_the_same_key_and_body_give_the_first_answer_again(installation: Installation, ada: Person) -> None:
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    first = await installation.client.post(GENERATIONS, json=RECIPE, headers=headers)
    second = await installation.client.post(GENERATIONS, json=RECIPE, headers=headers)
    listed = await installation.client.get(GENERATIONS, headers=ada.cookies)
    assert second.status_code == 202
    assert second.json() == first.json()
    assert len(listed.json()["items"]) == 1


async def test_the_same_key_with_another_body_is_a_conflict(installation: Installation, ada: Person) -> None:
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    await installation.client.post(GENERATIONS, json=RECIPE, headers=headers)
    answer = await installation.client.post(GENERATIONS, json={**RECIPE, "count": 2}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("path", "more", "usd", "label"),
    [("", {"count": 3}, "0.009", "$0.009"), ("/batch", {"prompts": ["a {red|blue} hat"]}, "0.006", "$0.006")],
)
async def test_what_costs_more_than_was_shown_is_not_requested_and_its_key_stays_free(
    installation: Installation, ada: Person, path: str, more: dict[str, Any], usd: str, label: str
) -> None:
    headers = {**ada.cookies, "Idempotency-Key": "once"}
    body = {**RECIPE, **more}
    shown = await installation.client.post(
        f"{GENERATIONS}{path}", json={**body, "max_price_usd": "0.003"}, headers=headers
    )
    assert (shown.status_code, shown.json()["code"]) == (409, "price_changed")
    assert label in shown.json()["detail"]
    assert (await installation.client.get(GENERATIONS, headers=ada.cookies)).json()["items"] == []
    made = await installation.client.post(f"{GENERATIONS}{path}", json={**body, "max_price_usd": usd}, headers=headers)
    assert (made.status_code, made.json()["price_usd"]) == (202, usd)


@pytest.mark.parametrize("price", ["-1", "free", "NaN", "1e9", 0.003])
async def test_a_highest_price_is_an_amount_in_dollars(
    installation: Installation, ada: Person, price: str | float
) -> None:
    answer = await installation.client.post(GENERATIONS, json={**RECIPE, "max_price_usd": price}, headers=ada.cookies)
    assert [error["field"] for error in answer.json()["errors"]] == ["max_price_usd"]


async def test_a_retry_that_met_another_is_paid_once_however_late_its_key_comes_again(
    installation: Installation, ada: Person
) -> None:
    made = (await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)).json()
    await installation.change(made["id"], status="failed")
    path = f"{GENERATIONS}/{made['id']}/retry"
    first = (await installation.client.post(path, headers=ada.cookies)).json()
    headers = {**ada.cookies, "Idempotency-Key": "again"}
    assert (await installation.client.post(path, headers=headers)).json()["id"] == first["id"]
    await installation.change(first["id"], status="failed")
    assert (await installation.client.post(path, headers=headers)).json()["id"] == first["id"]
    assert len((await installation.client.get(GENERATIONS, headers=ada.cookies)).json()["items"]) == 2


async def test_two_people_may_use_the_same_key(installation: Installation, ada: Person, bob: Person) -> None:
    answers = [
        await installation.client.post(GENERATIONS, json=RECIPE, headers={**who.cookies, "Idempotency-Key": "once"})
        for who in (ada, bob)
    ]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_pages_follow_one_another_without_gap_or_overlap(installation: Installation, ada: Person) -> None:
    made = [
        (await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)).json()["id"] for _ in range(5)
    ]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await installation.client.get(GENERATIONS, params=params, headers=ada.cookies)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_the_list_can_be_narrowed_to_statuses(installation: Installation, ada: Person) -> None:
    kept, cancelled = [
        (await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)).json()["id"] for _ in range(2)
    ]
    await installation.client.post(f"{GENERATIONS}/{cancelled}/cancel", headers=ada.cookies)
    query = {"status": ["cancelled", "failed"]}
    found = await installation.client.get(GENERATIONS, params=query, headers=ada.cookies)
    queued = await installation.client.get(GENERATIONS, params={"status": "queued"}, headers=ada.cookies)
    assert [item["id"] for item in found.json()["items"]] == [cancelled]
    assert [item["id"] for item in queued.json()["items"]] == [kept]


async def test_a_cancelled_request_can_be_retried_as_a_new_one(installation: Installation, ada: Person) -> None:
    first = (await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)).json()
    early = await installation.client.post(f"{GENERATIONS}/{first['id']}/retry", headers=ada.cookies)
    cancelled = await installation.client.post(f"{GENERATIONS}/{first['id']}/cancel", headers=ada.cookies)
    retried = await installation.client.post(f"{GENERATIONS}/{first['id']}/retry", headers=ada.cookies)
    assert early.status_code == 409
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    assert cancelled.json()["charged_usd"] == "0"
    assert (retried.status_code, retried.json()["retry_of"]) == (202, first["id"])
    assert retried.json()["seed"] == first["seed"]


async def test_an_unknown_one_can_be_looked_for_again(installation: Installation, ada: Person) -> None:
    made = (await installation.client.post(GENERATIONS, json=RECIPE, headers=ada.cookies)).json()
    await installation.change(made["id"], status="unknown")
    answer = await installation.client.post(f"{GENERATIONS}/{made['id']}/check", headers=ada.cookies)
    assert (answer.status_code, answer.json()["status"]) == (202, "unknown")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prompt": "  "}, "prompt"),
        ({"model": "nobody's"}, "model"),
        ({"width": 1.5}, "width"),
        ({"width": True}, "width"),
        ({"width": 10**30}, "width"),
        ({"count": 0}, "count"),
        ({"seed": 2**31}, "seed"),
        ({"seed": 10**400}, "seed"),
        ({"params": {"nonsense": 1}}, "params.nonsense"),
        ({"params": {"\ud800": 1}}, "params."),
        ({"params": {"num_inference_steps": 10**400}}, "params.num_inference_steps"),
        ({"params": {"num_inference_steps": [[[]]]}}, "params.num_inference_steps"),
        ({"params": []}, "params"),
        ({"loras": [{"model_id": "x", "weight": "heavy"}]}, "loras.0.weight"),
        ({"source_image_id": "\x00"}, "source_image_ids"),
        ({"source_image_ids": ["x"]}, "source_image_ids"),
        ({"loras": [{"model_id": "x"}]}, "loras"),
        ({"prompt": "\ud800"}, "prompt"),
        ({"hight": 5}, "hight"),
        ({"\ud800": 5}, "body"),
    ],
)
async def test_what_is_wrong_is_named(
    installation: Installation, ada: Person, change: dict[str, object], field: str
) -> None:
    answer = await installation.client.post(
        GENERATIONS, content=_json({**RECIPE, **change}), headers={**ada.cookies, "Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_nul_in_a_prompt_is_dropped_rather_than_stored(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(GENERATIONS, json={**RECIPE, "prompt": "a\x00b"}, headers=ada.cookies)
    assert answer.json()["prompt"] == "ab"


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
