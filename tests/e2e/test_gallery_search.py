"""Finding images: words and chips, views, and the address that holds them."""

import re

from playwright.async_api import expect

from tests.e2e.gallery import Gallery, open_gallery
from tests.e2e.people import Person
from tests.e2e.product import eventually
from tests.e2e.visitors import Visitor


async def has_three(person: Person) -> None:
    for prompt in ("a blue boat", "a green hill", "a yellow door"):
        await person.has(prompt=prompt)


async def test_words_are_found_as_they_are_typed_and_back_leads_back(ada: Visitor) -> None:
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    await gallery.page.keyboard.press("/")
    await expect(gallery.search).to_be_focused()
    await gallery.page.keyboard.type("gre")
    await gallery.counts("1 image found")
    await expect(gallery.tile("a green hill")).to_be_visible()
    await expect(gallery.page).to_have_url(re.compile(r"/gallery\?q=gre$"))

    await gallery.page.go_back()
    await gallery.counts("3 images")
    await expect(gallery.search).to_have_value("")
    await gallery.page.go_forward()
    await gallery.counts("1 image found")
    await gallery.page.reload()
    await gallery.counts("1 image found")
    await expect(gallery.search).to_have_value("gre")


async def test_a_search_without_a_result_offers_the_way_out(ada: Visitor) -> None:
    await has_three(ada.known)
    gallery = Gallery(await ada.open("/gallery?q=zebra"))
    await expect(gallery.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await gallery.page.get_by_role("button", name="Clear filters").click()
    await gallery.counts("3 images")
    await expect(gallery.search).to_have_value("")


async def test_chips_are_suggested_with_counts_and_taken_off_again(ada: Visitor) -> None:
    await has_three(ada.known)
    image = (await ada.known.images())[0]
    (await ada.known.api.patch(f"/images/{image['id']}", json={"tags": ["keep"], "rating": 4})).raise_for_status()
    gallery = await open_gallery(ada)
    await gallery.search.click()
    await gallery.page.keyboard.type("tag:")
    await expect(gallery.page.get_by_role("option", name="tag:keep 1")).to_be_visible()
    await gallery.page.keyboard.press("ArrowDown")
    await gallery.page.keyboard.press("Enter")
    await gallery.counts("1 image found")
    await expect(gallery.page).to_have_url(re.compile(r"\?q=tag:keep$"))

    await gallery.page.keyboard.type("rating>=5 ")
    await expect(gallery.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await gallery.page.get_by_role("button", name="Remove rating>=5").click()
    await gallery.counts("1 image found")
    await gallery.search.press("Escape")
    await gallery.search.press("Escape")
    await gallery.counts("3 images")


async def test_what_a_chip_means_is_what_is_found(ada: Visitor) -> None:
    await has_three(ada.known)
    boat = next(image for image in await ada.known.images() if image["prompt"] == "a blue boat")
    (await ada.known.api.patch(f"/images/{boat['id']}", json={"favorite": True, "rating": 3})).raise_for_status()
    for chip, found in (
        (f"seed:{boat['seed']}", 1),
        ("is:favorite", 1),
        ("is:unrated", 2),
        ("rating:3", 1),
        ("model:flux-schnell", 3),
        ("size:256x256", 3),
        ("after:2020-01-01", 3),
        (f"by:{ada.known.email}", 3),
        ('"blue boat"', 1),
    ):
        gallery = await open_gallery(ada, f"?q={chip}")
        await gallery.counts(f"{found} image{'s' if found > 1 else ''} found")
        await gallery.page.close()


async def test_an_image_that_is_rated_leaves_the_unrated_and_the_next_has_the_focus(ada: Visitor) -> None:
    await has_three(ada.known)
    gallery = await open_gallery(ada)
    await gallery.view("Unrated").click()
    await expect(gallery.page).to_have_url(re.compile(r"\?view=unrated$"))
    await gallery.counts("3 images")
    await gallery.tile("a yellow door").focus()
    await gallery.page.keyboard.press("4")
    await expect(gallery.tile("a yellow door")).to_have_count(0)
    await expect(gallery.focused).to_have_accessible_name("a green hill")
    await gallery.page.keyboard.press("5")
    await expect(gallery.focused).to_have_accessible_name("a blue boat")
    await gallery.page.keyboard.press("1")
    await expect(gallery.page.get_by_role("heading", name="Everything is rated")).to_be_visible()
    await eventually(
        lambda: ada.known.images(), lambda images: sorted(image["rating"] or 0 for image in images) == [1, 4, 5]
    )


async def test_on_a_phone_the_views_are_in_a_sheet(phone: Visitor) -> None:
    await has_three(phone.known)
    gallery = await open_gallery(phone)
    await gallery.page.get_by_role("button", name="Mine").tap()
    await gallery.page.get_by_role("dialog", name="Show").get_by_role("button", name="Favourites").tap()
    await expect(gallery.page.get_by_role("heading", name="No favourites yet")).to_be_visible()


async def test_what_others_show_to_the_team_is_under_shared(ada: Visitor, bob: Visitor) -> None:
    image = (await bob.known.has(prompt="a blue boat of Bob"))["images"][0]
    board = (await bob.known.api.post("/boards", json={"name": "For all", "visibility": "team"})).json()
    action = {"id": board["id"], "kind": "add_to_board", "selection": {"ids": [image["id"]]}}
    (
        await bob.known.api.post("/images/actions", json={**action, "value": {"board_id": board["id"]}})
    ).raise_for_status()
    gallery = await open_gallery(ada, "?view=shared&q=by:bob")
    await expect(gallery.tile("a blue boat of Bob").get_by_text("Bob", exact=True)).to_be_visible()
    (await bob.known.api.patch(f"/boards/{board['id']}", json={"visibility": "private"})).raise_for_status()
    await gallery.page.reload()
    await expect(gallery.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
