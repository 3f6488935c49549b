"""Chromium, and the few things that the measurements do in it."""

import shutil
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from tests.bench.application import Application
from tests.e2e.studio import Studio

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

# Notes when each picture of a result was decoded and could be painted; the thumbhash before it is a background.
WATCH = """
window.pictureTimes = [];
const known = new Set();
document.addEventListener("load", async (event) => {
  const figure = event.target instanceof HTMLImageElement && event.target.closest("figure[data-image]");
  if (!figure || known.has(figure.dataset.image)) return;
  known.add(figure.dataset.image);
  await event.target.decode().catch(() => {});
  requestAnimationFrame(() => window.pictureTimes.push(Date.now()));
}, true);
"""


async def open_chromium(playwright: Playwright) -> Browser:
    """Start the installed browser, else Playwright's own."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    return await playwright.chromium.launch(executable_path=path, args=list(OPTIONS))


async def add_cookie(context: BrowserContext, app: Application) -> None:
    name, _, value = app.cookie.partition("=")
    host = urlsplit(app.frontend).hostname or ""
    await context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])


async def watch_pictures(page: Page) -> None:
    await page.add_init_script(WATCH)


async def wait_for_picture(page: Page, number: int) -> float:
    """Return when the picture of that number, counted from 1, could be painted, in UNIX seconds."""
    await page.wait_for_function("number => window.pictureTimes.length >= number", arg=number, timeout=60_000)
    return (await page.evaluate("number => window.pictureTimes[number - 1]", number)) / 1000


async def register_and_generate(app: Application, email: str, password: str) -> None:
    """What a new user does: open the address, create the account, write a prompt, press the button, see the image."""
    async with async_playwright() as playwright:
        browser = await open_chromium(playwright)
        page = await browser.new_page()
        await watch_pictures(page)
        await page.goto(app.frontend)
        await page.get_by_label("Name").fill("Ada Lovelace")
        await page.get_by_label("Email").fill(email)
        await page.get_by_label("Password", exact=True).fill(password)
        await page.get_by_role("button", name="Create account").click()
        studio = Studio(page)
        await studio.ready()
        await studio.submit("a lighthouse on a rocky shore at dusk")
        await wait_for_picture(page, 1)
        await browser.close()
