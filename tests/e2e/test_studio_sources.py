"""Images that go into a request, however they come; and files that know how they were made."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.async_api import Locator, Page, expect

from tests.e2e.product import Product
from tests.e2e.studio import Studio, open_studio
from tests.e2e.visitors import Visitor

LIGHTHOUSE = "a red lighthouse at dusk"
A1111 = (
    "a castle on a hill\nNegative prompt: fog\n"
    "Steps: 6, Sampler: Euler, CFG scale: 7, Seed: 12345, Size: 512x768, Model: unheard-of"
)


def png(parameters: str = "", *, size: tuple[int, int] = (640, 480)) -> bytes:
    info = PngInfo()
    if parameters:
        info.add_text("parameters", parameters)
    data = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 60).convert("RGB").save(data, "PNG", pnginfo=info)
    return data.getvalue()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "swirls.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def castle(tmp_path: Path) -> Path:
    path = tmp_path / "castle.png"
    path.write_bytes(png(A1111))
    return path


def sources(studio: Studio) -> Locator:
    return studio.page.get_by_role("list", name=re.compile("^(Source image|Reference images)$")).get_by_role("listitem")


async def upload(studio: Studio, path: Path) -> None:
    await studio.page.get_by_label("Upload images").set_input_files(path)


async def hand_over(page: Page, event: str, data: bytes) -> None:
    """Drop or paste a picture on the page, as the browser would tell it."""
    await page.evaluate(
        """([event, text]) => {
            const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "handed.png", { type: "image/png" }));
            const init = { bubbles: true, cancelable: true };
            const made = event === "paste"
                ? new ClipboardEvent("paste", { ...init, clipboardData: transfer })
                : new DragEvent("drop", { ...init, dataTransfer: transfer });
            document.body.dispatchEvent(made);
        }""",
        [event, base64.b64encode(data).decode()],
    )


async def inputs_of(product: Product, prompt: str) -> dict[str, Any]:
    [request] = await product.requests(prompt)
    return request["input"]


async def test_an_uploaded_image_goes_into_the_request(ada: Visitor, product: Product, picture: Path) -> None:
    studio = await open_studio(ada)
    await studio.choose_model("Z-Image turbo")
    await upload(studio, picture)
    await expect(sources(studio)).to_have_count(1)
    await expect(studio.page.get_by_text("as the source, 640 × 480")).to_be_visible()
    await studio.page.get_by_role("textbox", name="Change, as a number").fill("0.45")
    await studio.page.keyboard.press("Enter")

    await studio.submit("swirls of ink")

    card = await studio.done("swirls of ink")
    await expect(card.get_by_role("img", name="What it was made from")).to_be_visible()
    sent = await inputs_of(product, "swirls of ink")
    assert sent["strength"] == 0.45
    assert sent["image_url"].startswith("http")


@pytest.mark.parametrize("event", ["paste", "drop"])
async def test_a_picture_handed_to_the_page_becomes_the_source_and_stays(ada: Visitor, event: str) -> None:
    studio = await open_studio(ada)
    await studio.choose_model("FLUX.1 dev")
    await hand_over(studio.page, event, png())
    await expect(sources(studio)).to_have_count(1)

    await studio.page.reload()

    await expect(sources(studio)).to_have_count(1)


async def test_what_is_no_picture_is_refused_in_words_at_its_place(ada: Visitor, tmp_path: Path) -> None:
    ada.expect_error("422")
    path = tmp_path / "fake.png"
    path.write_bytes(b"no picture at all")
    studio = await open_studio(ada)
    await upload(studio, path)
    uploads = studio.page.get_by_role("list", name="Uploads")
    await expect(uploads.get_by_role("alert")).to_have_text(re.compile(r"\w"))
    await uploads.get_by_role("button", name="Forget fake.png").click()
    await expect(uploads).to_have_count(0)


async def test_a_model_without_images_says_so_and_offers_one_that_takes_them(ada: Visitor, picture: Path) -> None:
    studio = await open_studio(ada)
    await upload(studio, picture)
    await expect(
        studio.page.get_by_text("FLUX.1 schnell takes no images. It is kept here, and not used.")
    ).to_be_visible()

    await studio.page.get_by_role("button", name="Use FLUX.2 dev").click()

    await expect(studio.model).to_have_accessible_name(re.compile("FLUX.2 dev"))
    await expect(studio.page.get_by_text("is kept here, and not used")).to_have_count(0)


async def test_several_references_are_picked_from_the_gallery_and_put_in_order(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE, count=2)
    newest, older = (image["id"] for image in await ada.known.images())
    studio = await open_studio(ada)
    await studio.choose_model("FLUX.2 dev")
    await studio.page.keyboard.press("Escape")
    await studio.page.get_by_role("button", name="Gallery", exact=True).click()
    picker = studio.page.get_by_role("dialog", name="Choose images")
    for place in (1, 0):
        await picker.get_by_role("button", name=LIGHTHOUSE).nth(place).click()
    await picker.get_by_role("button", name="Use 2 images").click()
    await expect(sources(studio)).to_have_count(2)

    await studio.page.get_by_role("button", name="Source 2 of 2", exact=True).focus()
    await studio.page.keyboard.press("Shift+ArrowLeft")

    await studio.submit("both at once")
    await studio.done("both at once")
    [generation, _] = await ada.known.generations()
    assert [source["image_id"] for source in generation["sources"]] == [newest, older]
    assert generation["model"] == "flux-2"


async def test_a_result_becomes_a_source_by_one_key_and_that_can_be_undone(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).focus()
    await studio.page.keyboard.press("e")
    await expect(sources(studio)).to_have_count(1)
    await studio.page.get_by_role("button", name="Undo").click()
    await expect(sources(studio)).to_have_count(0)


async def test_a_result_can_be_dragged_onto_the_form(ada: Visitor) -> None:
    await ada.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(ada)
    await studio.results.get_by_role("link", name=LIGHTHOUSE).drag_to(studio.prompt)
    await expect(sources(studio)).to_have_count(1)


async def test_a_file_that_knows_its_settings_says_which_before_the_form_changes(ada: Visitor, castle: Path) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill("mine")
    await upload(studio, castle)
    offer = studio.page.get_by_role("region", name="A picture with settings")
    await expect(offer.get_by_text("Stable Diffusion web UI")).to_be_visible()
    await expect(offer.get_by_text("a castle on a hill")).to_be_visible()
    await expect(offer.get_by_text("FLUX.1 schnell takes no negative prompt.")).to_be_visible()
    await expect(studio.prompt).to_have_value("mine")

    await offer.get_by_role("button", name="Restore its settings").click()

    await expect(studio.prompt).to_have_value("a castle on a hill")
    await expect(studio.page.get_by_label("Width")).to_have_value("512")
    await expect(sources(studio)).to_have_count(0)
    await studio.page.get_by_role("button", name="Undo").click()
    await expect(studio.prompt).to_have_value("mine")


async def test_a_file_of_ones_own_restores_its_form_completely(ada: Visitor, tmp_path: Path) -> None:
    made = await ada.known.has(prompt=LIGHTHOUSE, seed=77, width=512, height=768, params={"num_inference_steps": 6})
    file = await ada.known.api.get(f"/images/{made['images'][0]['id']}/file")
    path = tmp_path / "mine.jpg"
    path.write_bytes(file.content)
    studio = await open_studio(ada)
    await upload(studio, path)
    await studio.page.get_by_role("button", name="Restore its settings").click()
    await expect(studio.prompt).to_have_value(LIGHTHOUSE)

    await studio.generate.click()

    await expect(studio.run(LIGHTHOUSE, "Done")).to_have_count(2)
    one, other = await ada.known.images()
    assert one["sha256"] == other["sha256"]


async def test_a_picture_with_settings_can_still_be_a_source(ada: Visitor, castle: Path) -> None:
    studio = await open_studio(ada)
    await studio.prompt.fill("mine")
    await upload(studio, castle)
    await studio.page.get_by_role("button", name="Use as source").click()
    await expect(sources(studio)).to_have_count(1)
    await expect(studio.prompt).to_have_value("mine")
