"""What is shown of rows."""

from pathlib import Path

import pytest

from synthlabel.adapters.catalog import load_catalog
from synthlabel.adapters.storage.local import LocalStorage
from synthlabel.db.tables import Generation, Image, new_id
from synthlabel.services.views import Views


def a_generation(*, count: int, price_micros: int, charged_micros: int | None) -> Generation:
    return Generation(
        account_id=new_id(),
        model="flux-schnell",
        provider="fal",
        endpoint="fal-ai/flux/schnell",
        prompt="a fox",
        width_px=512,
        height_px=512,
        count=count,
        seed=7,
        price_micros=price_micros,
        price_formula="",
        priced_at="2026-07-20",
        charged_micros=charged_micros,
    )


def an_image(generation: Generation, index: int) -> Image:
    return Image(
        account_id=generation.account_id,
        generation_id=generation.id,
        index=index,
        storage_key=f"users/1/generations/2/{index}.png",
        content_type="image/png",
        width_px=512,
        height_px=512,
        size_bytes=1,
        sha256="",
        thumbhash="",
        seed=7 + index,
    )


@pytest.mark.parametrize(("charged_micros", "shares"), [(None, [3334, 3333, 3333]), (5, [3, 1, 1]), (0, [0, 0, 0])])
def test_the_images_shares_add_up_to_what_was_paid(
    tmp_path: Path, charged_micros: int | None, shares: list[int]
) -> None:
    views = Views(load_catalog(), LocalStorage(tmp_path, base_url="http://localhost", secret="x" * 32), api_url="")
    generation = a_generation(count=3, price_micros=10_000, charged_micros=charged_micros)
    assert [views.image(an_image(generation, index), generation).price_micros for index in range(3)] == shares
