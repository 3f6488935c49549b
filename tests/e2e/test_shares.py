"""Share links: made in a dialog, opened by somebody who has no account, ended at once."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.e2e.studio import expect_picture
from tests.e2e.test_accessibility import Theme, both_themes, dress, expect_accessible
from tests.e2e.visitors import PHONE, Visitor

BOAT = "a blue boat"


async def shared_by(visitor: Visitor, *, count: int = 2, **options: Any) -> dict[str, Any]:
    images = (await visitor.known.has(prompt=BOAT, count=count))["images"]
    body = {"image_ids": [image["id"] for image in images], **options}
    return (await visitor.known.api.post("/shares", json=body)).raise_for_status().json()


async def goto(visitor: Visitor, address: str) -> Page:
    return await visitor.open(address.removeprefix(visitor.product.page_url))


async def test_a_link_from_the_dialog_shows_a_stranger_the_images_until_it_is_revoked(
    ada: Visitor, stranger: Visitor
) -> None:
    image = (await ada.known.has(prompt=BOAT))["images"][0]
    page = await ada.open(f"/gallery?image={image['id']}")
    await expect_picture(page.get_by_role("dialog").get_by_role("img", name=BOAT))
    await page.keyboard.press("Shift+S")
    await page.get_by_label("Title").fill("For the client")
    await page.get_by_role("button", name="Make the link").click()
    address = await page.get_by_role("textbox", name="Link").input_value()

    theirs = await goto(stranger, address)
    await expect(theirs.get_by_role("heading", name="For the client")).to_be_visible()
    await expect(theirs.get_by_text("1 image, the link ends in 7 days")).to_be_visible()
    await expect_picture(theirs.get_by_role("img", name="Image 1"))
    assert BOAT not in await theirs.content()
    await expect(theirs.locator('meta[name="robots"]')).to_have_attribute("content", re.compile("noindex"))
    await expect(theirs.get_by_role("navigation")).to_have_count(0)

    await page.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("The link works no longer.")).to_be_visible()
    stranger.expect_error("404")
    await theirs.reload()
    await expect(theirs.get_by_role("heading", name="This link does not work")).to_be_visible()


async def test_a_stranger_looks_closely_steps_on_and_takes_a_file_along(ada: Visitor, stranger: Visitor) -> None:
    made = await shared_by(ada, count=3)
    page = await goto(stranger, made["url"])
    await page.get_by_role("link", name="Image 1", exact=True).click()
    box = page.get_by_role("dialog")
    await expect_picture(box.get_by_role("img", name="Image 1"))
    await page.keyboard.press("End")
    await expect_picture(box.get_by_role("img", name="Image 3"))
    await page.keyboard.press("z")
    await expect(box.get_by_role("button", name="Fit to the window")).to_be_visible()
    async with page.expect_download() as started:
        await box.get_by_role("link", name="Download").click()
    download = await started.value
    assert download.suggested_filename.startswith("synthlabel-3.")
    assert BOAT.encode() not in (await download.path()).read_bytes()
    await page.go_back()
    await expect(box).to_have_count(0)


async def test_a_link_that_shows_the_recipe_tells_it_in_the_panel(ada: Visitor, stranger: Visitor) -> None:
    made = await shared_by(ada, count=1, shows_recipe=True)
    page = await goto(stranger, made["url"])
    await page.get_by_role("link", name=BOAT).click()
    await page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="How it was made")
    await expect(panel.get_by_text(BOAT)).to_be_visible()
    await expect(panel.get_by_text("FLUX.1 schnell")).to_be_visible()


async def test_what_went_to_the_trash_is_gone_from_the_link_and_may_come_back(ada: Visitor, stranger: Visitor) -> None:
    made = await shared_by(ada, count=1)
    [image] = await ada.known.images()
    await ada.known.api.delete(f"/images/{image['id']}")
    page = await goto(stranger, made["url"])
    await expect(page.get_by_role("heading", name="There is nothing here any more")).to_be_visible()
    await ada.known.api.post(f"/images/{image['id']}/restore")
    await page.reload()
    await expect_picture(page.get_by_role("img", name="Image 1"))


async def test_the_page_of_a_link_works_on_a_phone(ada: Visitor, sit_down: Any) -> None:
    made = await shared_by(ada, count=3)
    visitor = await sit_down(None, **PHONE)
    page = await goto(visitor, made["url"])
    await expect_picture(page.get_by_role("img", name="Image 1"))
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    await page.get_by_role("link", name="Image 2", exact=True).tap()
    await expect_picture(page.get_by_role("dialog").get_by_role("img", name="Image 2"))
    await page.get_by_role("button", name="Close").tap()
    await expect(page.get_by_role("dialog")).to_have_count(0)


@both_themes
async def test_the_page_of_a_link_is_accessible(ada: Visitor, stranger: Visitor, theme: Theme) -> None:
    made = await shared_by(ada, count=2, title="For the client", shows_recipe=True)
    await dress(stranger, theme)
    page = await goto(stranger, made["url"])
    await expect_picture(page.get_by_role("img", name=BOAT).first)
    await expect_accessible(page, theme)
    await page.get_by_role("link", name=BOAT).first.click()
    await page.keyboard.press("i")
    await expect_picture(page.get_by_role("dialog").get_by_role("img", name=BOAT))
    await expect_accessible(page, theme)
    stranger.expect_error("404")
    await page.goto(f"{stranger.product.page_url}/s/nonsense")
    await expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    await expect_accessible(page, theme)
