"""All the work that was asked for: finding it, counting it, ending or repeating much of it at once."""

from datetime import timedelta
from typing import Any

import pytest

from synthlabel.domain.account import Role
from tests.api.gallery import share
from tests.api.installation import RECIPE, Installation, Person

GENERATIONS = "/api/v1/generations"


@pytest.fixture
async def admin(installation: Installation) -> Person:
    return await installation.add_person("root", role=Role.ADMIN)


async def make(installation: Installation, who: Person, status: str = "queued", **changes: Any) -> str:
    answer = await installation.client.post(GENERATIONS, json={**RECIPE, **changes}, headers=who.cookies)
    made = str(answer.json()["id"])
    if status != "queued":
        await installation.change(made, status=status)
    return made


async def look(installation: Installation, who: Person, path: str = "", **query: Any) -> Any:
    return await installation.client.get(f"{GENERATIONS}{path}", params=query, headers=who.cookies)


async def ids(installation: Installation, who: Person, **query: Any) -> list[str]:
    return [item["id"] for item in (await look(installation, who, **query)).json()["items"]]


async def act(installation: Installation, who: Person, kind: str, *, key: str | None = None, **body: Any) -> Any:
    headers = who.cookies | ({"Idempotency-Key": key} if key else {})
    return await installation.client.post(f"{GENERATIONS}/actions", json={"kind": kind, **body}, headers=headers)


# --- finding --------------------------------------------------------------------------------------------------------


async def test_the_list_can_be_narrowed_by_everything_that_it_shows(installation: Installation, ada: Person) -> None:
    fox = await make(installation, ada, prompt="a 100% fox")
    dev = await make(installation, ada, "failed", model="flux-dev")
    upscaled = await make(installation, ada, prompt="a boat")
    await installation.change(upscaled, task="upscale")
    press = {**RECIPE, "prompts": ["a {red|blue} kite"]}
    batch = (await installation.client.post(f"{GENERATIONS}/batch", json=press, headers=ada.cookies)).json()
    pressed = [item["id"] for item in batch["items"]][::-1]
    assert await ids(installation, ada, status="failed") == [dev]
    assert await ids(installation, ada, model=["flux-dev", "qwen-image"]) == [dev]
    assert await ids(installation, ada, task="upscale") == [upscaled]
    assert await ids(installation, ada, batch=batch["batch_id"]) == pressed
    assert await ids(installation, ada, q="0% F") == [fox]
    assert await ids(installation, ada, q="red|blue") == pressed
    assert await ids(installation, ada, q="_") == []


async def test_counts_are_by_status_whatever_status_is_shown(installation: Installation, ada: Person) -> None:
    for status in ("queued", "failed", "failed"):
        await make(installation, ada, status)
    found = (await look(installation, ada, "/counts", status="queued")).json()
    other = (await look(installation, ada, "/counts", model="flux-dev")).json()
    assert (found["counts"]["queued"], found["counts"]["failed"], found["counts"]["done"]) == (1, 2, 0)
    assert (found["total"], other["total"]) == (3, 0)


async def test_an_administrator_sees_everybodys_and_whose_it_is(
    installation: Installation, ada: Person, bob: Person, admin: Person
) -> None:
    adas, bobs = await make(installation, ada), await make(installation, bob)
    everything = (await look(installation, admin, everyone=True)).json()["items"]
    assert [(item["id"], item["owner"]["email"]) for item in everything] == [(bobs, bob.email), (adas, ada.email)]
    assert await ids(installation, admin, account=str(ada.id)) == [adas]
    assert await ids(installation, admin) == []
    assert (await look(installation, admin, "/counts", everyone=True)).json()["total"] == 2


async def test_an_administrator_sees_no_pictures_that_are_not_shown_to_them(
    installation: Installation, ada: Person, admin: Person
) -> None:
    hidden, shown, own = [await installation.add_image(who) for who in (ada, ada, admin)]
    await share(installation, ada, shown)
    items = (await look(installation, admin, everyone=True)).json()["items"]
    assert [[image["id"] for image in item["images"]] for item in items] == [[str(own.id)], [str(shown.id)], []]
    assert [len(item["images"]) for item in (await look(installation, ada)).json()["items"]] == [1, 1]
    assert items[-1]["id"] == str(hidden.generation_id)


@pytest.mark.parametrize("query", [{"everyone": "true"}, {"account": "01890a5d-ac96-774b-bcce-b302099a8057"}])
@pytest.mark.parametrize("path", ["", "/counts"])
async def test_members_do_not_see_others(
    installation: Installation, ada: Person, path: str, query: dict[str, str]
) -> None:
    assert (await look(installation, ada, path, **query)).status_code == 403


async def test_ones_own_list_does_not_name_an_owner(installation: Installation, ada: Person) -> None:
    await make(installation, ada)
    assert (await look(installation, ada)).json()["items"][0]["owner"] is None


