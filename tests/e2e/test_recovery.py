"""Parts of the product are killed while somebody looks: the page comes back by itself and shows what is true."""

from playwright.async_api import expect

from tests.e2e.people import PASSWORD
from tests.e2e.product import Product, eventually
from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

AWAY = r"WebSocket connection to|net::ERR_|websocket error|status of 503"
LIGHTHOUSE = "a lighthouse in a storm"


async def ready(product: Product) -> None:
    await eventually(product.is_ready, lambda is_ready: is_ready)


async def test_a_page_outlives_the_backend_and_shows_the_truth(ada: Visitor, product: Product) -> None:
    ada.expect_error(AWAY)
    studio = await open_studio(ada)
    await product.hold()
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()
    await studio.prompt.fill("what comes next")

    product.kill("backend")
    await expect(studio.page.get_by_text("Reconnecting, results paused")).to_be_visible()
    await product.release()

    await studio.done(LIGHTHOUSE)
    await expect(studio.page.get_by_text("Reconnecting, results paused")).to_have_count(0)
    await expect(studio.prompt).to_have_value("what comes next")
    await studio.submit("what comes next")
    await studio.done("what comes next")
    assert len(await ada.known.generations()) == 2


async def test_an_image_arrives_though_the_worker_was_killed(ada: Visitor, product: Product) -> None:
    prompt = "a lighthouse whose keeper is gone"
    await product.hold()
    studio = await open_studio(ada)
    await studio.submit(prompt)
    await expect(studio.run(prompt).get_by_text("At the provider").first).to_be_visible()

    product.kill("worker")
    await product.release()

    await studio.done(prompt)
    assert len(await product.requests(prompt)) == 1


async def test_a_page_outlives_the_database(ada: Visitor, product: Product) -> None:
    ada.expect_error(AWAY)
    await product.hold()
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()

    product.kill("postgres")
    await product.release()

    await studio.done(LIGHTHOUSE)
    await ready(product)
    await studio.submit("after the storm")
    await studio.done("after the storm")
    assert len(await ada.known.generations()) == 2


async def test_a_click_while_the_backend_is_away_is_kept_and_paid_for_once(ada: Visitor, product: Product) -> None:
    ada.expect_error(AWAY)
    prompt = "a lighthouse asked for in the dark"
    studio = await open_studio(ada)
    await studio.prompt.fill("something else")
    await studio.count.fill("2")
    await expect(studio.generate).to_have_accessible_name("Generate · $0.006")  # the server has the form

    product.kill("backend")
    await expect(studio.page.get_by_text("Reconnecting, results paused")).to_be_visible()
    await studio.prompt.fill(prompt)
    for _ in range(3):
        await studio.generate.click()

    await studio.done(prompt)
    await expect(studio.runs).to_have_count(1)
    assert len(await product.requests(prompt)) == 1


async def test_a_session_that_ends_costs_neither_the_prompt_nor_money(ada: Visitor) -> None:
    prompt = "a lighthouse after a long lunch"
    studio = await open_studio(ada)
    await studio.prompt.fill(prompt)
    assert (await ada.known.api.post("/auth/sign-out")).status_code == 204

    await studio.generate.click()

    page = studio.page
    await page.get_by_label("Email", exact=True).fill(ada.known.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await studio.ready()
    await expect(studio.prompt).to_have_value(prompt)
    await expect(studio.runs).to_have_count(0)
    await studio.generate.click()
    await studio.done(prompt)
    await expect(studio.runs).to_have_count(1)
