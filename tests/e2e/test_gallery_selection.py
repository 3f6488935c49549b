"""Many images at once: ticking them by mouse, keys and fingers, and what is done to them."""

import re

from playwright.async_api import Page, expect

from tests.e2e.gallery import open_gallery
from tests.e2e.people import Person
from tests.e2e.product import eventually
from tests.e2e.visitors import Visitor

PROMPTS = ("a blue boat", "a green hill", "a yellow door", "a red barn")  # the newest is the last


async def has_four(person: Person) -> None:
    for prompt in PROMPTS:
        await person.has(prompt=prompt)


async def test_ticks_are_set_by_clicks_and_ranges_and_taken_off_by_esc(ada: Visitor) -> None:
    await has_four(ada.known)
    gallery = await open_gallery(ada)
    await gallery.tile("a red barn").hover()
    await gallery.tick("a red barn").click()
    await expect(gallery.bar).to_contain_text("1 selected")
    await gallery.tile("a green hill").click(modifiers=["Shift"])
    await expect(gallery.bar).to_contain_text("3 selected")
    await gallery.tile("a yellow door").click(modifiers=["ControlOrMeta"])
    await expect(gallery.bar).to_contain_text("2 selected")
    sizes = {image["prompt"]: image["size_bytes"] for image in await ada.known.images()}
    kilobytes = (sizes["a red barn"] + sizes["a green hill"]) / 1000
    await expect(gallery.bar).to_contain_text(re.compile(rf"{kilobytes:.0f} kB|{kilobytes:.1f} kB"))
    await gallery.page.keyboard.press("Escape")
    await expect(gallery.bar).to_have_count(0)


async def test_keys_tick_rate_and_undo(ada: Visitor) -> None:
    await has_four(ada.known)
    gallery = await open_gallery(ada)
    await gallery.page.keyboard.press("g")
    await gallery.page.keyboard.press("Space")
    await gallery.page.keyboard.press("Shift+ArrowRight")
    await gallery.page.keyboard.press("Shift+ArrowRight")
    await expect(gallery.bar).to_contain_text("3 selected")
    await gallery.page.keyboard.press("Shift+ArrowLeft")
    await expect(gallery.bar).to_contain_text("2 selected")
    await gallery.page.keyboard.press("5")
    await gallery.page.keyboard.press(".")
    await eventually(lambda: ratings(ada.known), lambda found: found == [5, 5, None, None])
    await eventually(lambda: stars(ada.known), lambda found: found == [True, True, False, False])
    await gallery.page.keyboard.press("ControlOrMeta+z")
    await gallery.page.keyboard.press("ControlOrMeta+z")
    await eventually(lambda: ratings(ada.known), lambda found: found == [None] * 4)
    await eventually(lambda: stars(ada.known), lambda found: found == [False] * 4)


async def ratings(person: Person) -> list[int | None]:
    return [image["rating"] for image in await person.images()]


async def stars(person: Person) -> list[bool]:
    return [image["favorite"] for image in await person.images()]


async def test_all_that_was_found_is_tagged_but_what_was_taken_out(ada: Visitor) -> None:
    await has_four(ada.known)
    gallery = await open_gallery(ada)
    await gallery.tile("a red barn").focus()
    await gallery.page.keyboard.press("ControlOrMeta+a")
    await expect(gallery.bar).to_contain_text("4 selected")
    await gallery.tile("a blue boat").click()
    await expect(gallery.bar).to_contain_text("3 selected")
    await gallery.page.keyboard.press("t")
    dialog = gallery.page.get_by_role("dialog", name="Tag 3 images")
    await dialog.get_by_label("Tag", exact=True).fill("For Print")
    await gallery.page.keyboard.press("Enter")
    await gallery.page.keyboard.press("Enter")
    await expect(gallery.messages).to_contain_text("3 images tagged for print.")
    await eventually(lambda: ada.known.get("/tags"), lambda tags: tags == [{"tag": "for print", "count": 3}])
    await gallery.messages.get_by_role("button", name="Undo").click()
    await eventually(lambda: ada.known.get("/tags"), lambda tags: tags == [])


