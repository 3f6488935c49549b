"""The gallery at length: only what is near is there, and what is looked at stays where it is."""

from playwright.async_api import Route, expect

from tests.e2e.gallery import Gallery, fill, open_gallery
from tests.e2e.product import Product
from tests.e2e.visitors import Visitor

LONG = 1_300


async def long_gallery(visitor: Visitor, product: Product) -> Gallery:
    made = await visitor.known.has(prompt="the newest")
    await fill(product, made["images"][0], LONG)
    gallery = await open_gallery(visitor)
    await gallery.counts(f"{LONG + 1:,} images")
    return gallery


async def test_a_long_list_is_known_to_its_end_and_only_drawn_where_it_is_looked_at(
    ada: Visitor, product: Product
) -> None:
    gallery = await long_gallery(ada, product)
    await gallery.scale.press("End")
    await expect(gallery.tile(f"copy {LONG}")).to_be_in_viewport()
    assert await gallery.tiles.count() < 150
    await gallery.scale.press("Home")
    await expect(gallery.tile("the newest")).to_be_in_viewport()


async def test_nothing_moves_when_what_is_above_becomes_known(ada: Visitor, product: Product) -> None:
    gallery = await long_gallery(ada, product)
    await gallery.scale.press("End")
    await gallery.at_rest()
    await gallery.page.mouse.move(640, 500)
    for _ in range(25):
        before = await gallery.at_rest()
        await gallery.page.mouse.wheel(0, -700)
        after = await gallery.at_rest()
        moved = {round(after[image] - before[image]) for image in before.keys() & after.keys()}
        assert moved <= {700}


async def test_the_scale_tells_the_time_and_leads_there(ada: Visitor, product: Product) -> None:
    gallery = await long_gallery(ada, product)
    newest = await gallery.scale.get_attribute("aria-valuetext")
    box = await gallery.scale.bounding_box()
    assert box is not None
    await gallery.page.mouse.click(box["x"] + box["width"] - 6, box["y"] + box["height"] * 0.5)
    await expect(gallery.scale).to_have_attribute("aria-valuenow", "50")
    assert await gallery.scale.get_attribute("aria-valuetext") != newest
    await expect(gallery.tile(f"copy {LONG // 2}")).to_be_attached()


async def test_arrow_keys_lead_through_the_whole_list(ada: Visitor, product: Product) -> None:
    gallery = await long_gallery(ada, product)
    await gallery.page.keyboard.press("g")
    await expect(gallery.focused).to_have_accessible_name("the newest")
    await gallery.page.keyboard.press("ArrowRight")
    await expect(gallery.focused).to_have_accessible_name("copy 1")
    await gallery.page.keyboard.press("ArrowDown")
    await gallery.page.keyboard.press("ArrowUp")
    await expect(gallery.focused).to_have_accessible_name("copy 1")
    await gallery.page.keyboard.press("End")
    await expect(gallery.focused).to_have_accessible_name(f"copy {LONG}")
    await expect(gallery.focused).to_be_in_viewport()
    await gallery.page.keyboard.press("PageUp")
    await expect(gallery.focused).not_to_have_accessible_name(f"copy {LONG}")
    await gallery.page.keyboard.press("Home")
    await expect(gallery.focused).to_have_accessible_name("the newest")


async def test_new_images_wait_while_somebody_looks_further_down(ada: Visitor, product: Product) -> None:
    gallery = await long_gallery(ada, product)
    await gallery.scale.press("PageDown")
    await gallery.scale.press("PageDown")
    before = await gallery.at_rest()
    await ada.known.has(prompt="just made", count=2)
    pill = gallery.page.get_by_role("button", name="2 new images")
    await expect(pill).to_be_visible()
    assert await gallery.at_rest() == before
    await pill.click()
    await expect(gallery.tile("just made").first).to_be_in_viewport()
    await gallery.counts(f"{LONG + 3:,} images")


async def test_new_images_come_in_by_themselves_at_the_top(ada: Visitor) -> None:
    await ada.known.has(prompt="the first")
    gallery = await open_gallery(ada)
    await ada.known.has(prompt="just made")
    await expect(gallery.tile("just made")).to_be_visible()
    await gallery.counts("2 images")


async def test_a_part_that_could_not_be_read_is_tried_again_by_itself(ada: Visitor, product: Product) -> None:
    ada.expect_error("net::ERR_FAILED")
    gallery = await long_gallery(ada, product)

    async def fail(route: Route) -> None:
        await route.abort()

    await gallery.page.route("**/api/v1/images?cursor=*", fail)
    await gallery.scale.press("End")
    lost = gallery.page.get_by_role("alert").filter(has_text="These images could not be loaded.")
    await expect(lost.first).to_be_visible()
    await gallery.page.unroute("**/api/v1/images?cursor=*")
    last = gallery.tile(f"copy {LONG}")
    while not await last.count():
        if await lost.count():  # each part by itself
            await lost.first.get_by_role("button", name="Try again").click()
        await gallery.at_rest()
    await expect(last).to_be_in_viewport()


async def test_coming_back_from_the_studio_finds_the_same_place(ada: Visitor, product: Product) -> None:
    gallery = await long_gallery(ada, product)
    await gallery.scale.press("PageDown")
    await gallery.scale.press("PageDown")
    before = await gallery.at_rest()
    await gallery.page.get_by_role("link", name="Studio").click()
    await expect(gallery.page.get_by_role("textbox", name="Prompt", exact=True)).to_be_visible()
    await gallery.page.go_back()
    await expect(gallery.tiles.first).to_be_visible()
    after = await gallery.at_rest()
    shared = before.keys() & after.keys()
    assert shared
    assert {round(after[image] - before[image]) for image in shared} == {0}


async def test_the_size_of_the_images_is_kept(ada: Visitor) -> None:
    await ada.known.has(prompt="a blue boat")
    gallery = await open_gallery(ada)
    await gallery.page.get_by_role("group", name="Size of the images").get_by_text("L", exact=True).click()
    await gallery.page.reload()
    await expect(gallery.page.get_by_role("radio", name="L")).to_be_checked()
