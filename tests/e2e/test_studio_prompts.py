"""Prompts that stand for many, prompts that were written before, and forms under a name."""

import re

from playwright.async_api import expect

from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

LINES = "a red fox\na grey heron\na barn owl"


async def test_alternatives_are_counted_priced_and_made_by_one_press(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill("a {red|blue} boat at {dawn|dusk}")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.012")
    await expect(studio.page.get_by_text("4 images · $0.012")).to_be_visible()
    await studio.page.get_by_text("show the prompts").click()
    await expect(studio.page.get_by_text("a red boat at dawn")).to_be_visible()

    await studio.generate.click()

    await expect(studio.results.get_by_role("heading", name="4 prompts at once")).to_be_visible()
    await studio.done("a blue boat at dusk")
    await expect(studio.results.get_by_text("4 of 4 done")).to_be_visible()
    made = await ada.known.generations()
    assert len({generation["batch_id"] for generation in made}) == 1
    assert {generation["template"] for generation in made} == {"a {red|blue} boat at {dawn|dusk}"}


async def test_a_double_press_of_a_batch_is_one_batch(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill("a {red|blue} boat")
    await studio.priced("$0.006")
    await studio.generate.dblclick()
    await studio.done("a red boat")
    await studio.done("a blue boat")
    assert len(await ada.known.generations()) == 2


async def test_a_press_pays_no_more_than_the_price_that_was_seen(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.priced("$0.003")
    await studio.prompt.evaluate("(text) => { text.value = 'a {red|blue} boat' }")  # as if it had just been typed
    await studio.generate.click()
    told = studio.page.get_by_text("This costs $0.006 now, not $0.003.")
    await expect(told).to_be_visible()
    await studio.priced("$0.006")
    assert await ada.known.generations() == []
    await expect(told).to_have_count(0)  # long after the first press: the next one is none of a double click
    await studio.generate.click()
    await studio.done("a blue boat")
    assert len(await ada.known.generations()) == 2


async def test_a_brace_that_is_never_closed_is_said_at_the_prompt(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill("a {red|blue boat")
    await studio.generate.click()
    await expect(studio.prompt).to_have_accessible_description(re.compile("never closed"))
    assert await ada.known.generations() == []


async def test_pasted_lines_become_prompts_of_their_own_if_that_is_wanted(ada: Visitor) -> None:
    await ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio = await open_studio(ada)
    await studio.page.evaluate("(text) => navigator.clipboard.writeText(text)", LINES)
    await studio.prompt.focus()
    await studio.page.keyboard.press("Control+v")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.003")

    await studio.page.get_by_role("button", name="Make 3 prompts of these lines").click()

    await expect(studio.generate).to_have_accessible_name("Generate · $0.009")
    await studio.page.get_by_role("button", name="Make it one prompt").click()
    await expect(studio.generate).to_have_accessible_name("Generate · $0.003")
    await expect(studio.prompt).to_have_value(LINES)


async def test_a_list_of_words_is_made_used_and_deleted_with_a_way_back(ada: Visitor) -> None:
    studio = await open_studio(ada)
    page = studio.page
    await page.keyboard.press("w")
    lists = page.get_by_role("dialog", name="Lists of words")
    await lists.get_by_label("Name").fill("birds")
    await lists.get_by_label(re.compile("One value on each line")).fill("a heron\nan owl\n\nan owl")
    await lists.get_by_role("button", name="Make the list").click()
    await lists.get_by_role("button", name=re.compile("^Put __birds__ in the prompt")).click()
    await expect(studio.prompt).to_have_value("__birds__")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.006")

    await page.get_by_role("button", name="Lists", exact=True).click()
    await lists.get_by_role("button", name=re.compile("^birds")).click()
    await lists.get_by_role("button", name="Delete the list birds").click()
    await expect(lists.get_by_role("button", name=re.compile("^birds"))).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(lists.get_by_role("button", name=re.compile("^birds"))).to_be_visible()


async def test_earlier_prompts_come_back_by_keys_and_by_search(ada: Visitor) -> None:
    for prompt in ("a heron in the reeds", "a boat on a lake"):
        await ada.known.has(prompt=prompt)
    studio = await open_studio(ada)
    await studio.prompt.fill("half a thou")
    await studio.prompt.press("Alt+ArrowUp")
    await expect(studio.prompt).to_have_value("a boat on a lake")
    await studio.prompt.press("Alt+ArrowUp")
    await expect(studio.prompt).to_have_value("a heron in the reeds")
    await studio.prompt.press("Alt+ArrowDown")
    await studio.prompt.press("Alt+ArrowDown")
    await expect(studio.prompt).to_have_value("half a thou")

    await studio.page.get_by_role("button", name="History").click()
    history = studio.page.get_by_role("dialog", name="Prompts that you wrote")
    await history.get_by_label("Search in your prompts").fill("heron")
    await expect(history.get_by_role("listitem")).to_have_count(1)
    await history.get_by_role("button", name=re.compile("heron")).click()
    await expect(studio.prompt).to_have_value("a heron in the reeds")
    await studio.page.get_by_role("button", name="Undo").click()
    await expect(studio.prompt).to_have_value("half a thou")


async def test_a_preset_says_when_the_form_has_changed_and_resets_it(ada: Visitor) -> None:
    studio = await open_studio(ada)
    page = studio.page
    await studio.prompt.fill("in ink, a heron")
    await studio.count.fill("3")
    await page.get_by_role("button", name="Presets").click()
    await page.get_by_role("menuitem", name="Save the form as a preset").click()
    await page.get_by_label("Name of the preset").fill("Ink")
    await page.keyboard.press("Enter")
    chosen = page.get_by_role("button", name="Preset Ink")
    await expect(chosen).to_be_visible()

    await studio.count.fill("1")
    await expect(page.get_by_text("changed", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Reset", exact=True).click()

    await expect(studio.count).to_have_value("3")
    await expect(page.get_by_text("changed", exact=True)).to_have_count(0)
    await page.reload()
    await expect(chosen).to_be_visible()
    await chosen.click()
    await page.get_by_role("menuitem", name="Delete it").click()
    await page.get_by_role("button", name="Undo: deleted “Ink”").click()
    await expect(chosen).to_be_visible()
