"""Named lists, what was written before, and presets."""

from typing import Any

import pytest

from tests.api.installation import RECIPE, Installation, Person

API = "/api/v1"


async def call(installation: Installation, who: Person, method: str, path: str, body: Any = None) -> Any:
    return await installation.client.request(method, f"{API}{path}", json=body, headers=who.cookies)


# --- named lists ----------------------------------------------------------------------------------------------------


async def test_a_list_is_trimmed_and_kept_without_repetitions(installation: Installation, ada: Person) -> None:
    body = {"values": [" fox ", "cat", "", "fox", "a\x00b"]}
    saved = await call(installation, ada, "PUT", "/wildcards/animal", body)
    listed = (await call(installation, ada, "GET", "/wildcards")).json()
    assert saved.status_code == 200
    assert saved.json()["values"] == ["fox", "cat", "ab"]
    assert listed["items"] == [saved.json()]


async def test_a_list_is_replaced_and_deleted_by_its_name(installation: Installation, ada: Person) -> None:
    for values in (["fox"], ["cat", "dog"]):
        await call(installation, ada, "PUT", "/wildcards/animal", {"values": values})
    read = await call(installation, ada, "GET", "/wildcards/animal")
    gone = [(await call(installation, ada, "DELETE", "/wildcards/animal")).status_code for _ in range(2)]
    assert read.json()["values"] == ["cat", "dog"]
    assert gone == [204, 204]
    assert (await call(installation, ada, "GET", "/wildcards/animal")).status_code == 404


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("Animal", ["x"], "name"),
        ("a__b", ["x"], "name"),
        ("animal", [" ", ""], "values"),
        ("animal", [str(n) for n in range(1001)], "values"),
        ("animal", ["x" * 501], "values"),
    ],
)
async def test_a_list_that_does_not_fit_is_refused(
    installation: Installation, ada: Person, name: str, values: list[str], field: str
) -> None:
    answer = await call(installation, ada, "PUT", f"/wildcards/{name}", {"values": values})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_all_lists_together_are_bounded(installation: Installation, ada: Person, bob: Person) -> None:
    full = {"values": [f"{number:04}{'x' * 490}" for number in range(1000)]}
    four = [(await call(installation, ada, "PUT", f"/wildcards/l{n}", full)).status_code for n in range(4)]
    fifth = await call(installation, ada, "PUT", "/wildcards/l4", full)
    again = await call(installation, ada, "PUT", "/wildcards/l0", full)
    his = await call(installation, bob, "PUT", "/wildcards/l4", full)
    assert (four, fifth.status_code) == ([200] * 4, 422)
    assert fifth.json()["errors"] == [
        {"field": "values", "message": "All of your lists together hold at most 2 MB. Delete one first."}
    ]
    assert (again.status_code, his.status_code) == (200, 200)


async def test_lists_that_multiply_are_refused_in_words(installation: Installation, ada: Person) -> None:
    for name, inner in (("a", "b"), ("b", "c"), ("c", "d")):
        await call(installation, ada, "PUT", f"/wildcards/{name}", {"values": [f"__{inner}__" * 99]})
    await call(installation, ada, "PUT", "/wildcards/d", {"values": ["x" * 500]})
    found = await call(installation, ada, "POST", "/generations/expand", {**RECIPE, "prompt": "__a__"})
    made = await call(installation, ada, "POST", "/generations/batch", {**RECIPE, "prompt": "__a__"})
    assert (found.json()["count"], found.json()["errors"][0]["position"], made.status_code) == (0, 0, 422)


async def test_templates_use_ones_own_lists_only(installation: Installation, ada: Person, bob: Person) -> None:
    await call(installation, ada, "PUT", "/wildcards/animal", {"values": ["fox", "__pet__"]})
    await call(installation, ada, "PUT", "/wildcards/pet", {"values": ["{old|young} cat"]})
    body = {**RECIPE, "prompts": ["a __animal__"]}
    mine = (await call(installation, ada, "POST", "/generations/expand", body)).json()
    his = (await call(installation, bob, "POST", "/generations/expand", body)).json()
    assert mine["prompts"] == ["a fox", "a old cat", "a young cat"]
    assert his["errors"][0]["message"].startswith("There is no list “animal”")
    assert (await call(installation, bob, "GET", "/wildcards/animal")).status_code == 404
    assert (await call(installation, bob, "DELETE", "/wildcards/animal")).status_code == 204
    assert (await call(installation, ada, "GET", "/wildcards/animal")).status_code == 200


