"""Everything that was asked for: looking at it, finding it, ending and repeating it."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.people import RECIPE, Person
from tests.e2e.product import Product, eventually
from tests.e2e.test_accessibility import both_themes, dress, expect_accessible
from tests.e2e.visitors import Visitor

AWAY = r"WebSocket connection to|net::ERR_|websocket error|status of 503"
FOX = "a fox in the snow"


def job(page: Page, prompt: str, state: str = "") -> Locator:
    return page.get_by_role("article", name=f"{state}: {prompt}")


def view(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Show").get_by_role("button", name=re.compile(f"^{name}"))


async def unfold(page: Page, prompt: str) -> Locator:
    await job(page, prompt).get_by_role("button", name=re.compile("^Details of")).click()
    return job(page, prompt)


async def ask(person: Person, prompt: str, **recipe: Any) -> dict[str, Any]:
    answer = await person.api.post("/generations", json={**RECIPE, "prompt": prompt, **recipe})
    return answer.raise_for_status().json()


async def press(person: Person, *prompts: str) -> list[dict[str, Any]]:
    answer = await person.api.post("/generations/batch", json={**RECIPE, "prompts": prompts})
    return answer.raise_for_status().json()["items"]


async def lost(person: Person, product: Product, prompt: str) -> None:
    """Two equal requests whose answers are lost: neither can be told from the other, so both stay unconfirmed."""
    await product.hold()
    for _ in range(2):
        await ask(person, f"{prompt} [[fault:lost-submit]]", seed=7)
    await eventually(person.generations, lambda found: [item["status"] for item in found] == ["unknown"] * 2)


async def statuses(person: Person) -> list[str]:
    return [item["status"] for item in await person.generations()]


async def test_an_empty_list_leads_to_the_first_image(ada: Visitor) -> None:
    page = await ada.open("/activity")
    await expect(page.get_by_role("heading", name="Nothing was asked for yet")).to_be_visible()
    await page.get_by_role("link", name="Make the first image").click()
    await expect(page.get_by_role("button", name=re.compile("^Generate"))).to_be_visible()


async def test_a_job_goes_from_waiting_to_done_before_ones_eyes(ada: Visitor, product: Product) -> None:
    await product.hold()
    page = await ada.open("/activity")
    await expect(page.get_by_role("heading", name="Nothing was asked for yet")).to_be_visible()
    await ask(ada.known, FOX)
    await expect(job(page, FOX, "At the provider")).to_be_visible()
    await expect(view(page, "On its way")).to_contain_text("1")
    await product.release()
    await expect(job(page, FOX, "Done")).to_be_visible()
    await (await unfold(page, FOX)).get_by_role("link", name=re.compile("^Image 1")).click()
    await expect(page.get_by_role("dialog", name=FOX)).to_be_visible()


async def test_the_running_pill_leads_here(ada: Visitor, product: Product) -> None:
    await product.hold()
    await ask(ada.known, FOX)
    page = await ada.open("/gallery")
    await page.get_by_role("link", name=re.compile("running")).click()
    await expect(job(page, FOX)).to_be_visible()


async def test_what_is_shown_is_in_the_address_and_the_back_button_works(ada: Visitor) -> None:
    await ada.known.has(prompt=FOX)
    await ada.known.has(prompt="a boat", model="flux-dev")
    page = await ada.open("/activity")
    await page.get_by_label("Search the prompts").fill("fox")
    await expect(job(page, "a boat")).to_have_count(0)
    await expect(page).to_have_url(re.compile(r"\?q=fox$"))
    await view(page, "Failed").click()
    await expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    await page.go_back()
    await expect(job(page, FOX)).to_be_visible()
    await page.goto(f"{ada.product.page_url}/activity?model=flux-dev")
    await expect(job(page, "a boat")).to_be_visible()
    await expect(job(page, FOX)).to_have_count(0)


async def test_all_that_waits_is_cancelled_with_one_press(ada: Visitor, product: Product) -> None:
    await product.hold()
    await press(ada.known, "{0|1|2|3|4|5|6|7|8|9|10|11} kites")
    page = await ada.open("/activity")
    await page.get_by_role("button", name="Cancel all waiting").click()
    await expect(page.get_by_text("4 jobs cancelled, nothing is charged.")).to_be_visible()
    await expect(view(page, "Cancelled")).to_contain_text("4")
    assert (await statuses(ada.known)).count("submitted") == 8


async def test_keys_alone_choose_and_cancel_and_retry(ada: Visitor, product: Product) -> None:
    await product.hold()
    await press(ada.known, "{one|two|three} kites")
    page = await ada.open("/activity")
    await expect(job(page, "three kites", "At the provider")).to_be_visible()
    for key in ("k", "s", "j", "Space"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("region", name="Chosen jobs").get_by_text("2 chosen")).to_be_visible()
    await page.keyboard.press("x")
    await expect(view(page, "Cancelled")).to_contain_text("2")
    await product.release()
    await page.keyboard.press("5")
    await expect(page).to_have_url(re.compile("view=cancelled"))
    await expect(job(page, "two kites", "Cancelled")).to_be_visible()
    await page.keyboard.press("Control+a")
    await expect(page.get_by_role("button", name=re.compile(r"Retry 2 \$0\.006"))).to_be_visible()
    await page.keyboard.press("r")
    await eventually(lambda: statuses(ada.known), lambda found: found.count("done") == 3)


async def test_every_action_is_in_the_palette(ada: Visitor) -> None:
    await ada.known.has(prompt=FOX)
    page = await ada.open("/activity")
    await expect(job(page, FOX)).to_be_visible()
    await page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Command palette")
    for text in ("Retry what failed", "Cancel what is on its way", "Cancel all that wait", "Look for an unconfirmed"):
        await expect(palette.get_by_role("option", name=re.compile(text))).to_be_visible()
    await palette.get_by_role("option", name=re.compile("Open or close the details")).click()
    await expect(job(page, FOX).get_by_text("Asked for", exact=True)).to_be_visible()


async def test_a_failure_says_why_and_what_it_cost_and_keeps_the_providers_words_folded(
    ada: Visitor, product: Product
) -> None:
    await product.arm("policy")
    await ada.known.has(prompt=FOX)
    page = await ada.open("/activity")
    opened = await unfold(page, FOX)
    await expect(opened.get_by_text("Nothing was charged.")).to_be_visible()
    await expect(opened.locator("pre")).to_be_hidden()
    await opened.get_by_text("What the provider said").click()
    await expect(opened.locator("pre").first).to_contain_text("content_policy")
    await opened.get_by_role("button", name="Retry for $0.003").click()
    await expect(job(page, FOX, "Done")).to_be_visible()


async def test_an_unconfirmed_one_explains_its_three_ways_out(ada: Visitor, product: Product) -> None:
    await lost(ada.known, product, FOX)
    page = await ada.open("/activity?view=unknown")
    first = job(page, FOX).first
    await first.focus()
    await page.keyboard.press("r")  # opens it: this is decided with open eyes
    await expect(first.get_by_role("button", name="Retry (may be charged twice)")).to_be_visible()
    await expect(first.get_by_text("Costs nothing")).to_be_visible()
    await first.get_by_role("button", name="Check again").click()
    await expect(page.get_by_text("Asked the provider.")).to_be_visible()
    await first.get_by_role("button", name="Give up (counts as spent)").click()
    await expect(view(page, "Cancelled")).to_contain_text("1")
    assert sorted(await statuses(ada.known)) == ["cancelled", "unknown"]


async def test_markup_in_a_prompt_is_shown_as_text(ada: Visitor) -> None:
    prompt = "<img src=x onerror=alert(1)> <b>bold</b>"
    await ada.known.has(prompt=prompt)
    page = await ada.open("/activity")
    await unfold(page, prompt)
    await expect(page.get_by_text(prompt).first).to_be_visible()
    await expect(page.locator("main b")).to_have_count(0)


async def test_only_an_administrator_may_look_at_everybodys(
    ada: Visitor, administrator: Person, sit_down: Any, product: Product
) -> None:
    await product.hold()
    await ask(ada.known, "adas kite")
    page = await (await sit_down(administrator)).open("/activity")
    await page.get_by_text("Everyone's", exact=True).click()
    await expect(job(page, "adas kite")).to_be_visible()
    await expect(job(page, "adas kite").get_by_text("Ada", exact=False).first).to_be_visible()
    hers = await ada.open("/activity")
    await expect(job(hers, "adas kite")).to_be_visible()
    await expect(hers.get_by_text("Everyone's", exact=True)).to_have_count(0)


async def test_a_lost_connection_is_told_and_overcome(ada: Visitor) -> None:
    ada.expect_error(AWAY)
    await ada.known.has(prompt=FOX)
    page = await ada.open("/activity")
    await expect(job(page, FOX)).to_be_visible()
    await page.route("**/api/v1/generations**", lambda route: route.abort())
    await ada.known.has(prompt="a boat")
    await expect(page.get_by_text("this is how it was last")).to_be_visible()
    await expect(job(page, FOX)).to_be_visible()
    await page.unroute("**/api/v1/generations**")
    await page.get_by_role("main").get_by_role("button", name="Try again").click()
    await expect(job(page, "a boat", "Done")).to_be_visible()
    await expect(page.get_by_text("this is how it was last")).to_have_count(0)


async def test_a_long_list_holds_only_the_rows_near_the_window(ada: Visitor, product: Product) -> None:
    await product.hold()
    await press(ada.known, "{0|1|2|3|4|5|6|7|8|9}{0|1|2|3|4|5|6|7} kites")
    page = await ada.open("/activity")
    await expect(job(page, "97 kites")).to_be_visible()
    assert await page.get_by_role("article").count() < 40
    await page.get_by_role("article").first.focus()
    await page.keyboard.press("End")  # of what was read so far
    await expect(job(page, "35 kites")).to_be_visible()
    await page.keyboard.press("End")
    await expect(job(page, "00 kites")).to_be_visible()
    assert await page.get_by_role("article").count() < 40


async def test_fingers_choose_and_cancel_on_a_phone(phone: Visitor, product: Product) -> None:
    await product.hold()
    await press(phone.known, "{one|two} kites")
    page = await phone.open("/activity")
    await job(page, "one kites").get_by_role("checkbox").tap()
    await page.get_by_role("button", name="Cancel 1").tap()
    await expect(job(page, "one kites", "Cancelled")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await product.release()


@both_themes
async def test_the_activity_page_is_accessible_empty_running_failed_and_unconfirmed(
    ada: Visitor, product: Product, theme: Any
) -> None:
    await dress(ada, theme)
    page = await ada.open("/activity")
    await expect(page.get_by_role("heading", name="Nothing was asked for yet")).to_be_visible()
    await expect_accessible(page, theme)
    await product.arm("policy")
    await ada.known.has(prompt="a failure")
    await ada.known.has(prompt="a boat")
    await lost_among(ada.known, product)
    for prompt in ("a failure", "a loss", "a boat"):
        await unfold_first(page, prompt)
        await expect_accessible(page, theme)
    await page.keyboard.press("Control+a")
    await expect(page.get_by_role("region", name="Chosen jobs")).to_be_visible()
    await expect_accessible(page, theme)


async def lost_among(person: Person, product: Product) -> None:
    await product.hold()
    for _ in range(2):
        await ask(person, "a loss [[fault:lost-submit]]", seed=7)
    await eventually(lambda: statuses(person), lambda found: found.count("unknown") == 2)


async def unfold_first(page: Page, prompt: str) -> None:
    await job(page, prompt).first.get_by_role("button", name=re.compile("^Details of")).click()
