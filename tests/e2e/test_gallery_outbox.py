"""What is done while the connection breaks is done once: not lost, not doubled."""

import asyncio
import json
from collections import Counter
from typing import Any

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
