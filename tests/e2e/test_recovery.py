"""Parts of the product are killed while somebody looks: the page comes back by itself and shows what is true."""

from playwright.async_api import expect

from tests.e2e.product import Product, eventually
from tests.e2e.studio import open_studio
from tests.e2e.visitors import Visitor

AWAY = r"WebSocket connection to|net::ERR_|websocket error|status of 503"
LIGHTHOUSE = "a red lighthouse at dusk"


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
    await product.hold()
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()

    product.kill("worker")
    await product.release()

    await studio.done(LIGHTHOUSE)
    assert len(await product.requests(LIGHTHOUSE)) == 1


async def test_a_page_outlives_the_database(ada: Visitor, product: Product) -> None:
    ada.expect_error(AWAY)
    await product.hold()
    studio = await open_studio(ada)
    await studio.submit(LIGHTHOUSE)
    await expect(studio.run(LIGHTHOUSE).get_by_text("At the provider").first).to_be_visible()

    product.kill("postgres")
    await eventually(product.is_ready, lambda is_ready: not is_ready)
    await product.release()

    await studio.done(LIGHTHOUSE)
    await ready(product)
    await studio.submit("after the storm")
    await studio.done("after the storm")
    assert len(await ada.known.generations()) == 2
