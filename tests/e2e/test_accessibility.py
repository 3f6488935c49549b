"""axe finds nothing serious on any page, in either theme."""

import re
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.e2e.product import Product
from tests.e2e.studio import Studio, expect_picture, open_studio
from tests.e2e.visitors import Visitor

LIGHTHOUSE = "a red lighthouse at dusk"
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"

Theme = Literal["dark", "light"]
both_themes = pytest.mark.parametrize("theme", ["dark", "light"])


async def expect_accessible(page: Page, theme: Theme) -> None:
    await page.add_style_tag(content=STILL)  # colours are measured, and on their way they are neither
    await expect(page.locator("html")).to_have_class(re.compile(rf"\b{theme}\b"))
    results = await Axe().run(page, options=OPTIONS)
    found = [
        f"{violation['id']}: {node['html']}\n  {node['failureSummary']}"
        for violation in results.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)


async def dress(visitor: Visitor, theme: Theme) -> None:
    """Let the pages of this browser begin in a theme, as if it had been chosen there."""
    keep = f"localStorage.setItem('theme', '{theme}')"
    await visitor.context.add_init_script(f"if (location.protocol !== 'about:') {keep}")


@both_themes
async def test_the_way_in_is_accessible(stranger: Visitor, theme: Theme) -> None:
    await dress(stranger, theme)
    page = await stranger.open("/sign-in")
    await expect(page.get_by_role("button", name="Sign in")).to_be_enabled()
    await expect_accessible(page, theme)
    await page.get_by_role("link", name="Create an account").click()
    await expect(page.get_by_role("button", name="Create account")).to_be_enabled()
    await expect_accessible(page, theme)


@both_themes
async def test_the_studio_is_accessible_empty_running_and_done(ada: Visitor, product: Product, theme: Theme) -> None:
    await dress(ada, theme)
    studio = await open_studio(ada)
    await studio.unfold()
    await expect_accessible(studio.page, theme)
    await product.hold()
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()
    await expect_accessible(studio.page, theme)
    await product.release()
    await studio.done(LIGHTHOUSE)
    await expect_accessible(studio.page, theme)
    await _expect_accessible_mishaps(studio, product, theme)


async def _expect_accessible_mishaps(studio: Studio, product: Product, theme: Theme) -> None:
    await product.arm("policy")
    await studio.submit("a failure")
    await expect(studio.run("a failure", "Failed")).to_be_visible()
    await expect_accessible(studio.page, theme)
    await product.arm("lost-submit")
    await product.hold()
    await studio.submit("a loss")
    await expect(studio.run("a loss", "Unconfirmed")).to_be_visible()
    await expect_accessible(studio.page, theme)
    await product.release()
    await studio.done("a loss")


@both_themes
async def test_the_gallery_is_accessible_empty_filled_and_with_an_image_open(ada: Visitor, theme: Theme) -> None:
    await dress(ada, theme)
    page = await ada.open("/gallery")
    await expect(page.get_by_role("heading", name="No images yet")).to_be_visible()
    await expect_accessible(page, theme)
    await ada.known.has(prompt=LIGHTHOUSE, count=2)
    await expect_picture(page.get_by_role("img", name=LIGHTHOUSE).first)
    await expect_accessible(page, theme)
    await page.get_by_role("link", name=LIGHTHOUSE).first.click()
    await page.get_by_role("button", name="Information").click()
    await expect_picture(page.get_by_role("dialog").get_by_role("img", name=LIGHTHOUSE))
    await expect_accessible(page, theme)


@both_themes
async def test_what_floats_above_the_pages_is_accessible(ada: Visitor, theme: Theme) -> None:
    await dress(ada, theme)
    page = (await open_studio(ada)).page
    await page.get_by_role("button", name=re.compile("^Account")).click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    await expect_accessible(page, theme)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=re.compile("^Model ")).click()
    await expect(page.get_by_role("listbox")).to_be_visible()
    await expect_accessible(page, theme)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Command palette")).to_be_visible()
    await expect_accessible(page, theme)
