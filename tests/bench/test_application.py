"""The whole product, as the person in front of it meets it."""

import asyncio
import statistics
import time
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, async_playwright

from tests.bench.application import Application, copied_project
from tests.bench.browser import add_cookie, open_chromium, register_and_generate, wait_for_picture, watch_pictures
from tests.bench.conftest import EMAIL, PASSWORD
from tests.bench.figures import show, spread_ms
from tests.e2e.studio import Studio
from tests.factories import free_port
from tests.postgres import open_directory
from tests.ws.raw import RawSocket

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

STARTS = 3
PICTURES = 20
TABS = 100


def test_a_fresh_clone_to_the_first_picture() -> None:
    """``make run`` with nothing but Python and make: packages are really fetched, whatever the machine has cached."""
    with open_directory() as directory:
        project = copied_project(directory / "checkout")
        fresh = Application(project, directory / "data", ports=(free_port(), free_port(), free_port()))
        try:
            cache = directory / "cache"
            began = time.monotonic()
            said = fresh.start(["make", "run"], UV_CACHE_DIR=str(cache), PIP_CACHE_DIR=str(cache / "pip"))
            ready = time.monotonic() - began
            asyncio.run(register_and_generate(fresh, EMAIL, PASSWORD))
            total = time.monotonic() - began
        finally:
            fresh.stop()
    installed = next(seconds for line, seconds in said.items() if "database" in line)
    rows = [("packages installed", installed), ("ready", ready), ("first picture in the browser", total)]
    show("make run in a fresh clone, seconds since the start", ("", "s"), rows)


def test_a_warm_start(application: Application) -> None:
    application.stop()
    application.start()  # builds the pages
    times: list[float] = []
    parts: dict[str, list[float]] = {}
    for _ in range(STARTS):
        application.stop()
        said = application.start()
        times.append(max(said.values()))
        for line in said:
            if line.startswith("✓"):
                _, name, seconds, _ = line.split()
                parts.setdefault(name, []).append(float(seconds))
    rows = [(name, statistics.median(seconds)) for name, seconds in parts.items()]
    show(f"synthlabel up, warm, median of {STARTS}", ("", "s"), [*rows, ("ready", statistics.median(times))])


async def test_from_the_providers_end_to_an_open_browser(opened: Application) -> None:
    opened.pace(speed=1.0, queue_seconds=0.0, run_seconds=0.5)
    async with async_playwright() as playwright:
        browser = await open_chromium(playwright)
        seen = await _seen_times(browser, opened)
        await browser.close()
    finished = opened.finish_times()[-PICTURES:]
    delays = [shown - made for made, shown in zip(finished, seen, strict=True)]
    rows = [("1 image of 1024 × 1024", *spread_ms(delays), f"{max(delays) * 1000:.1f}")]
    show(f"Provider finished → picture painted in Chromium, {PICTURES} times", ("", "p50 ms", "p95 ms", "max ms"), rows)


async def _seen_times(browser: Browser, app: Application) -> list[float]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await add_cookie(context, app)
    page = await context.new_page()
    await watch_pictures(page)
    await page.goto(app.frontend)
    studio = Studio(page)
    await studio.ready()
    await studio.prompt.fill("a red fox in the snow")
    times: list[float] = []
    for number in range(1, PICTURES + 1):
        await studio.generate.click()
        times.append(await wait_for_picture(page, number))
    return times


async def test_memory_of_open_tabs(opened: Application) -> None:
    """Tabs of one person on the Studio, as the socket sees them."""
    rows: list[tuple[object, ...]] = []
    before = await asyncio.to_thread(opened.resident_mb, "backend")
    async with AsyncExitStack() as stack:
        for _ in range(TABS):
            tab = await stack.enter_async_context(RawSocket(opened.backend_port, cookie=opened.cookie))
            await tab.open_page("/")
        after = await asyncio.to_thread(opened.resident_mb, "backend")
        rows.append((f"{TABS} tabs open", after, f"{(after - before) / TABS * 1000:.0f}"))
    rows.insert(0, ("none open", before, ""))
    show("Resident memory of the backend", ("", "MB", "KB per tab"), rows)
