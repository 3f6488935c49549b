"""From a prompt to a picture, and everything that may come between."""

import asyncio
import re

from playwright.async_api import expect

from tests.e2e.conftest import Seat
from tests.e2e.people import Person
from tests.e2e.product import Product, eventually
from tests.e2e.studio import expect_picture, open_studio
from tests.e2e.visitors import Visitor
from tests.processes import ROOT

LIGHTHOUSE = "a red lighthouse at dusk"


async def test_a_prompt_becomes_a_picture_that_the_gallery_keeps_with_its_recipe(ada: Visitor) -> None:
    studio = await open_studio(ada)
    page = studio.page
    await studio.submit(LIGHTHOUSE)
    await studio.done(LIGHTHOUSE)

    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Gallery").click()
    await page.get_by_role("img", name=LIGHTHOUSE).click()
    box = page.get_by_role("dialog")
    await expect_picture(box.get_by_role("img", name=LIGHTHOUSE))
    await box.get_by_role("button", name="Information").click()

    [image] = await ada.known.images()
    about = box.get_by_role("complementary", name="About this image")
    for fact in (LIGHTHOUSE, "FLUX.1 schnell", str(image["seed"]), "1024 × 1024", "$0.003", "just now"):
        await expect(about.get_by_text(fact, exact=True).first).to_be_visible()
    await expect(page).to_have_url(re.compile(f"image={image['id']}$"))
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(re.compile("/gallery$"))


async def test_all_images_of_a_generation_arrive(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.count.fill("3")
    await studio.priced("$0.009")
    await studio.submit(LIGHTHOUSE)
    for index in range(3):
        await expect_picture(studio.image(LIGHTHOUSE, index))


async def test_the_newest_is_in_view_however_far_one_had_scrolled(ada: Visitor) -> None:
    for number in range(4):
        await ada.known.has(prompt=f"a hill {number}")
    studio = await open_studio(ada)
    await studio.run("a hill 0", "Done").scroll_into_view_if_needed()

    card = await studio.submit(LIGHTHOUSE)

    await expect(card.get_by_role("button", name="Use again")).to_be_in_viewport()


async def test_a_reload_in_the_middle_shows_the_same_generation_which_completes(ada: Visitor, product: Product) -> None:
    await product.hold()
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()

    await studio.page.reload()

    await expect(studio.runs).to_have_count(1)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()
    await product.release()
    await studio.done(LIGHTHOUSE)
    await expect(studio.runs).to_have_count(1)
    assert len(await product.requests(LIGHTHOUSE)) >= 1


async def test_the_place_in_the_line_is_said(ada: Visitor, product: Product) -> None:
    await product.hold()
    studio = await open_studio(ada)
    first = await studio.submit("a first lighthouse")
    await expect(first.get_by_text("Next in line")).to_be_visible()
    await studio.rest(first)

    await studio.submit("a second lighthouse")

    await expect(studio.run("a second lighthouse").get_by_text("Position 2")).to_be_visible()
    await product.release()
    await studio.done("a second lighthouse")


async def test_what_one_tab_generates_appears_in_another_without_a_reload(ada: Visitor) -> None:
    here, there = await open_studio(ada), await open_studio(ada)
    gallery = await ada.open("/gallery")
    await expect(gallery.get_by_role("heading", name="No images yet")).to_be_visible()

    await here.submit(LIGHTHOUSE)

    await there.done(LIGHTHOUSE)
    await expect_picture(gallery.get_by_role("img", name=LIGHTHOUSE))


async def test_what_waits_can_be_cancelled_and_costs_nothing(ada: Visitor, product: Product) -> None:
    await product.hold()
    studio = await open_studio(ada)
    card = await studio.submit(LIGHTHOUSE)

    await card.get_by_role("button", name="Cancel", exact=True).click()

    cancelled = studio.run(LIGHTHOUSE, "Cancelled")
    await expect(cancelled.get_by_text("Nothing was charged.")).to_be_visible()
    await product.release()
    [generation] = await ada.known.generations()
    assert (generation["status"], generation["charged_usd"]) == ("cancelled", "0")


async def test_a_refusal_is_explained_costs_nothing_and_can_be_retried(ada: Visitor, product: Product) -> None:
    await product.arm("policy")
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)
    failed = studio.run(LIGHTHOUSE, "Failed")
    await expect(failed.get_by_text("Nothing was charged.")).to_be_visible()
    [generation] = await ada.known.generations()
    await expect(failed.get_by_text(generation["error"]["message"])).to_be_visible()

    await failed.get_by_role("button", name="Retry").click()

    await studio.done(LIGHTHOUSE)
    await expect(failed.get_by_text("Requested again")).to_be_visible()
    await expect(studio.runs).to_have_count(2)


