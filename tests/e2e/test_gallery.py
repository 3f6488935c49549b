"""The gallery: looking, throwing away, bringing back."""

import re

from playwright.async_api import Locator, Page, Route, expect

from tests.e2e.product import eventually
from tests.e2e.studio import expect_picture, open_studio
from tests.e2e.visitors import Visitor


def tile(page: Page, prompt: str) -> Locator:
    return page.get_by_role("link", name=prompt)


async def test_a_deleted_image_goes_to_the_trash_and_undo_brings_it_back(ada: Visitor) -> None:
    await ada.known.has(prompt="a blue boat")
    await ada.known.has(prompt="a green hill")
    page = await ada.open("/gallery")
    await tile(page, "a green hill").click()

    await page.get_by_role("button", name="Move to the trash").click()

    await expect(page.get_by_role("dialog", name="a blue boat")).to_be_visible()
    await eventually(lambda: ada.known.images(trashed=True), lambda found: len(found) == 1)
    [kept] = await ada.known.images()
    assert kept["prompt"] == "a blue boat"

    await page.get_by_role("button", name="Undo").click()
    await eventually(lambda: ada.known.images(trashed=True), lambda found: found == [])
    await page.keyboard.press("Escape")
    await expect_picture(tile(page, "a green hill").get_by_role("img"))


async def test_the_trash_keeps_an_image_until_it_is_restored(ada: Visitor) -> None:
    image = (await ada.known.has())["images"][0]
    path = f"/images/{image['id']}"

    for _ in range(2):
        assert (await ada.known.api.delete(path)).status_code == 204
    assert await ada.known.images() == []
    assert (await ada.known.get(path))["trashed_at"] is not None

    for _ in range(2):
        assert (await ada.known.api.post(f"{path}/restore")).json()["trashed_at"] is None
    assert [found["id"] for found in await ada.known.images()] == [image["id"]]


async def test_a_trashed_image_leaves_its_place_in_the_studio(ada: Visitor) -> None:
    image = (await ada.known.has(prompt="a blue boat"))["images"][0]
    studio = await open_studio(ada)
    await expect_picture(studio.image("a blue boat"))

    await ada.known.api.delete(f"/images/{image['id']}")
    await expect(studio.run("a blue boat").get_by_text("In the trash")).to_be_visible()

    await ada.known.api.post(f"/images/{image['id']}/restore")
    await expect_picture(studio.image("a blue boat"))


async def test_the_lightbox_steps_through_the_images_and_the_back_button_closes_it(ada: Visitor) -> None:
    for prompt in ("a blue boat", "a green hill", "a yellow door"):
        await ada.known.has(prompt=prompt)
    page = await ada.open("/gallery")
    await tile(page, "a yellow door").click()
    for prompt in ("a green hill", "a blue boat"):
        await page.keyboard.press("ArrowRight")
        await expect_picture(page.get_by_role("dialog", name=prompt).get_by_role("img"))
    oldest = (await ada.known.images())[-1]
    await expect(page).to_have_url(re.compile(f"image={oldest['id']}$"))

    await page.reload()
    await expect(page.get_by_role("dialog", name="a blue boat")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await tile(page, "a yellow door").click()
    await expect(page.get_by_role("dialog", name="a yellow door")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page).to_have_url(re.compile("/gallery$"))


async def test_a_download_carries_its_recipe(ada: Visitor) -> None:
    image = (await ada.known.has(prompt="a blue boat"))["images"][0]
    page = await ada.open(f"/gallery?image={image['id']}")
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Download").click()
    file = await (await started.value).path()
    assert b"a blue boat" in file.read_bytes()
    assert file.stat().st_size > image["size_bytes"]


async def test_an_image_whose_address_has_expired_is_asked_for_anew(ada: Visitor) -> None:
    await ada.known.has(prompt="a blue boat")
    expired: set[str] = set()

    async def refuse_once(route: Route) -> None:
        if route.request.url in expired:
            return await route.continue_()
        expired.add(route.request.url)
        return await route.fulfill(status=404)

    ada.expect_error("404")
    await ada.context.route("**/api/v1/files/**", refuse_once)
    page = await ada.open("/gallery")
    await expect(tile(page, "a blue boat").get_by_role("img")).not_to_have_js_property("naturalWidth", 0)
    thumbnails = len(expired)
    assert thumbnails

    await tile(page, "a blue boat").click()
    picture = page.get_by_role("dialog", name="a blue boat").get_by_role("img")
    await expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert len(expired) > thumbnails, "the full picture has an address of its own"
