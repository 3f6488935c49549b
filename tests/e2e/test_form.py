"""The form keeps what is typed, follows the model, and knows its price."""

import re
from decimal import Decimal

from playwright.async_api import expect

from synthlabel.domain.money import micros_from_usd, usd_label
from tests.e2e.conftest import Seat
from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

DRAFT = "a half-written thou"


def label_of(price_usd: str) -> str:
    return usd_label(micros_from_usd(Decimal(price_usd)))


async def test_a_half_written_prompt_survives_a_reload(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill(DRAFT)
    await studio.page.reload()
    await expect(studio.prompt).to_have_value(DRAFT)


async def test_letters_typed_a_moment_before_a_reload_survive_it(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.press_sequentially(DRAFT)
    await studio.page.evaluate("location.reload()")  # at once: nothing was sent to the server yet
    await studio.page.wait_for_event("load")
    await studio.ready()
    await expect(studio.prompt).to_have_value(DRAFT)


async def test_a_draft_follows_its_person_to_another_browser(ada: Visitor, sit_down: Seat) -> None:
    studio = await open_studio(ada)
    await studio.choose_model("FLUX.1 dev")
    await studio.prompt.fill(DRAFT)
    await studio.count.focus()
    await expect(studio.prompt).to_have_value(DRAFT)
    await studio.count.fill("2")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.05")

    elsewhere = await open_studio(await sit_down(ada.known))

    await expect(elsewhere.prompt).to_have_value(DRAFT)
    await expect(elsewhere.count).to_have_value("2")
    await expect(elsewhere.model).to_have_accessible_name(re.compile("FLUX.1 dev"))


async def test_nothing_typed_is_lost_while_the_price_is_computed(ada: Visitor) -> None:
    text = "a narrow street in an old town after rain, lanterns reflected in the stones, " * 3
    studio = await open_studio(ada)
    await studio.prompt.press_sequentially(text, delay=5)
    await expect(studio.prompt).to_have_value(text)
    await studio.count.fill("2")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.006")
    await expect(studio.prompt).to_have_value(text)


async def test_the_price_on_the_button_is_the_estimate_of_the_api(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.choose_model("FLUX.1 dev")
    await studio.choose_shape("Custom")
    width, height = studio.page.get_by_label("Width"), studio.page.get_by_label("Height")
    for count, size in ((1, 1024), (4, 1024), (3, 2048), (2, 640)):
        await studio.count.fill(str(count))
        await width.fill(str(size))
        await height.fill("1536")
        price = await ada.known.estimate(model="flux-dev", count=count, width=size, height=1536)
        await expect(studio.generate).to_have_accessible_name(f"Generate · {label_of(price)}")


async def test_a_size_that_the_model_does_not_take_is_said_at_its_field(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill(DRAFT)
    await studio.choose_shape("Custom")
    width = studio.page.get_by_label("Width")
    await width.fill("99")

    await studio.generate.click()

    await expect(width).to_have_accessible_description(re.compile("256"))
    await expect(width).to_be_focused()
    await expect(width).to_have_value("99")
    await expect(studio.prompt).to_have_value(DRAFT)
    assert await ada.known.generations() == []


async def test_an_empty_prompt_is_said_at_its_field(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.generate.click()
    await expect(studio.prompt).to_be_focused()
    await expect(studio.prompt).to_have_accessible_description(re.compile(r"\w"))
    assert await ada.known.generations() == []


async def test_a_model_brings_its_own_fields_and_values_that_still_apply_are_kept(ada: Visitor) -> None:
    studio = await open_studio(ada)
    page = studio.page
    negative = page.get_by_role("textbox", name="Negative prompt")
    guidance = page.get_by_role("textbox", name="Guidance scale, as a number")
    await studio.unfold()
    await guidance.fill("7.5")
    await guidance.press("Enter")
    await expect(negative).to_have_count(0)

    await studio.choose_model("Qwen-Image")
    await negative.fill("rain")
    await studio.choose_model("Z-Image turbo")
    await expect(negative).to_have_count(0)
    await expect(guidance).to_have_count(0)
    await expect(page.get_by_role("switch", name="Expand the prompt")).to_be_visible()

    await studio.choose_model("FLUX.1 dev")
    await expect(guidance).to_have_value("7.5")
    await studio.choose_model("Qwen-Image")
    await expect(negative).to_have_value("rain")

    await page.reload()
    await expect(negative).to_have_value("rain")
    await studio.submit("a dry street")
    await studio.done("a dry street")
    [made] = await ada.known.generations()
    assert (made["model"], made["negative_prompt"]) == ("qwen-image", "rain")


async def test_a_recipe_can_be_taken_over_and_given_back(ada: Visitor) -> None:
    made = await ada.known.has(prompt="a blue boat", seed=77, width=512, height=768, count=2)
    studio = await open_studio(ada)
    await studio.prompt.fill(DRAFT)

    await studio.run("a blue boat", "Done").get_by_role("button", name="Use again").click()
    await studio.page.get_by_role("menuitem", name="Use all settings").click()

    await expect(studio.prompt).to_have_value("a blue boat")
    await expect(studio.page.get_by_label("Width")).to_have_value("512")
    await studio.page.get_by_role("button", name="Undo").click()
    await expect(studio.prompt).to_have_value(DRAFT)
    assert made["seed"] == 77


async def test_an_example_fills_the_empty_form(ada: Visitor) -> None:
    studio = await open_studio(ada)
    example = studio.results.get_by_role("button").first
    words = await example.inner_text()
    await example.click()
    await expect(studio.prompt).to_have_value(words.strip())
    await expect(studio.prompt).to_be_focused()