# --- many at once ---------------------------------------------------------------------------------------------------


async def test_many_are_cancelled_and_each_says_what_became_of_it(
    installation: Installation, ada: Person, bob: Person
) -> None:
    waiting, done, bobs = (
        await make(installation, ada),
        await make(installation, ada, "done"),
        await make(installation, bob),
    )
    results = (await act(installation, ada, "cancel", ids=[waiting, done, bobs, "nonsense"])).json()["results"]
    assert [result["ok"] for result in results] == [True, False, False, False]
    assert results[0]["generation"]["status"] == "cancelled"
    assert [result["error"]["code"] for result in results[1:]] == ["conflict", "not_found", "not_found"]
    assert await ids(installation, bob, status="queued") == [bobs]


async def test_all_that_wait_are_cancelled_and_nothing_else(
    installation: Installation, ada: Person, bob: Person
) -> None:
    waiting = [await make(installation, ada) for _ in range(3)]
    running, bobs = await make(installation, ada, "running"), await make(installation, bob)
    results = (await act(installation, ada, "cancel", all=True)).json()["results"]
    assert sorted(result["id"] for result in results if result["ok"]) == sorted(waiting)
    assert await ids(installation, ada, status=["queued", "running"]) == [running]
    assert await ids(installation, bob, status="queued") == [bobs]


async def test_an_administrator_may_cancel_but_not_retry_what_is_anothers(
    installation: Installation, ada: Person, admin: Person
) -> None:
    made = await make(installation, ada)
    cancelled = (await act(installation, admin, "cancel", ids=[made])).json()["results"][0]
    retried = (await act(installation, admin, "retry", ids=[made])).json()["results"][0]
    assert (cancelled["ok"], cancelled["generation"]["status"]) == (True, "cancelled")
    assert (retried["ok"], retried["error"]["code"]) == (False, "not_found")


async def test_many_are_retried_but_nothing_that_may_be_paid_twice(installation: Installation, ada: Person) -> None:
    failed, unknown = await make(installation, ada, "failed"), await make(installation, ada, "unknown")
    results = (await act(installation, ada, "retry", ids=[failed, unknown])).json()["results"]
    assert (results[0]["ok"], results[0]["generation"]["retry_of"]) == (True, failed)
    assert (results[1]["ok"], results[1]["error"]["code"]) == (False, "may_be_paid_twice")
    assert len(await ids(installation, ada)) == 3


async def test_a_bulk_retry_that_is_sent_twice_is_paid_once(installation: Installation, ada: Person) -> None:
    failed = [await make(installation, ada, "failed") for _ in range(2)]
    first = (await act(installation, ada, "retry", ids=failed, key="again")).json()["results"]
    for result in first:
        await installation.change(result["generation"]["id"], status="failed")
    second = (await act(installation, ada, "retry", ids=failed, key="again")).json()["results"]
    assert [one["generation"]["id"] for one in first] == [one["generation"]["id"] for one in second]
    assert len(await ids(installation, ada)) == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "cancel"}, "ids"),
        ({"kind": "retry", "all": True}, "all"),
        ({"kind": "cancel", "ids": ["x"] * 501}, "ids"),
        ({"kind": "explode", "ids": ["x"]}, "kind"),
    ],
)
async def test_an_action_without_sense_is_refused(
    installation: Installation, ada: Person, body: dict[str, Any], field: str
) -> None:
    answer = await act(installation, ada, **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# --- what is to be expected -----------------------------------------------------------------------------------------


async def test_a_request_under_way_says_what_is_to_be_expected(installation: Installation, ada: Person) -> None:
    for seconds in (10, 20, 30):
        await _finished(installation, ada, seconds)
    waiting = await make(installation, ada)
    late = await make(installation, ada)
    async with installation.uow() as work:
        now = await work.generations.now()
    await installation.change(
        late, status="submitted", submitted_at=now.replace(year=now.year - 1), queue_position=1, first_position=4
    )
    items = {item["id"]: item for item in (await look(installation, ada)).json()["items"]}
    assert items[waiting]["created_at"] < items[waiting]["expected_start_at"] < items[waiting]["expected_done_at"]
    assert (items[waiting]["slow"], items[waiting]["queue_trend"], items[waiting]["given_up_at"]) == (False, None, None)
    assert (items[late]["slow"], items[late]["queue_trend"]) == (True, "shrinking")
    assert items[late]["given_up_at"] > items[late]["submitted_at"]


async def _finished(installation: Installation, who: Person, seconds: int) -> None:
    made = await make(installation, who)
    async with installation.uow() as work:
        now = await work.generations.now()
    await installation.change(made, status="done", submitted_at=now - timedelta(seconds=seconds), finished_at=now)
