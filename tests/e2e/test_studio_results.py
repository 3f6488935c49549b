"""What can be done with a result: judged, varied, enlarged, described, compared; and with a line that is long."""

import re

from playwright.async_api import expect

from tests.e2e.product import Product, eventually
from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

LIGHTHOUSE = "a red lighthouse at dusk"


async def test_one_key_each_takes_the_words_the_seed_and_the_size(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE, seed=77, width=512, height=768)
    studio = await open_studio(ada)
    await studio.unfold()
    tile = studio.results.get_by_role("link", name=LIGHTHOUSE)
    await tile.focus()
    await studio.page.keyboard.press("s")
    await expect(studio.page.get_by_label("Seed number")).to_have_value("77")
    await expect(studio.prompt).to_have_value("")
    await tile.focus()
    await studio.page.keyboard.press("p")
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)
    await tile.focus()
    await studio.page.keyboard.press("d")
    await expect(studio.page.get_by_label("Width")).to_have_value("512")


async def test_variations_start_from_the_image_with_its_words_and_half_its_freedom(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE, model="z-image-turbo")
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).focus()
    await studio.page.keyboard.press("v")
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)
    await expect(studio.page.get_by_role("textbox", name="Change, as a number")).to_have_value("0.6")
    await expect(studio.model).to_have_accessible_name(re.compile("Z-Image turbo"))


async def test_a_rating_and_a_star_by_key_show_at_once_and_are_kept(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).focus()
    await studio.page.keyboard.press("4")
    await studio.page.keyboard.press(".")
    await expect(studio.results.get_by_text("4/5")).to_be_visible()
    await expect(studio.results.get_by_text("Favourite", exact=True)).to_be_attached()

    def is_judged(images: list[dict[str, object]]) -> bool:
        return (images[0]["rating"], images[0]["favorite"]) == (4, True)

    await eventually(ada.known.images, is_judged)


async def test_a_deleted_image_hands_the_focus_on_and_can_come_back(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE, count=2)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=f"Image 1: {LIGHTHOUSE}").focus()
    await studio.page.keyboard.press("Delete")
    await expect(studio.results.get_by_text("In the trash")).to_be_visible()
    await expect(studio.page.locator(":focus")).to_have_accessible_name(f"Image 2: {LIGHTHOUSE}")
    await studio.page.get_by_role("button", name="Undo").click()
    await expect(studio.results.get_by_text("In the trash")).to_have_count(0)


async def test_an_upscale_shows_what_became_of_what(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).focus()
    await studio.page.keyboard.press("u")
    await expect(studio.page.get_by_role("button", name="Do it · $0.03")).to_be_focused()
    await studio.page.keyboard.press("u")
    assert len(await ada.known.generations()) == 1
    await studio.page.keyboard.press("Enter")
    card = studio.results.get_by_role("article").filter(has_text="Upscale")
    await expect(card.get_by_role("img", name="What it was made from")).to_be_visible()
    await expect(card.get_by_role("link", name=f"Image 1: {LIGHTHOUSE}")).to_be_visible()
    await expect(card.get_by_text("512 × 512")).to_be_visible()


async def test_every_action_on_the_focused_image_is_in_the_palette(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).focus()
    await studio.page.keyboard.press("Control+k")
    await studio.page.keyboard.type("use the words")
    await studio.page.keyboard.press("Enter")
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)


async def test_a_description_becomes_the_prompt(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("button", name="This image").click()
    await studio.page.get_by_role("menuitem", name=re.compile("^Describe it in words")).click()
    card = studio.results.get_by_role("article").filter(has_text="Describe")
    words = await card.get_by_role("blockquote").inner_text()
    await card.get_by_role("button", name="Use as prompt").click()
    await expect(studio.prompt).to_have_value(words)


async def test_images_that_are_marked_are_compared(ada: Visitor) -> None:
    made = await ada.known.has(prompt=LIGHTHOUSE, count=2)
    studio = await open_studio(ada)
    for number in (1, 2):
        await studio.results.get_by_role("link", name=f"Image {number}: {LIGHTHOUSE}").focus()
        await studio.page.keyboard.press("c")
    await studio.page.get_by_role("button", name="Compare", exact=True).click()
    ids = ",".join(image["id"] for image in made["images"])
    await expect(studio.page).to_have_url(re.compile(rf"/gallery\?compare={ids}"))


async def test_another_page_hands_an_image_over_once_and_the_address_is_clean(ada: Visitor) -> None:
    made = await ada.known.has(prompt=LIGHTHOUSE, seed=77)
    page = await ada.open(f"/?take=all&image={made['images'][0]['id']}")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    await expect(prompt).to_have_value(LIGHTHOUSE)
    await expect(page).to_have_url(re.compile(r":\d+/$"))
    await page.get_by_role("button", name="Undo").click()
    await expect(prompt).to_have_value("")
    await page.reload()
    await expect(page.get_by_role("button", name=re.compile(r"^Generate · \$"))).to_be_enabled()
    await expect(prompt).to_have_value("")


async def test_a_link_never_spends_money_by_itself(ada: Visitor) -> None:
    made = await ada.known.has(prompt=LIGHTHOUSE)
    page = await ada.open(f"/?take=describe&image={made['images'][0]['id']}")
    await expect(page.get_by_role("button", name="Do it · $0.002")).to_be_enabled()
    assert len(await ada.known.generations()) == 1
    await page.get_by_role("button", name="Do it · $0.002").click()
    await expect(page.get_by_role("blockquote")).to_be_visible()


async def test_all_that_wait_are_cancelled_and_cost_nothing(ada: Visitor, product: Product) -> None:
    await product.hold()
    studio = await open_studio(ada)
    await studio.prompt.fill("a {" + "|".join(f"fox {number}" for number in range(16)) + "}")
    await studio.priced("$0.048")
    await studio.generate.click()
    await expect(studio.results.get_by_role("heading", name="16 prompts at once")).to_be_visible()

    await studio.page.get_by_role("button", name="Cancel the rest").click()

    await expect(studio.page.get_by_role("button", name="Cancel the rest")).to_have_count(0)
    await product.release()
    made = await ada.known.generations()
    assert {generation["status"] for generation in made} == {"cancelled"}
    assert {generation["charged_usd"] for generation in made} == {"0"}


async def test_starting_over_takes_another_seed_and_one_request(ada: Visitor, product: Product) -> None:
    await product.hold()
    studio = await open_studio(ada)
    card = await studio.submit(LIGHTHOUSE)
    await studio.rest(card)
    await studio.page.locator("body").click(position={"x": 700, "y": 70})
    await studio.page.keyboard.press("Shift+r")
    await expect(studio.run(LIGHTHOUSE, "Cancelled")).to_be_visible()
    await product.release()
    await studio.done(LIGHTHOUSE)
    new, old = await ada.known.generations()
    assert (new["status"], old["status"]) == ("done", "cancelled")
    assert new["seed"] != old["seed"]


async def test_everything_on_a_result_can_be_reached_by_touch(phone: Visitor) -> None:
    await phone.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(phone)
    await studio.page.get_by_text("Results", exact=True).tap()
    await studio.results.get_by_role("button", name="This image").tap()
    await studio.page.get_by_role("menuitem", name="Rate 3 of 5").tap()
    await expect(studio.results.get_by_text("3/5")).to_be_visible()
    await studio.results.get_by_role("button", name="This image").tap()
    await studio.page.get_by_role("menuitem", name="Use the words").tap()
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)
