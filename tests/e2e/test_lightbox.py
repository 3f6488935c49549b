"""An open image: judging, looking closely, working on it, and going on from it; by keys and by touch."""

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.product import eventually
from tests.e2e.studio import expect_picture
from tests.e2e.test_accessibility import Theme, both_themes, dress, expect_accessible
from tests.e2e.visitors import Visitor

BOAT, HILL, DOOR = "a blue boat", "a green hill", "a yellow door"


async def open_image(visitor: Visitor, prompt: str, *, path: str = "/gallery?") -> tuple[Page, Locator]:
    """Make an image and open it. Returns the page and the layer."""
    image = (await visitor.known.has(prompt=prompt))["images"][0]
    page = await visitor.open(f"{path}image={image['id']}")
    return page, await shown(page, prompt)


async def shown(page: Page, prompt: str) -> Locator:
    box = page.get_by_role("dialog", name=prompt)
    await expect_picture(box.get_by_role("img", name=prompt))
    return box


async def test_stars_and_the_favourite_are_given_by_key_and_stay(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    await page.keyboard.press("4")
    await page.keyboard.press(".")
    await expect(box.get_by_role("group", name="Rated 4 of 5")).to_be_visible()
    await expect(box.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    await eventually(ada.known.images, lambda found: (found[0]["rating"], found[0]["favorite"]) == (4, True))

    await page.reload()
    box = await shown(page, BOAT)
    await box.get_by_role("button", name="Rate 4 of 5").click()
    await expect(box.get_by_role("group", name="Not rated")).to_be_visible()
    await eventually(ada.known.images, lambda found: found[0]["rating"] is None)


async def test_an_image_that_leaves_the_list_by_its_rating_stays_open_and_the_next_one_follows(ada: Visitor) -> None:
    await ada.known.has(prompt=BOAT)
    page, _ = await open_image(ada, HILL, path="/gallery?view=unrated&")
    await page.keyboard.press("2")
    await expect(page.get_by_role("dialog", name=HILL).get_by_role("group", name="Rated 2 of 5")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await shown(page, BOAT)
    await expect(page.get_by_text("1 of 1")).to_be_visible()


async def test_the_picture_is_zoomed_by_key_wheel_and_double_click_and_fits_again(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    zoom, picture = box.get_by_role("group", name="Zoom"), box.get_by_role("img", name=BOAT)
    fitting = await zoom.text_content() or ""
    for zoom_in in (
        lambda: page.keyboard.press("z"),
        lambda: page.keyboard.press("+"),
        lambda: picture.dblclick(),
    ):
        await zoom_in()
        await expect(zoom.get_by_role("button", name="Fit to the window")).to_be_visible()
        await page.keyboard.press("z")
        await expect(zoom).to_have_text(fitting)
    await picture.hover()
    await page.mouse.wheel(0, -300)
    await expect(zoom.get_by_role("button", name="Fit to the window")).to_be_visible()
    await page.keyboard.press("ArrowLeft")  # to nowhere: there is no other image
    await expect(box).to_be_visible()


async def test_tags_and_boards_are_given_in_the_panel_and_escape_leaves_the_field_first(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    await page.keyboard.press("t")
    await expect(box.get_by_label("Add a tag")).to_be_focused()
    await page.keyboard.type("Harbour, dusk")
    await page.keyboard.press("Enter")
    await eventually(ada.known.images, lambda found: found[0]["tags"] == ["dusk", "harbour"])
    await page.keyboard.press("Escape")
    await expect(box).to_be_focused()

    await page.keyboard.press("b")
    await page.keyboard.type("For the client")
    await page.keyboard.press("Enter")
    await expect(box.get_by_role("link", name="For the client")).to_be_visible()
    # Others' boards for the team may be there as well
    await eventually(
        lambda: ada.known.get("/boards"),
        lambda boards: ("For the client", 1) in [(board["name"], board["count"]) for board in boards["items"]],
    )

    await box.get_by_role("button", name="Remove the tag dusk").click()
    await eventually(ada.known.images, lambda found: found[0]["tags"] == ["harbour"])


async def test_tools_say_their_price_first_and_their_result_opens_and_leads_back(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    await page.keyboard.press("u")
    upscale = page.get_by_role("menuitem", name=re.compile(r"Upscale 2×\s*\$"))
    await expect(upscale).to_be_focused()
    assert await ada.known.generations() != []
    await page.keyboard.press("Enter")
    await box.get_by_role("button", name="Open").click()
    await page.keyboard.press("i")
    await expect(box.get_by_text("512 × 512")).to_be_visible()
    await expect(box.get_by_text("Upscale", exact=True)).to_be_visible()
    await box.get_by_role("button", name="Source 1", exact=True).click()
    await expect(box.get_by_role("region", name="Used in")).to_be_visible()
    await box.get_by_role("button", name="Compare: enlarged").click(force=True)
    await expect(page.get_by_role("dialog", name="Compare 2 images")).to_be_visible()


async def test_a_description_becomes_the_prompt_in_the_studio(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    await box.get_by_role("button", name="Tools").click()
    await page.get_by_role("menuitem", name=re.compile("^Describe")).click()
    words = await box.get_by_role("group", name="Description").inner_text()
    assert BOAT in words
    await box.get_by_role("button", name="Use as prompt").click()
    await expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(words)


async def test_the_recall_keys_lead_to_the_studio(ada: Visitor) -> None:
    page, _ = await open_image(ada, BOAT)
    await page.keyboard.press("p")
    await expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(BOAT)


async def test_somebody_elses_image_is_not_there_in_words(ada: Visitor, bob: Visitor) -> None:
    image = (await bob.known.has(prompt=BOAT))["images"][0]
    ada.expect_error("404")
    page = await ada.open(f"/gallery?image={image['id']}")
    await expect(page.get_by_role("dialog").get_by_text("There is no such image")).to_be_visible()
    await page.keyboard.press("5")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_keys_work_again_after_a_layer_above_was_closed(ada: Visitor) -> None:
    page, box = await open_image(ada, BOAT)
    await page.keyboard.press("Shift+S")
    await expect(page.get_by_role("dialog", name="Share 1 image").get_by_label("Title")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Share 1 image")).to_have_count(0)
    await page.keyboard.press("3")
    await expect(box.get_by_role("group", name="Rated 3 of 5")).to_be_visible()


async def test_from_the_trash_an_image_is_restored_or_after_a_question_deleted_for_good(ada: Visitor) -> None:
    kept, gone = [(await ada.known.has(prompt=prompt))["images"][0] for prompt in (BOAT, HILL)]
    for image in (kept, gone):
        await ada.known.api.delete(f"/images/{image['id']}")
    page = await ada.open(f"/gallery?view=trash&image={kept['id']}")
    await shown(page, BOAT)
    await page.keyboard.press("r")
    await shown(page, HILL)
    assert [image["id"] for image in await eventually(ada.known.images, lambda found: len(found) == 1)] == [kept["id"]]
    await page.keyboard.press("Delete")
    await page.get_by_role("button", name="Delete for good").last.click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await eventually(lambda: ada.known.images(trashed=True), lambda found: found == [])


# --- comparing ------------------------------------------------------------------------------------------------------


async def compare(visitor: Visitor, *prompts: str) -> tuple[Page, Locator]:
    images = [(await visitor.known.has(prompt=prompt))["images"][0] for prompt in prompts]
    page = await visitor.open(f"/gallery?compare={','.join(image['id'] for image in images)}")
    layer = page.get_by_role("dialog", name=f"Compare {len(prompts)} images")
    await expect_picture(layer.get_by_role("img", name=prompts[0]))
    return page, layer


async def places(layer: Locator) -> list[str]:
    """Return where each picture stands, and how large."""
    return await layer.locator(".react-transform-component").evaluate_all("all => all.map((it) => it.style.transform)")


async def test_pictures_that_are_compared_share_one_zoom_and_keep_it_in_every_mode(ada: Visitor) -> None:
    page, layer = await compare(ada, BOAT, HILL)
    await layer.get_by_text("Side by side").click()
    await layer.get_by_role("img", name=BOAT).hover()
    await page.mouse.wheel(0, -300)
    await expect(layer.locator(".react-transform-component").first).not_to_have_css("transform", "none")

    async def look() -> list[str]:
        return await places(layer)

    here, there = await eventually(look, lambda found: found[0] == found[1] and "scale(1)" not in found[0])
    assert here == there
    await page.keyboard.press("m")
    await expect(layer.get_by_role("radio", name="One by one")).to_be_checked()
    assert all("scale(1)" not in place for place in await places(layer))
    await page.keyboard.press("z")
    await eventually(look, lambda found: all("scale(1)" in place for place in found))


async def test_compared_images_are_rated_mixed_swapped_and_taken_out(ada: Visitor) -> None:
    page, layer = await compare(ada, BOAT, HILL, DOOR)
    before = page.url
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("5")

    def hill_has_five(found: list[dict[str, object]]) -> bool:
        return {image["prompt"]: image["rating"] for image in found} == {BOAT: None, HILL: 5, DOOR: None}

    await eventually(ada.known.images, hill_has_five)
    await page.keyboard.press("x")
    await expect(page).not_to_have_url(before)
    await page.keyboard.press("h")
    await expect(layer.get_by_role("img", name="Image A")).to_be_visible()
    await expect(layer.get_by_role("img", name=HILL)).to_have_count(0)
    await page.keyboard.press("h")
    await layer.get_by_role("button", name=re.compile("^Take out")).first.click()
    await expect(page.get_by_role("dialog", name="Compare 2 images")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(await ada.known.images()) == 3


async def test_an_open_image_is_laid_beside_its_neighbour_and_escape_leads_back_to_it(ada: Visitor) -> None:
    await ada.known.has(prompt=BOAT)
    page, _ = await open_image(ada, HILL)
    await expect(page.get_by_role("button", name="Next image")).to_be_visible()
    await page.keyboard.press("c")
    layer = page.get_by_role("dialog", name="Compare 2 images")
    slider = layer.get_by_role("slider")
    await expect(slider).to_have_attribute("aria-valuenow", "50")
    await slider.press("ArrowRight")
    await expect(slider).not_to_have_attribute("aria-valuenow", "50")
    await page.keyboard.press("Escape")
    await shown(page, HILL)
    await page.keyboard.press("c")
    await layer.get_by_role("button", name="Open it").last.click()
    await shown(page, BOAT)
    await page.go_back()
    await shown(page, HILL)


# --- by touch, and for everybody --------------------------------------------------------------------------------------


async def test_everything_is_within_reach_of_a_thumb(phone: Visitor) -> None:
    page, box = await open_image(phone, BOAT)
    await box.get_by_role("button", name="Rate 3 of 5").last.tap()
    await eventually(phone.known.images, lambda found: found[0]["rating"] == 3)
    for button, choice in (
        ("Tools", "Describe"),
        ("Use in the Studio", "Variations of it"),
        ("More", "Share by a link"),
    ):
        await box.get_by_role("button", name=button).last.tap()
        await expect(page.get_by_role("menuitem", name=choice)).to_be_visible()
        if button != "More":
            await page.keyboard.press("Escape")
    await page.get_by_role("menuitem", name="Share by a link").tap()
    await expect(page.get_by_role("dialog", name="Share 1 image")).to_be_visible()
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


async def swipe(picture: Locator, *, by: int) -> None:
    """Move a finger across a picture, by so many pixels."""
    await picture.evaluate(
        """(target, by) => {
            const touch = (x) => new Touch({ identifier: 1, target, clientX: x, clientY: 300 });
            const send = (type, x, touches) => target.dispatchEvent(
                new TouchEvent(type, { touches, changedTouches: [touch(x)], bubbles: true, cancelable: true }));
            send("touchstart", 200, [touch(200)]);
            send("touchmove", 200 + by, [touch(200 + by)]);
            send("touchend", 200 + by, []);
        }""",
        by,
    )


async def test_a_swipe_leads_to_the_next_image_and_back(phone: Visitor) -> None:
    await phone.known.has(prompt=BOAT)
    page, box = await open_image(phone, HILL)
    await expect(page.get_by_text("1 of 2")).to_be_visible()
    await swipe(box.get_by_role("img", name=HILL), by=-120)
    box = await shown(page, BOAT)
    await swipe(box.get_by_role("img", name=BOAT), by=120)
    await shown(page, HILL)


async def test_a_phone_compares_one_by_one(phone: Visitor) -> None:
    page, layer = await compare(phone, BOAT, HILL)
    await expect(layer.get_by_role("radio", name="One", exact=True)).to_be_checked()
    await expect(layer.get_by_role("img", name=BOAT)).to_be_visible()
    await layer.get_by_role("group", name="Images").get_by_role("button").nth(1).tap()
    await expect(layer.get_by_role("img", name=HILL)).to_be_visible()
    await expect(layer.get_by_role("img", name=BOAT)).to_be_hidden()
    await page.get_by_role("button", name="Close").tap()


@both_themes
async def test_an_open_image_and_a_comparison_are_accessible(ada: Visitor, theme: Theme) -> None:
    await dress(ada, theme)
    await ada.known.has(prompt=HILL)
    page, box = await open_image(ada, BOAT)
    await page.keyboard.press("t")
    await page.keyboard.type("harbour")
    await page.keyboard.press("Enter")
    await expect(box.get_by_role("button", name="Remove the tag harbour")).to_be_visible()
    await box.get_by_role("button", name="Tools").click()
    await page.get_by_role("menuitem", name=re.compile("^Describe")).click()
    await expect(box.get_by_role("group", name="Description")).to_be_visible()
    await expect_accessible(page, theme)
    await page.keyboard.press("Shift+S")
    await expect(page.get_by_role("dialog", name="Share 1 image")).to_be_visible()
    await expect_accessible(page, theme)
    await page.keyboard.press("Escape")
    await page.keyboard.press("c")
    layer = page.get_by_role("dialog", name="Compare 2 images")
    for prompt in (BOAT, HILL):
        await expect_picture(layer.get_by_role("img", name=prompt))
    for _ in range(3):
        await expect_accessible(page, theme)
        await page.keyboard.press("m")


async def test_the_palette_acts_on_the_open_image_and_not_on_the_grid_behind_it(ada: Visitor) -> None:
    await ada.known.has(prompt=HILL)
    page, _ = await open_image(ada, BOAT)
    await page.keyboard.press("ArrowRight")
    await shown(page, HILL)
    await page.keyboard.press("ControlOrMeta+k")
    await page.get_by_role("dialog", name="Command palette").get_by_role("combobox").fill("Rate 5")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name=HILL).get_by_role("group", name="Rated 5 of 5")).to_be_visible()

    await page.keyboard.press("?")
    await expect(page.get_by_text("Use in the Studio: the seed")).to_be_visible()
    await eventually(
        ada.known.images, lambda found: {image["prompt"]: image["rating"] for image in found} == {BOAT: None, HILL: 5}
    )
