"""By finger on a phone, by keys alone, and in the other theme."""

import re

from playwright.async_api import Page, expect

from tests.e2e.studio import expect_picture, open_studio, switch_theme
from tests.e2e.visitors import Visitor

LIGHTHOUSE = "a red lighthouse at dusk"


async def expect_no_sideways_scroll(page: Page) -> None:
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0


async def test_the_whole_journey_works_by_touch_on_a_phone(phone: Visitor) -> None:
    studio = await open_studio(phone)
    page = studio.page
    await expect_no_sideways_scroll(page)
    await studio.prompt.tap()
    await studio.prompt.fill(LIGHTHOUSE)
    await page.get_by_role("button", name="One more").tap()
    await studio.generate.tap()

    await studio.done(LIGHTHOUSE)
    await expect_no_sideways_scroll(page)
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Gallery").tap()
    await page.get_by_role("link", name=LIGHTHOUSE).first.tap()
    box = page.get_by_role("dialog")
    await expect_picture(box.get_by_role("img", name=LIGHTHOUSE))
    await box.get_by_role("button", name="Information").tap()
    await expect(box.get_by_text("FLUX.1 schnell")).to_be_visible()
    await expect_no_sideways_scroll(page)
    await box.get_by_role("button", name="Close").tap()
    await expect_no_sideways_scroll(page)


async def test_what_is_taken_from_a_result_brings_the_form_forward_on_a_phone(phone: Visitor) -> None:
    await phone.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(phone)
    await studio.page.get_by_text("Results", exact=True).tap()
    await studio.run(LIGHTHOUSE, "Done").get_by_role("button", name="Use again").tap()
    await studio.page.get_by_role("menuitem", name="Use the words").tap()
    await expect(studio.prompt).to_be_visible()
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)


async def test_on_a_laptop_the_panes_of_the_studio_scroll_and_the_window_does_not(ada: Visitor) -> None:
    for number in range(4):
        await ada.known.has(prompt=f"a hill {number}")
    studio = await open_studio(ada)
    await studio.unfold()
    await studio.run("a hill 0", "Done").scroll_into_view_if_needed()
    await studio.page.get_by_role("button", name="Reset to the defaults").scroll_into_view_if_needed()

    taller = "document.documentElement.scrollHeight - document.documentElement.clientHeight"
    assert await studio.page.evaluate(taller) <= 0


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus, and shows it."""
    focused = page.locator(":focus")
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await focused.count() and re.search(name, await focused.aria_snapshot()):
            break
    else:
        raise AssertionError(f"Tab does not lead to {name}")
    outline = await focused.evaluate(
        "(element) => [element, element.closest('label')].filter(Boolean)"
        ".some((it) => getComputedStyle(it).outlineStyle !== 'none' && getComputedStyle(it).outlineWidth !== '0px')"
    )
    # Over a picture it is a frame inside of it
    frame = await focused.evaluate(
        "(element) => [...element.querySelectorAll(':scope > span')]"
        ".some((it) => /[1-9]px inset/.test(getComputedStyle(it).boxShadow))"
    )
    assert outline or frame, f"the focus on {name} is not visible"


async def test_the_whole_journey_works_by_keys_alone(ada: Visitor) -> None:
    studio = await open_studio(ada)
    page = studio.page
    await tab_to(page, 'textbox "Prompt"')
    await page.keyboard.type(LIGHTHOUSE)
    await page.keyboard.press("Control+Enter")
    await studio.done(LIGHTHOUSE)

    await tab_to(page, 'button "Generate')
    await page.keyboard.press("Enter")
    await expect(studio.run(LIGHTHOUSE, "Done")).to_have_count(2)

    await page.keyboard.press("Control+k")
    await page.keyboard.type("gallery")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    await tab_to(page, f'link "{LIGHTHOUSE}"')
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect_picture(page.get_by_role("dialog").get_by_role("img", name=LIGHTHOUSE))
    await page.keyboard.press("Delete")
    await expect(page.get_by_text("1 of 1")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(":focus")).to_have_accessible_name(LIGHTHOUSE)


async def test_the_keys_of_a_page_are_listed_under_the_question_mark(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await studio.page.keyboard.press("?")
    keys = studio.page.get_by_role("dialog", name="Keys")
    await expect(keys.get_by_text("Go to the prompt")).to_be_visible()
    await studio.page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
    await studio.page.keyboard.press("g")
    await expect(studio.prompt).to_be_focused()


async def test_a_chosen_theme_stays(ada: Visitor) -> None:
    studio = await open_studio(ada)
    await expect(studio.page.locator("html")).to_have_class(re.compile("dark"))
    await switch_theme(studio.page, "light")
    await studio.page.reload()
    await expect(studio.page.locator("html")).to_have_class(re.compile("light"))
    await studio.submit(LIGHTHOUSE)
    await studio.done(LIGHTHOUSE)
