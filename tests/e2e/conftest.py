"""The product, browsers before it, and people at the browsers."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.e2e.people import PASSWORD, Person, register, sign_in
from tests.e2e.product import Product
from tests.e2e.visitors import CHROMIUM, FLAGS, PATIENCE_MS, PHONE, Visitor, seat
from tests.postgres import open_directory
from tests.processes import ROOT, wait_for_end

OUTPUT = ROOT / "tests" / "output"
ADMIN_EMAIL = "admin@example.com"

Seat = Callable[..., Awaitable[Visitor]]
FAILED: pytest.StashKey[bool] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
async def product() -> AsyncIterator[Product]:
    """``synthlabel up``. In the end it has to stop cleanly and leave no process behind."""
    with open_directory() as directory:
        product = Product(directory)
        try:
            await product.start()
            yield product
            below = product.processes()
            assert await product.stop() == 0
            assert all(wait_for_end(pid) for pid in below)
        finally:
            product.kill_all()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def administrator(product: Product, browser: Browser) -> Person:
    """The first account of the installation, made in a browser."""
    visitor = await seat(browser, product, None)
    page = await visitor.open("/register")
    for label, text in (("Name", "Grace Hopper"), ("Email", ADMIN_EMAIL), ("Password", PASSWORD)):
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("button", name=re.compile("^Generate"))).to_be_visible()
    assert not visitor.surprises
    await visitor.context.close()
    return await sign_in(product, ADMIN_EMAIL, name="Grace Hopper")


@pytest.fixture
async def sit_down(
    request: pytest.FixtureRequest, product: Product, browser: Browser, administrator: Person
) -> AsyncIterator[Seat]:
    """Open a browser: ``await sit_down(person, **PHONE)``. No page of it may report an error."""
    visitors: list[Visitor] = []

    async def open_browser(person: Person | None = None, **options: Any) -> Visitor:
        visitor = await seat(browser, product, person, **options)
        visitors.append(visitor)
        await visitor.context.tracing.start(snapshots=True, title=request.node.name)
        return visitor

    await product.release()
    yield open_browser
    await product.release()
    for number, visitor in enumerate(visitors):
        if FAILED in request.node.stash or visitor.surprises:
            await _keep(visitor, OUTPUT / f"{request.node.name}-{number}")
        await visitor.context.close()
    assert [visitor.surprises for visitor in visitors if visitor.surprises] == []


async def _keep(visitor: Visitor, path: Path) -> None:
    """Keep a trace (``playwright show-trace`` opens it) and a picture of each tab."""
    await visitor.context.tracing.stop(path=path.with_suffix(".zip"))
    for number, page in enumerate(visitor.context.pages):
        await _picture(page, path.with_name(f"{path.name}-{number}.png"))


async def _picture(page: Page, path: Path) -> None:
    if not page.is_closed():
        await page.screenshot(path=path)


@pytest.fixture
async def ada(product: Product, sit_down: Seat) -> Visitor:
    """Somebody new, signed in at a laptop."""
    return await sit_down(await register(product, "Ada"))


@pytest.fixture
async def bob(product: Product, sit_down: Seat) -> Visitor:
    """Somebody else."""
    return await sit_down(await register(product, "Bob"))


@pytest.fixture
async def stranger(sit_down: Seat) -> Visitor:
    """Nobody we know."""
    return await sit_down()


@pytest.fixture
async def phone(product: Product, sit_down: Seat) -> Visitor:
    """Somebody new, signed in on a phone, with fingers alone."""
    return await sit_down(await register(product, "Ada"), **PHONE)
