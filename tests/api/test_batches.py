"""Many generations with one press."""

from typing import Any

import pytest

from tests.api.installation import RECIPE, Installation, Person

GENERATIONS = "/api/v1/generations"
BODY = {key: value for key, value in RECIPE.items() if key != "prompt"}


async def post(installation: Installation, who: Person, path: str, **changes: Any) -> Any:
    headers = {**who.cookies, **changes.pop("headers", {})}
    return await installation.client.post(f"{GENERATIONS}/{path}", json={**BODY, **changes}, headers=headers)


async def listed(installation: Installation, who: Person) -> list[Any]:
    answer = await installation.client.get(GENERATIONS, params={"limit": "200"}, headers=who.cookies)
    return answer.json()["items"]


async def test_a_preview_counts_and_prices_without_making_anything(installation: Installation, ada: Person) -> None:
    one = (await post(installation, ada, "estimate", prompt="a fox")).json()
    found = (await post(installation, ada, "expand", prompts=["a {red|blue|} {fox|cat}", "", "a boat"])).json()
    assert found["count"] == 7
    assert found["prompts"][:3] == ["a red fox", "a red cat", "a blue fox"]
    assert found["prompts"][-1] == "a boat"
    assert float(found["price_usd"]) == pytest.approx(7 * float(one["price_usd"]))
    assert found["formula"].startswith("7 × $")
    assert (found["limit"], found["errors"]) == (100, [])
    assert await listed(installation, ada) == []


async def test_a_preview_shows_ten_and_counts_the_rest(installation: Installation, ada: Person) -> None:
    found = (await post(installation, ada, "expand", prompts=["{a|b}" * 400])).json()
    assert (found["count"], len(found["prompts"])) == (10**9, 10)


async def test_a_preview_says_line_by_line_what_is_wrong(installation: Installation, ada: Person) -> None:
    found = (await post(installation, ada, "expand", prompts=["fine", "a {b|c", "__who__", "x" * 6000])).json()
    assert found["count"] == 2
    assert [(error["line"], error["position"]) for error in found["errors"]] == [(1, 2), (2, 0), (3, 0)]
    assert found["errors"][0]["message"] == "This { is never closed."
    assert "at most" in found["errors"][2]["message"]


async def test_an_empty_form_is_told_so(installation: Installation, ada: Person) -> None:
    found = (await post(installation, ada, "expand", prompts=[])).json()
    assert (found["count"], found["price_usd"], found["prompts"]) == (0, "0", [])
    assert found["errors"][0]["message"] == "Write what the image should show."


async def test_what_is_wrong_with_the_rest_is_named_by_field(installation: Installation, ada: Person) -> None:
    for path in ("expand", "batch"):
        answer = await post(installation, ada, path, prompts=["{a|b}"], count=99)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["count"]


async def test_one_press_makes_one_generation_of_each_prompt(installation: Installation, ada: Person) -> None:
    answer = await post(installation, ada, "batch", prompts=["a {red|blue} fox", "a boat"])
    made = answer.json()
    assert answer.status_code == 202
    assert [item["prompt"] for item in made["items"]] == ["a red fox", "a blue fox", "a boat"]
    assert [item["queue_position"] for item in made["items"]] == [0, 1, 2]
    assert len({item["seed"] for item in made["items"]}) == 3
    stored = [await installation.stored(item["id"]) for item in made["items"]]
    assert {str(row.batch_id) for row in stored} == {made["batch_id"]}
    assert [row.template for row in stored] == ["a {red|blue} fox", "a {red|blue} fox", None]
    assert float(made["price_usd"]) == pytest.approx(sum(float(item["price_usd"]) for item in made["items"]))


async def test_a_given_seed_is_everybodys(installation: Installation, ada: Person) -> None:
    made = (await post(installation, ada, "batch", prompts=["{a|b|c}"], seed=7)).json()
    assert {item["seed"] for item in made["items"]} == {7}


async def test_a_single_prompt_is_an_ordinary_request(installation: Installation, ada: Person) -> None:
    made = (await post(installation, ada, "batch", prompt="a fox")).json()
    row = await installation.stored(made["items"][0]["id"])
    assert (made["count"], made["batch_id"]) == (1, None)
    assert (row.prompt, row.template, row.batch_id) == ("a fox", None, None)


async def test_the_same_key_presses_once(installation: Installation, ada: Person) -> None:
    press: dict[str, Any] = {"prompts": ["{a|b|c}"], "headers": {"Idempotency-Key": "press"}}
    first = await post(installation, ada, "batch", **press)
    again = await post(installation, ada, "batch", **press)
    other = await post(installation, ada, "batch", **{**press, "prompts": ["{a|b}"]})
    assert again.json() == first.json()
    assert len(await listed(installation, ada)) == 3
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("prompts", "field"),
    [
        (["{a|b}" * 7], "prompts"),
        (["a"] * 101, "prompts"),
        (["a", "{b"], "prompts.1"),
        (["a", "{b|" + "x" * 6000 + "}"], "prompts.1"),
        (["a", "{|b}"], "prompts.1"),
        (["", " "], "prompts.0"),
    ],
)
async def test_a_press_that_is_wrong_makes_nothing_at_all(
    installation: Installation, ada: Person, prompts: list[str], field: str
) -> None:
    answer = await post(installation, ada, "batch", prompts=prompts)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await listed(installation, ada) == []


async def test_a_hundred_fit_into_one_press(installation: Installation, ada: Person) -> None:
    made = (await post(installation, ada, "batch", prompts=["{0|1|2|3|4|5|6|7|8|9}" * 2])).json()
    assert made["count"] == 100
    assert [item["prompt"] for item in made["items"]] == [f"{number:02}" for number in range(100)]
