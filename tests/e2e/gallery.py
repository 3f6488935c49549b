"""The gallery as a person sees it, and a way to fill it without making every image."""

import json
from dataclasses import dataclass
from typing import Any

import psycopg
from playwright.async_api import Locator, Page, expect

from tests.e2e.product import Product
from tests.e2e.visitors import Visitor

# One an hour before the first: ids of images hold their time, and their order is the gallery's.
_COPIES = """
    INSERT INTO image (id, account_id, generation_id, index, storage_key, thumbnail_keys, content_type, width_px,
        height_px, size_bytes, sha256, thumbhash, seed, filtered, prompt, model, created_at)
    SELECT (substr(made.hex, 1, 8) || '-' || substr(made.hex, 9, 4) || '-7' || substr(md5(n::text), 1, 3) || '-8'
        || substr(md5(n::text), 4, 3) || '-' || substr(md5(n::text), 7, 12))::uuid,
        account_id, generation_id, 100 + n, storage_key, thumbnail_keys, content_type, width_px, height_px,
        size_bytes, sha256, thumbhash, seed, filtered, 'copy ' || n, model, made.at
    FROM image, generate_series(1, %(count)s) AS n, LATERAL (
        SELECT image.created_at - n * interval '1 hour' AS at,
        lpad(to_hex((extract(epoch FROM image.created_at) * 1000)::bigint - n::bigint * 3600000), 12, '0') AS hex
    ) AS made
    WHERE image.id = %(id)s
"""

_FRAMES = """async () => {
    for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame);
}"""


async def fill(product: Product, image: dict[str, Any], count: int) -> None:
    """Add ``count`` older images that look like one there is, "copy 1" the newest of them."""
    running = json.loads((product.data_dir / "postgres" / "running.json").read_text())
    async with await psycopg.AsyncConnection.connect(running["url"]) as connection:
        await connection.execute(_COPIES, {"id": image["id"], "count": count})


@dataclass(frozen=True, slots=True)
class Gallery:
    page: Page

    @property
    def tiles(self) -> Locator:
        return self.page.get_by_role("group", name="Images").get_by_role("link")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("combobox", name="Search images")

    @property
    def bar(self) -> Locator:
        return self.page.get_by_role("toolbar", name="Selected images")

    @property
    def scale(self) -> Locator:
        return self.page.get_by_role("slider", name="Time of the images")

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("status", name="Messages")

    @property
    def focused(self) -> Locator:
        return self.page.locator("[data-image]:focus")

    def tile(self, prompt: str) -> Locator:
        return self.tiles.filter(has=self.page.get_by_role("img", name=prompt, exact=True))

    def tick(self, prompt: str) -> Locator:
        """The tick of the first image with this prompt."""
        return self.tile(prompt).first.locator("..").get_by_role("checkbox")

    def view(self, name: str) -> Locator:
        return self.page.get_by_role("navigation", name="Views").get_by_role("button", name=name)

    async def counts(self, text: str) -> None:
        """Wait until the number of images is said to be this."""
        await expect(self.page.get_by_role("status").get_by_text(text, exact=True)).to_be_visible()

    async def places(self) -> dict[str, float]:
        """Where each drawn image is on the screen, in pixels from its upper edge, by id."""
        return await self.page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('[data-image]')]"
            ".map((tile) => [tile.dataset.image, tile.getBoundingClientRect().top]))"
        )

    async def at_rest(self) -> dict[str, float]:
        """The same, once nothing is on its way and nothing has moved for some frames."""
        before: dict[str, float] = {}
        while not before or before != await self.places():
            await expect(self.page.get_by_role("status", name="Loading images")).to_have_count(0)
            before = await self.places()
            await self.page.evaluate(_FRAMES)
        return before


async def open_gallery(visitor: Visitor, search: str = "") -> Gallery:
    gallery = Gallery(await visitor.open(f"/gallery{search}"))
    await expect(gallery.tiles.first.get_by_role("img")).to_be_visible()
    return gallery