async def test_a_board_is_made_filled_by_dragging_and_looked_at(ada: Visitor) -> None:
    await has_four(ada.known)
    gallery = await open_gallery(ada)
    await gallery.page.get_by_role("button", name="New board").click()
    await gallery.page.get_by_role("textbox", name="Name of the board").fill("Posters")
    await gallery.page.keyboard.press("Enter")
    board = gallery.view("Posters").first
    await expect(board).to_be_visible()
    await gallery.tile("a red barn").click(modifiers=["ControlOrMeta"])
    await gallery.tile("a green hill").click(modifiers=["ControlOrMeta"])
    await gallery.tile("a red barn").drag_to(board)
    await expect(gallery.messages).to_contain_text("2 images put on Posters.")

    await board.click()
    await gallery.counts("2 images")
    await gallery.tile("a red barn").click(modifiers=["ControlOrMeta"])
    await gallery.bar.get_by_role("button", name="Take off Posters").click()
    await expect(gallery.tile("a red barn")).to_have_count(0)
    await gallery.counts("1 image")


async def test_a_board_is_renamed_shown_to_the_team_and_deleted_with_a_way_back(ada: Visitor) -> None:
    await ada.known.has()
    (await ada.known.api.post("/boards", json={"name": "Posters"})).raise_for_status()
    gallery = await open_gallery(ada)
    await _from_menu(gallery.page, "Posters", "Rename")
    await gallery.page.get_by_role("textbox", name="Name of the board").fill("Prints")
    await gallery.page.keyboard.press("Enter")
    await expect(gallery.view("Prints, only you see it").first).to_be_visible()
    await _from_menu(gallery.page, "Prints", "Show it to the team")
    await expect(gallery.view("Prints, everybody on the team sees it").first).to_be_visible()
    await _from_menu(gallery.page, "Prints", "Delete the board")
    await expect(gallery.view("Prints")).to_have_count(0)
    await gallery.messages.get_by_role("button", name="Undo").click()
    await expect(gallery.view("Prints").first).to_be_visible()
    prints = next(board for board in (await ada.known.get("/boards"))["items"] if board["name"] == "Prints")
    (await ada.known.api.delete(f"/boards/{prints['id']}")).raise_for_status()


async def _from_menu(page: Page, board: str, item: str) -> None:
    await page.get_by_role("button", name=f"More for {board}").click()
    await page.get_by_role("menuitem", name=item).click()


async def test_the_trash_gives_back_and_deletes_for_good_only_when_asked_twice(ada: Visitor) -> None:
    await has_four(ada.known)
    gallery = await open_gallery(ada)
    await gallery.tile("a red barn").focus()
    await gallery.page.keyboard.press("Delete")
    await expect(gallery.focused).to_have_accessible_name("a yellow door")
    await gallery.page.keyboard.press("Delete")
    await gallery.page.keyboard.press("Delete")
    await gallery.counts("1 image")
    await gallery.view("Trash").click()
    await gallery.counts("3 images")
    await expect(gallery.tile("a red barn").get_by_text("30 days left")).to_be_visible()

    await gallery.tile("a red barn").focus()
    await gallery.page.keyboard.press("r")
    await gallery.counts("2 images")
    await gallery.page.keyboard.press("Delete")
    dialog = gallery.page.get_by_role("dialog", name="Delete 1 image for good?")
    await dialog.get_by_role("button", name="Keep it").click()
    await gallery.counts("2 images")
    await gallery.page.get_by_role("button", name="Empty the trash").click()
    dialog = gallery.page.get_by_role("dialog", name="Delete 2 images for good?")
    await dialog.get_by_role("button", name="Delete for good").click()
    await expect(gallery.page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    await eventually(lambda: ada.known.images(trashed=True), lambda images: images == [])
    assert {image["prompt"] for image in await ada.known.images()} == {"a blue boat", "a red barn"}


async def test_a_long_press_ticks_on_a_phone_and_the_bar_is_at_hand(phone: Visitor) -> None:
    await has_four(phone.known)
    gallery = await open_gallery(phone)
    box = await gallery.tile("a red barn").bounding_box()
    assert box is not None
    touch = await phone.context.new_cdp_session(gallery.page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(gallery.bar).to_be_visible()
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await gallery.tile("a green hill").tap()
    await expect(gallery.bar.get_by_role("status")).to_contain_text("2")
    await gallery.bar.get_by_role("button", name="Rate").tap()
    await gallery.page.get_by_role("menuitem", name="3 of 5").tap()
    await eventually(lambda: ratings(phone.known), lambda found: found == [3, None, 3, None])
    await gallery.bar.get_by_role("button", name="Move to the trash").tap()
    await gallery.counts("2 images")


async def test_letters_take_an_image_to_the_studio(ada: Visitor) -> None:
    await ada.known.has(prompt="a blue boat", seed=77)
    gallery = await open_gallery(ada)
    await gallery.tile("a blue boat").focus()
    await gallery.page.keyboard.press("p")
    await expect(gallery.page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value("a blue boat")