# --- history --------------------------------------------------------------------------------------------------------


async def test_what_was_written_comes_back_once_newest_first(
    installation: Installation, ada: Person, bob: Person
) -> None:
    for prompts in (["a fox"], ["a {red|blue} boat"], ["a fox"]):
        await call(installation, ada, "POST", "/generations/batch", {**RECIPE, "prompts": prompts})
    await call(installation, bob, "POST", "/generations/batch", {**RECIPE, "prompts": ["bobs secret"]})
    found = (await call(installation, ada, "GET", "/prompts/history")).json()["items"]
    assert [(item["text"], item["is_template"], item["uses"]) for item in found] == [
        ("a fox", False, 2),
        ("a {red|blue} boat", True, 1),
    ]
    assert found[0]["model"] == RECIPE["model"]


async def test_the_history_can_be_searched_for_any_text(installation: Installation, ada: Person) -> None:
    for prompt in ("100% Fox", "100 foxes", "a boat"):
        await call(installation, ada, "POST", "/generations", {**RECIPE, "prompt": prompt})
    found = {
        q: [item["text"] for item in (await call(installation, ada, "GET", f"/prompts/history?q={q}")).json()["items"]]
        for q in ("FOX", "0%25", "_")
    }
    assert found == {"FOX": ["100 foxes", "100% Fox"], "0%25": ["100% Fox"], "_": []}


# --- presets --------------------------------------------------------------------------------------------------------


async def make_preset(installation: Installation, who: Person, name: str = "Portraits", **data: Any) -> Any:
    return await call(installation, who, "POST", "/presets", {"name": name, "data": data})


async def test_a_preset_is_kept_changed_and_deleted(installation: Installation, ada: Person) -> None:
    made = await make_preset(installation, ada, " My  portraits ", prompt="a face", texts=["\\u0000", "a\x00b"])
    address = f"/presets/{made.json()['id']}"
    renamed = (await call(installation, ada, "PATCH", address, {"name": "Faces"})).json()
    refilled = (await call(installation, ada, "PATCH", address, {"data": {"prompt": "two faces"}})).json()
    assert (made.status_code, made.json()["name"]) == (201, "My portraits")
    assert made.headers["location"] == f"{API}{address}"
    assert made.json()["data"] == {"prompt": "a face", "texts": ["\\u0000", "ab"]}
    assert (renamed["name"], renamed["data"]) == ("Faces", made.json()["data"])
    assert (refilled["name"], refilled["data"]) == ("Faces", {"prompt": "two faces"})
    assert (await call(installation, ada, "GET", "/presets")).json()["items"] == [refilled]
    assert (await call(installation, ada, "DELETE", address)).status_code == 204
    assert (await call(installation, ada, "GET", "/presets")).json()["items"] == []


async def test_a_name_is_taken_whatever_its_case_but_only_for_its_owner(
    installation: Installation, ada: Person, bob: Person
) -> None:
    await make_preset(installation, ada)
    other = (await make_preset(installation, ada, "Other")).json()
    taken = await make_preset(installation, ada, "PORTRAITS")
    renamed = await call(installation, ada, "PATCH", f"/presets/{other['id']}", {"name": "portraits"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    assert (renamed.status_code, renamed.json()["code"]) == (409, "name_taken")
    assert (await make_preset(installation, bob)).status_code == 201


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [(" ", {}, "name"), ("x" * 81, {}, "name"), ("x", {"prompt": "é" * 40_000}, "data")],
)
async def test_a_preset_that_does_not_fit_is_refused(
    installation: Installation, ada: Person, name: str, data: dict[str, str], field: str
) -> None:
    answer = await make_preset(installation, ada, name, **data)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
