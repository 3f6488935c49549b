"""Taking images out: single files with their recipes, and zips."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image as Picture

from synthlabel.db.tables import Image
from synthlabel.domain.provenance import MADE_BY_A_MODEL
from tests.api.installation import RECIPE, Installation, Person, png

ZIP = "/api/v1/images/download"
DOWNLOADS = "/api/v1/downloads"


async def download(installation: Installation, person: Person, body: dict[str, Any]) -> zipfile.ZipFile:
    answer = await installation.client.post(ZIP, json=body, headers=person.cookies)
    assert answer.status_code == 200, answer.text
    return opened(answer)


def opened(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="synthlabel-')
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


async def three(installation: Installation, person: Person) -> list[Image]:
    return [await installation.add_image(person, prompt=f"a fox, number {number}") for number in range(3)]


def ids_of(images: list[Image]) -> list[str]:
    return [str(image.id) for image in images]


async def test_a_file_is_sent_with_its_recipe(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    answer = await installation.client.get(f"/api/v1/images/{image.id}/file", headers=ada.cookies)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    with Picture.open(io.BytesIO(answer.content)) as picture, Picture.open(io.BytesIO(png())) as stored:
        assert picture.tobytes() == stored.tobytes()
        assert picture.info["parameters"].startswith(RECIPE["prompt"])
        assert MADE_BY_A_MODEL in picture.info["XML:com.adobe.xmp"]


async def test_a_plain_file_is_the_stored_one(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    answer = await installation.client.get(
        f"/api/v1/images/{image.id}/file", params={"plain": "true"}, headers=ada.cookies
    )
    assert answer.content == png()


async def test_a_zip_holds_the_chosen_images_in_their_order(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    chosen = [images[2], images[0]]
    archive = await download(installation, ada, {"ids": ids_of(chosen)})
    assert archive.namelist() == ["flux-schnell-7-1.png", "flux-schnell-7-2.png"]
    prompts = [_prompt(archive.read(name)) for name in archive.namelist()]
    assert prompts == ["a fox, number 2", "a fox, number 0"]
    assert {item.compress_type for item in archive.infolist()} == {zipfile.ZIP_STORED}


async def test_all_that_a_filter_finds_can_be_taken(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    body = {"filter": {"model": [RECIPE["model"]]}, "except": ids_of(images[1:2])}
    archive = await download(installation, ada, body)
    prompts = [_prompt(archive.read(name)) for name in archive.namelist()]
    assert prompts == ["a fox, number 2", "a fox, number 0"]


async def test_a_zip_of_a_search_holds_what_the_person_saw_or_is_refused(
    installation: Installation, ada: Person
) -> None:
    await installation.add_image(ada, prompt="seen")
    page = await installation.client.get("/api/v1/images", headers=ada.cookies)
    await installation.add_image(ada, prompt="made later")
    body = {"filter": {}, "as_of": page.json()["as_of"], "expected": 1}
    archive = await download(installation, ada, body)
    assert [_prompt(archive.read(name)) for name in archive.namelist()] == ["seen"]
    answer = await installation.client.post(DOWNLOADS, json={**body, "expected": 2}, headers=ada.cookies)
    assert (answer.status_code, answer.json()["code"]) == (409, "selection_changed")


async def test_captions_and_metadata_lie_beside_the_images(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    body = {"ids": ids_of(images), "captions": True, "metadata": True, "name": "set/{index}"}
    archive = await download(installation, ada, body)
    assert archive.namelist() == [
        "set/1.png", "set/1.txt", "set/2.png", "set/2.txt", "set/3.png", "set/3.txt", "metadata.jsonl",
    ]  # fmt: skip
    assert archive.read("set/2.txt") == b"a fox, number 1"
    lines = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
    assert [(line["file_name"], line["text"], line["seed"]) for line in lines] == [
        ("set/1.png", "a fox, number 0", 7),
        ("set/2.png", "a fox, number 1", 7),
        ("set/3.png", "a fox, number 2", 7),
    ]


async def test_equal_names_are_numbered(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    archive = await download(installation, ada, {"ids": ids_of(images), "name": "{model}"})
    assert archive.namelist() == ["flux-schnell.png", "flux-schnell-2.png", "flux-schnell-3.png"]


async def test_a_file_that_is_not_there_is_named_and_the_others_arrive(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    await installation.services.storage.delete(images[1].storage_key)
    archive = await download(installation, ada, {"ids": ids_of(images)})
    assert archive.namelist() == ["flux-schnell-7-1.png", "flux-schnell-7-3.png", "missing.txt"]
    assert b"flux-schnell-7-2.png" in archive.read("missing.txt")


@pytest.mark.parametrize("route", [ZIP, DOWNLOADS])
async def test_an_image_of_somebody_else_is_not_found(
    installation: Installation, ada: Person, bob: Person, route: str
) -> None:
    own, foreign = await installation.add_image(ada), await installation.add_image(bob)
    for ids in (ids_of([own, foreign]), [str(own.id), str(uuid4())]):
        answer = await installation.client.post(route, json={"ids": ids}, headers=ada.cookies)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_filter_takes_nothing_of_others(installation: Installation, ada: Person, bob: Person) -> None:
    await installation.add_image(bob)
    for scope in ("mine", "shared", "all"):
        answer = await installation.client.post(ZIP, json={"filter": {"scope": scope}}, headers=ada.cookies)
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": []}, "ids"),
        ({}, "selection"),
        ({"filter": {}, "name": "{nothing}"}, "name"),
        ({"filter": {"model": ["no-such-model"]}}, "ids"),
        ({"ids": ["x"]}, "ids.0"),
        ({"filter": {}, "colour": "red"}, "colour"),
    ],
)
async def test_a_request_that_cannot_be_is_refused_by_field(
    installation: Installation, ada: Person, body: dict[str, Any], field: str
) -> None:
    answer = await installation.client.post(ZIP, json=body, headers=ada.cookies)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_browser_fetches_a_noted_zip_by_its_address(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    body = {"ids": ids_of(images), "captions": True}
    noted = await installation.client.post(DOWNLOADS, json=body, headers=ada.cookies)
    told = noted.json()
    assert (noted.status_code, told["count"], told["size_bytes"]) == (201, 3, 3 * len(png()))
    assert noted.headers["location"] == f"{DOWNLOADS}/{told['id']}"
    for _ in range(2):  # safe to repeat
        archive = opened(await installation.client.get(told["url"], headers=ada.cookies))
        assert len(archive.namelist()) == 6


async def test_a_noted_zip_is_its_owners_alone(installation: Installation, ada: Person, bob: Person) -> None:
    image = await installation.add_image(ada)
    noted = await installation.client.post(DOWNLOADS, json={"ids": ids_of([image])}, headers=ada.cookies)
    answer = await installation.client.get(noted.json()["url"], headers=bob.cookies)
    assert answer.status_code == 404


async def test_a_noted_zip_expires(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    noted = await installation.client.post(DOWNLOADS, json={"ids": ids_of([image])}, headers=ada.cookies)
    async with installation.uow() as work:
        row = await work.downloads.get(ada.id, UUID(noted.json()["id"]), now=datetime.now(UTC))
        row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
        await work.commit()
    assert (await installation.client.get(noted.json()["url"], headers=ada.cookies)).status_code == 404
    await installation.services.downloads.tidy()
    async with installation.uow() as work:
        assert (await work._session.execute(sa.text("SELECT count(*) FROM download"))).scalar_one() == 0


async def test_what_is_deleted_after_it_was_noted_is_missing(installation: Installation, ada: Person) -> None:
    images = await three(installation, ada)
    noted = await installation.client.post(DOWNLOADS, json={"ids": ids_of(images)}, headers=ada.cookies)
    async with installation.uow() as work:
        await work.images.delete([images[0].id])
        await work.commit()
    archive = opened(await installation.client.get(noted.json()["url"], headers=ada.cookies))
    assert archive.namelist() == ["flux-schnell-7-2.png", "flux-schnell-7-3.png", "missing.txt"]
    assert str(images[0].id).encode() in archive.read("missing.txt")


def _prompt(data: bytes) -> str:
    with Picture.open(io.BytesIO(data)) as picture:
        return picture.info["parameters"].splitlines()[0]