async def test_a_lost_answer_is_unconfirmed_until_it_is_found_at_the_provider(ada: Visitor) -> None:
    prompt = f"{LIGHTHOUSE} [[fault:lost-submit]] [[fault:webhook-dropped]]"
    studio = await open_studio(ada)
    await studio.submit(prompt)
    card = studio.run(prompt, "Unconfirmed")
    await expect(card.get_by_text("It is not sent again by itself.")).to_be_visible()
    for way_out in ("Give up (counts as spent)", "Retry (may be charged twice)"):
        await expect(card.get_by_role("button", name=way_out)).to_be_visible()

    await card.get_by_role("button", name="Check again").click()

    await studio.done(prompt)
    assert len(await ada.known.generations()) == 1


async def test_giving_up_an_unconfirmed_one_counts_as_spent(ada: Visitor, product: Product) -> None:
    prompt = "a lighthouse nobody saw again [[fault:lost-submit]] [[fault:webhook-dropped]] [[fault:stuck]]"
    studio = await open_studio(ada)
    await studio.submit(prompt)

    await studio.run(prompt, "Unconfirmed").get_by_role("button", name="Give up").click()

    await expect(studio.run(prompt, "Cancelled").get_by_text("$0.003 counts as spent.")).to_be_visible()
    assert len(await product.requests(prompt)) == 1


async def test_an_unconfirmed_one_is_sent_a_second_time_only_by_a_person(ada: Visitor, product: Product) -> None:
    await product.arm("lost-submit")
    await product.hold()  # nothing ends, so no message from the provider confirms it
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)

    await studio.run(LIGHTHOUSE, "Unconfirmed").get_by_role("button", name="Retry (may be charged twice)").click()

    await expect(studio.runs).to_have_count(2)
    await eventually(ada.known.generations, lambda found: found[0]["submitted_at"] is not None)
    await product.release()
    await studio.done(LIGHTHOUSE)


async def test_an_image_that_the_filter_blanked_says_so(ada: Visitor) -> None:
    prompt = f"{LIGHTHOUSE} [[fault:filtered]]"
    studio = await open_studio(ada)
    await studio.submit(prompt)

    await expect(studio.run(prompt, "Done").get_by_text("The model's filter blanked this image.")).to_be_visible()


async def test_the_same_seed_gives_the_same_picture(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.unfold()
    await studio.choose_seed("Fixed")
    await studio.page.get_by_label("Seed number").fill("20261125")
    for number in (1, 2):
        await studio.submit(LIGHTHOUSE)
        await expect(studio.run(LIGHTHOUSE, "Done")).to_have_count(number)

    one, other = await ada.known.images()
    assert one["sha256"] == other["sha256"]
    assert one["seed"] == other["seed"] == 20261125


async def test_a_double_click_on_generate_makes_one_generation(ada: Visitor, product: Product) -> None:
    prompt = "a lighthouse asked for once"
    studio = await open_studio(ada)
    await studio.prompt.fill(prompt)

    await studio.generate.dblclick()

    await studio.done(prompt)
    await expect(studio.runs).to_have_count(1)
    assert len(await ada.known.generations()) == len(await product.requests(prompt)) == 1


async def test_keys_held_down_or_hammered_make_one_generation(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill(LIGHTHOUSE)
    await studio.prompt.focus()
    keyboard = studio.page.keyboard
    await keyboard.down("Control")
    for _ in range(4):
        await keyboard.down("Enter")  # repeats, as a key does that is held down
    await keyboard.up("Enter")
    await keyboard.press("Enter")
    await keyboard.up("Control")

    await studio.done(LIGHTHOUSE)
    assert len(await ada.known.generations()) == 1


async def test_each_further_click_after_an_answer_is_a_generation_of_its_own(ada: Visitor) -> None:
    studio = await open_studio(ada)
    for number in (1, 2):
        await studio.submit(LIGHTHOUSE)
        await expect(studio.run(LIGHTHOUSE, "Done")).to_have_count(number)
    assert len(await ada.known.generations()) == 2


async def test_what_the_shell_generates_appears_in_an_open_tab_of_the_administrator(
    sit_down: Seat, administrator: Person, product: Product
) -> None:
    studio = await open_studio(await sit_down(administrator))
    prompt = "a kettle from the shell"

    process = await asyncio.create_subprocess_exec(
        *product.command("generate", prompt, "--out", str(product.data_dir / "out")),
        env=product.environment,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()

    assert process.returncode == 0
    assert output.decode().strip().endswith(".jpg")
    await studio.done(prompt)
