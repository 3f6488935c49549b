"""What is done while the connection breaks is done once: not lost, not doubled."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from tests.e2e.gallery import Gallery, open_gallery
from tests.e2e.people import Person
from tests.e2e.product import eventually
from tests.e2e.visitors import Visitor

AWAY = r"net::ERR_|WebSocket|websocket"
ACTIONS = "**/api/v1/images/actions**"
PROMPTS = ("a blue boat", "a green hill", "a yellow door")  # the newest is the last


async def has_three(person: Person) -> None:
    for prompt in PROMPTS:
        await person.has(prompt=prompt)


async def do_three_things(gallery: Gallery) -> None:
    """Rate one, tag another, delete the third."""
    await gallery.tile("a yellow door").focus()
    await gallery.page.keyboard.press("4")
    await gallery.page.keyboard.press("ArrowRight")
    await gallery.page.keyboard.press("t")
    await gallery.page.get_by_role("dialog").get_by_label("Tag", exact=True).fill("keep")
    await gallery.page.keyboard.press("ControlOrMeta+Enter")
    await expect(gallery.page.get_by_role("dialog")).to_have_count(0)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("Delete")


async def expect_done(person: Person) -> None:
    await eventually(lambda: person.images(trashed=True), lambda found: len(found) == 1)
    await eventually(lambda: person.images(), lambda found: found[0]["rating"] == 4 and found[1]["tags"] == ["keep"])
    assert len(await person.images()) == 2


def listen(page: Page) -> list[dict[str, Any]]:
    """Return a list that grows with each action that leaves the browser."""
    sent: list[dict[str, Any]] = []
    page.on(
        "request",
        lambda request: (
            sent.append(json.loads(request.post_data or "{}"))
            if request.method == "POST" and request.url.endswith("/images/actions")
            else None
        ),
    )
    return sent


async def test_what_is_done_offline_shows_at_once_and_is_sent_once_in_its_order(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    sent = listen(gallery.page)
    await ada.context.set_offline(True)
    await do_three_things(gallery)
    await expect(gallery.tile("a yellow door").get_by_text("4/5")).to_be_visible()
    await expect(gallery.tile("a blue boat")).to_have_count(0)
    await expect(gallery.page.get_by_text("3 changes are kept until the connection is back")).to_be_visible()
    assert [image["rating"] for image in await ada.known.images()] == [None] * 3

    await ada.context.set_offline(False)
    await expect_done(ada.known)
    await expect(gallery.page.get_by_text("kept until the connection is back")).to_have_count(0)
    kinds = [kind for kind, _ in dict.fromkeys((action["kind"], action["id"]) for action in sent)]
    assert kinds == ["rate", "add_tags", "trash"]
    await expect(gallery.tile("a yellow door").get_by_text("4/5")).to_be_visible()
    await expect(gallery.tile("a blue boat")).to_have_count(0)


async def test_what_waits_outlives_the_page(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)

    async def refuse(route: Route) -> None:
        await route.abort("internetdisconnected")

    await ada.context.route(ACTIONS, refuse)
    await do_three_things(gallery)
    await gallery.page.reload()
    await expect(gallery.tile("a yellow door").get_by_text("4/5")).to_be_visible()
    await expect(gallery.tile("a blue boat")).to_have_count(0)
    await gallery.page.close()
    await ada.context.unroute(ACTIONS)

    await open_gallery(ada)
    await expect_done(ada.known)


async def test_an_answer_that_is_lost_does_nothing_twice(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    seen: Counter[str] = Counter()

    async def lose_first(route: Route) -> None:
        action = json.loads(route.request.post_data or "{}")
        seen[action["id"]] += 1
        answer = await route.fetch()
        if seen[action["id"]] == 1:
            return await route.abort("connectionreset")
        return await route.fulfill(response=answer)

    await gallery.page.route(ACTIONS, lose_first)
    await do_three_things(gallery)
    await expect_done(ada.known)
    await eventually(lambda: _now(list(seen.values())), lambda times: times == [2, 2, 2])
    await gallery.page.unroute_all(behavior="wait")
    await gallery.page.keyboard.press("ControlOrMeta+z")
    await eventually(lambda: ada.known.images(trashed=True), lambda found: found == [])
    assert [image["rating"] for image in await ada.known.images()] == [4, None, None]


async def _now(value: list[int]) -> list[int]:
    await asyncio.sleep(0)
    return value


async def test_what_is_undone_before_it_was_sent_is_never_sent(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    sent = listen(gallery.page)
    await ada.context.set_offline(True)
    await gallery.tile("a yellow door").focus()
    await gallery.page.keyboard.press("4")  # on its way, in vain: whether it arrived, nobody knows
    await gallery.page.keyboard.press("ArrowRight")
    await gallery.page.keyboard.press("Delete")
    await expect(gallery.tile("a green hill")).to_have_count(0)
    await gallery.page.keyboard.press("ControlOrMeta+z")
    await expect(gallery.tile("a green hill")).to_be_visible()
    await ada.context.set_offline(False)
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 4)
    assert {action["kind"] for action in sent} == {"rate"}
    assert len(await ada.known.images()) == 3


async def test_what_is_done_to_all_images_spares_those_that_come_before_it_is_sent(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)

    async def refuse(route: Route) -> None:
        await route.abort("internetdisconnected")

    await gallery.page.route(ACTIONS, refuse)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("ControlOrMeta+a")
    await gallery.page.keyboard.press("Delete")
    await expect(gallery.tiles).to_have_count(0)
    await ada.known.has(prompt="made later")
    await expect(gallery.tile("made later")).to_be_visible()
    await gallery.page.unroute_all(behavior="wait")
    trashed = await eventually(lambda: ada.known.images(trashed=True), lambda found: found != [])
    assert {image["prompt"] for image in trashed} == set(PROMPTS)
    assert [image["prompt"] for image in await ada.known.images()] == ["made later"]


async def test_nobody_sends_what_somebody_else_left_in_the_same_browser(ada: Visitor, bob: Visitor) -> None:
    ada.expect_error(AWAY)
    image = (await ada.known.has(prompt="a blue boat"))["images"][0]
    await bob.known.has(prompt="a boat of Bob")
    gallery = await open_gallery(ada)

    async def refuse(route: Route) -> None:
        await route.abort("internetdisconnected")

    await ada.context.route(ACTIONS, refuse)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("4")
    await expect(gallery.page.get_by_text("1 change is kept until the connection is back")).to_be_visible()
    await gallery.page.close()
    await ada.context.unroute(ACTIONS)
    name, _, mine = ada.known.api.headers["Cookie"].partition("=")
    await ada.context.add_cookies(
        [{"name": name, "value": bob.known.api.headers["Cookie"].partition("=")[2], "url": ada.product.page_url}]
    )
    as_bob = await open_gallery(ada)
    sent = listen(as_bob.page)
    await as_bob.tile("a boat of Bob").focus()
    await as_bob.page.keyboard.press("2")
    await eventually(lambda: bob.known.images(), lambda found: found[0]["rating"] == 2)
    assert [action["value"] for action in sent] == [{"rating": 2}]
    assert (await ada.known.get(f"/images/{image['id']}"))["rating"] is None

    await ada.context.add_cookies([{"name": name, "value": mine, "url": ada.product.page_url}])
    await as_bob.page.close()
    await open_gallery(ada)
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 4)


async def _take_seat(visitor: Visitor, person: Person) -> None:
    """Sign somebody in, in all tabs at once, as another tab would."""
    name, _, value = person.api.headers["Cookie"].partition("=")
    await visitor.context.add_cookies([{"name": name, "value": value, "url": visitor.product.page_url}])


async def test_what_is_done_in_a_tab_of_somebody_who_was_signed_out_elsewhere_waits_for_them(
    ada: Visitor, bob: Visitor
) -> None:
    ada.expect_error("409")
    image = (await ada.known.has(prompt="a blue boat"))["images"][0]
    board = await ada.known.api.post("/boards", json={"name": "For all", "visibility": "team"})
    body = {"kind": "add_to_board", "selection": {"ids": [image["id"]]}, "value": {"board_id": board.json()["id"]}}
    (await ada.known.api.post("/images/actions", json={**body, "id": str(uuid4())})).raise_for_status()
    gallery = await open_gallery(ada)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("3")
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 3)

    await _take_seat(ada, bob.known)
    await gallery.page.keyboard.press("5")
    await expect(gallery.messages.get_by_text("Somebody else is signed in here now")).to_be_visible()
    assert (await bob.known.get(f"/images/{image['id']}"))["rating"] is None
    assert (await ada.known.images())[0]["rating"] == 3

    await _take_seat(ada, ada.known)
    await gallery.page.close()
    await open_gallery(ada)
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 5)


async def _try_again_while(page: Page, is_wanted: Callable[[], bool]) -> None:
    """Let the page try at once, as it does when the network is back, instead of waiting longer each time."""

    async def try_again() -> bool:
        await page.evaluate("() => window.dispatchEvent(new Event('online'))")
        return is_wanted()

    await eventually(try_again, lambda wanted: not wanted)


async def test_a_proxy_in_between_that_fails_for_long_loses_nothing(ada: Visitor) -> None:
    ada.expect_error("50[24]")
    await ada.known.has(prompt="a blue boat")
    gallery = await open_gallery(ada)
    statuses: list[int] = []

    async def fail(route: Route) -> None:
        statuses.append((502, 504)[len(statuses) % 2])
        await route.fulfill(status=statuses[-1], body="<h1>Bad gateway</h1>", headers=_allowed(ada))

    await gallery.page.route(ACTIONS, fail)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("4")
    await _try_again_while(gallery.page, lambda: len(statuses) < 9)
    await expect(gallery.tile("a blue boat").get_by_text("4/5")).to_be_visible()
    await gallery.page.unroute_all(behavior="wait")
    await gallery.page.reload()
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 4)


async def test_what_the_server_fails_at_steps_aside_until_it_is_tried_again(ada: Visitor) -> None:
    ada.expect_error("500")
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    failed: list[str] = []

    async def fail_at_tags(route: Route) -> None:
        action = json.loads(route.request.post_data or "{}")
        if action["kind"] != "add_tags":
            return await route.continue_()
        failed.append(action["id"])
        problem = {"status": 500, "code": "internal_error", "detail": "Something went wrong."}
        return await route.fulfill(status=500, json=problem, headers=_allowed(ada))

    await gallery.page.route(ACTIONS, fail_at_tags)
    await do_three_things(gallery)
    bar = gallery.page.get_by_role("alert").filter(has_text="The server failed at 1 change")
    await _try_again_while(gallery.page, lambda: len(failed) < 6)
    await expect(bar).to_be_visible()
    await eventually(lambda: ada.known.images(trashed=True), lambda found: len(found) == 1)
    await gallery.page.reload()
    await expect(bar).to_be_visible()
    assert len(failed) == 6, "it does not block what comes later again"

    await gallery.page.unroute_all(behavior="wait")
    await bar.get_by_role("button", name="Try again").click()
    await expect_done(ada.known)
    await expect(bar).to_have_count(0)


def _allowed(visitor: Visitor) -> dict[str, str]:
    origin = visitor.product.page_url
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}


async def test_another_tab_does_not_send_what_was_undone_before_it_was_sent(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await has_three(ada.known)
    gallery = await open_gallery(ada)

    async def refuse(route: Route) -> None:
        await route.abort("internetdisconnected")

    await ada.context.route(ACTIONS, refuse)
    await gallery.tile("a yellow door").focus()
    await gallery.page.keyboard.press("4")
    await gallery.page.keyboard.press("ArrowRight")
    await gallery.page.keyboard.press("Delete")
    other = await open_gallery(ada)
    await expect(other.tile("a yellow door").get_by_text("4/5")).to_be_visible()
    await expect(other.tile("a green hill")).to_have_count(0)
    await gallery.page.bring_to_front()
    await gallery.page.keyboard.press("ControlOrMeta+z")
    await expect(gallery.tile("a green hill")).to_be_visible()
    await gallery.page.close()

    await ada.context.unroute(ACTIONS)
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 4)
    await expect(other.tile("a green hill")).to_be_visible()
    assert len(await ada.known.images()) == 3


async def test_what_waits_is_sent_from_whichever_page_is_opened_next(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await ada.known.has(prompt="a blue boat")
    gallery = await open_gallery(ada)

    async def refuse(route: Route) -> None:
        await route.abort("internetdisconnected")

    await ada.context.route(ACTIONS, refuse)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("4")
    await expect(gallery.page.get_by_text("1 change is kept until the connection is back")).to_be_visible()
    await gallery.page.close()
    await ada.context.unroute(ACTIONS)
    await ada.open("/activity")
    await eventually(lambda: ada.known.images(), lambda found: found[0]["rating"] == 4)
