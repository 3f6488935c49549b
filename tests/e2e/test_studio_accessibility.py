"""axe finds nothing serious in the parts of the Studio, in either theme."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.e2e.product import Product
from tests.e2e.studio import Studio, open_studio
from tests.e2e.test_accessibility import Theme, dress, expect_accessible
from tests.e2e.visitors import Visitor

LIGHTHOUSE = "a red lighthouse at dusk"
both_themes = pytest.mark.parametrize("theme", ["dark", "light"])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    data = io.BytesIO()
    Image.effect_mandelbrot((320, 240), (-2, -1.5, 1, 1.5), 40).convert("RGB").save(data, "PNG")
    path = tmp_path / "swirls.png"
    path.write_bytes(data.getvalue())
    return path


async def add_lora(visitor: Visitor) -> None:
    lora = {"name": "Ink", "url": "https://example.com/ink.safetensors", "family": "flux-1", "trigger_word": "inkwash"}
    (await visitor.known.api.post("/loras", json=lora)).raise_for_status()


async def fill_the_form(studio: Studio, picture: Path) -> None:
    page = studio.page
    await studio.choose_model("FLUX.1 dev with LoRA")
    await page.get_by_role("region", name="LoRAs").get_by_role("button", name="Add").click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^Ink")).click()
    await page.get_by_label("Upload images").set_input_files(picture)
    await expect(page.get_by_role("textbox", name="Change, as a number")).to_be_visible()
    await studio.prompt.fill("a {red|blue} fox")
    await page.get_by_text("show the prompts").click()


@both_themes
async def test_the_filled_form_is_accessible(ada: Visitor, picture: Path, theme: Theme) -> None:
    await dress(ada, theme)
    await add_lora(ada)
    studio = await open_studio(ada)
    await fill_the_form(studio, picture)
    await expect_accessible(studio.page, theme)
    await studio.choose_model("FLUX.1 schnell")
    await expect(studio.page.get_by_text("takes no images")).to_be_visible()
    await expect_accessible(studio.page, theme)


@both_themes
async def test_the_layers_of_the_form_are_accessible(ada: Visitor, theme: Theme) -> None:
    await dress(ada, theme)
    await add_lora(ada)
    await ada.known.has(prompt=LIGHTHOUSE)
    page = (await open_studio(ada)).page
    for press, name in (("f", "Choose images"), ("h", "Prompts that you wrote"), ("w", "Lists of words")):
        await page.keyboard.press(press)
        await expect(page.get_by_role("dialog", name=name)).to_be_visible()
        await expect_accessible(page, theme)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Shift+l")
    await expect_accessible(page, theme)
    await page.get_by_role("button", name="Add by address").click()
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("alert").first).to_be_visible()
    await expect_accessible(page, theme)


@both_themes
async def test_results_of_every_kind_are_accessible(ada: Visitor, product: Product, theme: Theme) -> None:
    await dress(ada, theme)
    made = await ada.known.has(prompt=LIGHTHOUSE)
    for task in ("upscale", "describe"):
        answer = await ada.known.api.post(f"/images/{made['images'][0]['id']}/tools/{task}")
        await ada.known.finished(answer.raise_for_status().json()["id"])
    studio = await open_studio(ada)
    await expect(studio.results.get_by_role("blockquote")).to_be_visible()
    await expect_accessible(studio.page, theme)
    await studio.results.get_by_role("button", name="This image").first.click()
    await expect(studio.page.get_by_role("menuitem", name=re.compile(r"^Upscale 2× \$"))).to_be_visible()
    await expect_accessible(studio.page, theme)
    await studio.page.keyboard.press("Escape")
    await product.hold()
    await studio.prompt.fill("a {red|blue} fox")
    await studio.priced("$0.006")
    await studio.generate.click()
    await expect(studio.results.get_by_role("heading", name="2 prompts at once")).to_be_visible()
    await expect_accessible(studio.page, theme)
    await product.release()
    await studio.done("a blue fox")


@both_themes
async def test_a_phone_is_accessible_on_both_sides(phone: Visitor, theme: Theme) -> None:
    await dress(phone, theme)
    await phone.known.has(prompt=LIGHTHOUSE)
    studio = await open_studio(phone)
    await expect_accessible(studio.page, theme)
    await studio.page.get_by_text("Results", exact=True).tap()
    await expect(studio.results.get_by_role("button", name="This image")).to_be_visible()
    await expect_accessible(studio.page, theme)
