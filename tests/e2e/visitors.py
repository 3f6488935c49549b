"""People at browsers: a context of its own each, watched for errors that nobody would see."""

import os
import re
import shutil
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from tests.e2e.people import Person
from tests.e2e.product import Product

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
"""An installed browser, in the order of the Makefile; without one, Playwright's own."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 30_000
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


@dataclass  # without slots: Playwright leaves marks on whoever listens
class Visitor:
    """A browser with somebody before it; nobody is signed in without a ``person``."""

    product: Product
    context: BrowserContext
    person: Person | None
    errors: list[str] = field(default_factory=list[str])
    _expected: list[re.Pattern[str]] = field(default_factory=list[re.Pattern[str]])

    @property
    def known(self) -> Person:
        assert self.person is not None
        return self.person

    async def open(self, path: str = "/") -> Page:
        """Open a tab."""
        page = await self.context.new_page()
        await page.goto(self.product.page_url + path)
        return page

    def expect_error(self, pattern: str) -> None:
        """Let the console say something that belongs to this journey, such as that the server is away."""
        self._expected.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", self._see)

    @property
    def surprises(self) -> list[str]:
        """What went wrong in the pages, apart from what was expected."""
        return [text for text in self.errors if not any(pattern.search(text) for pattern in self._expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _see(self, error: Error) -> None:
        self.errors.append(f"{error.message}\n{error.stack}")


async def seat(browser: Browser, product: Product, person: Person | None, **options: Any) -> Visitor:
    """Open a browser context; with a ``person`` it holds their session."""
    context = await browser.new_context(**{**DESKTOP, **options})
    context.set_default_timeout(PATIENCE_MS)
    if person is not None:
        name, _, value = person.api.headers["Cookie"].partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": product.page_url}])
    visitor = Visitor(product, context, person)
    context.on("page", visitor.watch)
    return visitor
