"""Reading a recipe out of a file that somebody drops."""

import io
import json

import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from tests.api.installation import RECIPE, Installation, Person, png

RECIPES = "/api/v1/recipes"


def png_with(**texts: str) -> bytes:
    info = PngInfo()
    for name, text in texts.items():
        info.add_itxt(name, text)
    buffer = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


async def test_a_downloaded_file_restores_what_made_it(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    file = await installation.client.get(f"/api/v1/images/{image.id}/file", headers=ada.cookies)
    answer = await installation.client.post(RECIPES, content=file.content, headers=ada.cookies)
    body = answer.json()
    assert (answer.status_code, body["source"], body["not_restored"]) == (200, "synthlabel", [])
    recipe = body["recipe"]
    assert (recipe["prompt"], recipe["model"], recipe["seed"]) == (RECIPE["prompt"], RECIPE["model"], 7)
    assert (recipe["width"], recipe["height"]) == (512, 512)
    assert recipe["params"]["num_inference_steps"] == 4


async def test_what_cannot_be_restored_is_named_with_its_reason(installation: Installation, ada: Person) -> None:
    text = (
        "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 512x512, Model: mine"
    )
    answer = await installation.client.post(
        RECIPES, params={"model": "flux-dev"}, content=png_with(parameters=text), headers=ada.cookies
    )
    body = answer.json()
    assert body["source"] == "a1111"
    assert body["recipe"]["params"] == {"num_inference_steps": 20, "guidance_scale": 7}
    assert {(item["label"], item["reason"]) for item in body["not_restored"]} == {
        ("Negative prompt", "FLUX.1 dev takes no negative prompt."),
        ("Model", "It is not among the models that make images here."),
        ("Sampler", "There is no such setting here."),
    }


async def test_what_a_person_wrote_stays_text(installation: Installation, ada: Person) -> None:
    markup = "<img src=x onerror=alert(1)> {{7*7}} ${jndi:ldap://x} __import__('os')"
    metadata = json.dumps({"positive_prompt": markup})
    answer = await installation.client.post(RECIPES, content=png_with(invokeai_metadata=metadata), headers=ada.cookies)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["recipe"]["prompt"] == markup


async def test_a_picture_without_a_recipe_says_none(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(RECIPES, content=png(), headers=ada.cookies)
    body = answer.json()
    assert (body["source"], body["restored"], body["not_restored"]) == ("none", [], [])
    assert not any(body["recipe"].values())


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a....", png()[:20]])
async def test_what_is_no_picture_is_refused(installation: Installation, ada: Person, data: bytes) -> None:
    answer = await installation.client.post(RECIPES, content=data, headers=ada.cookies)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


async def test_more_than_forty_megabytes_are_not_read(installation: Installation, ada: Person) -> None:
    answer = await installation.client.post(RECIPES, content=bytes(41 * 1024 * 1024), headers=ada.cookies)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
