"""The Studio as a person sees it: by roles and names alone."""

import re
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Locator, Page, expect

from tests.e2e.visitors import Visitor

PRICED = re.compile(r"^Generate · \$\d")


@dataclass(frozen=True, slots=True)
class Studio:
    page: Page

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_role("textbox", name="Prompt", exact=True)

    @property
    def generate(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Generate"))

    @property
    def results(self) -> Locator:
        return self.page.get_by_role("region", name="Results")

    @property
    def runs(self) -> Locator:
        return self.results.get_by_role("article")

    @property
    def model(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Model "))

    @property
    def count(self) -> Locator:
        return self.page.get_by_role("spinbutton", name="Images")

    def run(self, prompt: str, state: str = "") -> Locator:
        """Return the card of a generation, whatever its state or only in one: ``Done``, ``Failed``, ``On its way``."""
        return self.results.get_by_role("article", name=re.compile(f"^{state or '.*'}: {re.escape(prompt)}"))

    def image(self, prompt: str, index: int = 0) -> Locator:
        return self.results.get_by_role("img", name=f"Image {index + 1}: {prompt}")

    async def ready(self) -> None:
        """Wait until the form has the person's draft: the price is on the button then."""
        await expect(self.generate).to_have_accessible_name(PRICED)

    async def priced(self, label: str) -> None:
        """Wait until a price is on the button: a press pays no more than what stands there."""
        await expect(self.generate).to_have_accessible_name(f"Generate · {label}")

    async def submit(self, prompt: str) -> Locator:
        """Write a prompt, press the button, and return the card that appears."""
        await self.prompt.fill(prompt)
        await self.generate.click()
        card = self.run(prompt).first
        await expect(card).to_be_visible()
        return card

    async def rest(self, card: Locator) -> None:
        """Wait until a click is so long ago that the next one is none of a double click."""
        await expect(card.get_by_title("Elapsed")).not_to_have_text("0:00")

    async def done(self, prompt: str) -> Locator:
        """Wait until the generation of a prompt is done, and its first image is drawn."""
        await expect(self.run(prompt, "Done").first).to_be_visible()
        await expect_picture(self.image(prompt).first)
        return self.run(prompt, "Done").first

    async def choose_model(self, name: str) -> None:
        await self.model.click()
        await self.page.get_by_role("option", name=re.compile(rf"^{re.escape(name)} \$")).click()
        await expect(self.model).to_have_accessible_name(re.compile(rf"^Model {re.escape(name)} \$"))

    async def choose_shape(self, name: str) -> None:
        """Choose by what stands below the drawing: ``16:9`` or ``Custom``."""
        await self._choose("Shape", name)

    async def unfold(self) -> None:
        """Open the advanced settings."""
        button = self.page.get_by_role("button", name=re.compile("^Advanced"))
        if await button.get_attribute("aria-expanded") != "true":
            await button.click()
        await expect(button).to_have_attribute("aria-expanded", "true")

    async def choose_seed(self, mode: Literal["Random", "Fixed"]) -> None:
        await self._choose("Seed", mode)

    async def _choose(self, group: str, option: str) -> None:
        choices = self.page.get_by_role("group", name=group)
        await choices.get_by_text(option, exact=True).click()
        await expect(choices.get_by_role("radio", checked=True)).to_have_accessible_name(re.compile(f"^{option}"))


async def open_studio(visitor: Visitor) -> Studio:
    studio = Studio(await visitor.open("/"))
    await studio.ready()
    return studio


async def expect_picture(image: Locator) -> None:
    """Wait until an image is on the screen and its file is decoded."""
    await image.scroll_into_view_if_needed()
    await expect(image).to_be_visible()
    width = await image.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }")
    assert width > 0


async def switch_theme(page: Page, theme: Literal["dark", "light"]) -> None:
    """Choose a theme in the account's menu, unless it is the present one."""
    html = page.locator("html")
    if theme not in (await html.get_attribute("class") or "").split():
        await page.get_by_role("button", name=re.compile("^Account")).click()
        await page.get_by_role("menuitem", name="Switch between dark and light").click()
    await expect(html).to_have_class(re.compile(rf"\b{theme}\b"))
