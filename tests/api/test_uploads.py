"""Uploads over HTTP: announced, sent straight to local storage, looked at, removed."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image as Picture

from tests.api.installation import Installation, Person, png

UPLOADS = "/api/v1/uploads"
GPS_INFO = 0x8825
ORIENTATION = 0x0112
RIGHT_SIDE_UP_AFTER_A_QUARTER_TURN = 6


def photograph() -> bytes:
    """Return a JPEG that says where it was taken, and lies on its side."""
    exif = Picture.Exif()
    exif[ORIENTATION] = RIGHT_SIDE_UP_AFTER_A_QUARTER_TURN
    exif.get_ifd(GPS_INFO).update({1: "N", 2: (48.0, 8.0, 14.0)})
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 20), (200, 40, 30)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


async def announce(
    installation: Installation,
    person: Person,
    data: bytes,
    *,
    content_type: str = "image/png",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    body = {"purpose": "source", "filename": "fox.png", "content_type": content_type, "size_bytes": len(data)}
    answer = await installation.client.post(UPLOADS, json=body, headers={**person.cookies, **(headers or {})})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def send(installation: Installation, form: dict[str, Any], data: bytes) -> httpx.Response:
    return await installation.client.request(form["method"], form["url"], content=data, headers=form["headers"])


async def complete(installation: Installation, person: Person, form: dict[str, Any]) -> httpx.Response:
    return await installation.client.post(f"{UPLOADS}/{form['id']}/complete", headers=person.cookies)


async def upload(
    installation: Installation, person: Person, data: bytes, *, content_type: str = "image/png"
) -> dict[str, Any]:
    form = await announce(installation, person, data, content_type=content_type)
    assert (await send(installation, form, data)).status_code == 204
    answer = await complete(installation, person, form)
    assert answer.status_code == 200, answer.text
    return answer.json()


def files_in(installation: Installation) -> list[Path]:
    return [path for path in (installation.settings.data_dir / "objects").rglob("*") if path.is_file()]


async def test_a_picture_is_announced_sent_and_ready(installation: Installation, ada: Person) -> None:
    body = await upload(installation, ada, png())
    assert (body["status"], body["width"], body["height"], body["filename"]) == ("ready", 8, 8, "fox.png")
    assert body["checks"]["content_type"] == "image/png"
    assert body["thumbhash"]
    thumbnail = await installation.client.get(body["thumbnail_url"])
    assert thumbnail.headers["content-type"] == "image/webp"
    again = await installation.client.get(f"{UPLOADS}/{body['id']}", headers=ada.cookies)
    assert again.json()["status"] == "ready"


async def test_what_is_kept_says_nothing_about_place_or_camera_and_stands_upright(
    installation: Installation, ada: Person
) -> None:
    body = await upload(installation, ada, photograph(), content_type="image/jpeg")
    kept = (await installation.client.get(body["url"])).content
    assert (body["width"], body["height"]) == (20, 40)
    assert b"Exif" not in kept
    with Picture.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
    assert all(b"GPS" not in path.read_bytes() for path in files_in(installation))


async def test_what_was_sent_is_gone_once_it_has_been_looked_at(installation: Installation, ada: Person) -> None:
    await upload(installation, ada, png())
    assert not [path for path in files_in(installation) if path.name == "incoming"]


async def test_completing_again_gives_the_same_answer(installation: Installation, ada: Person) -> None:
    body = await upload(installation, ada, png())
    again = await complete(installation, ada, body)
    assert (again.status_code, again.json()["checks"]) == (200, body["checks"])


async def test_what_is_no_picture_is_refused_in_words_and_removed(installation: Installation, ada: Person) -> None:
    data = b"<svg onload='alert(1)'/>"
    form = await announce(installation, ada, data)
    await send(installation, form, data)
    for _ in range(2):  # safe to repeat
        answer = await complete(installation, ada, form)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"field": "file", "message": "This is not a PNG, JPEG or WebP picture of a reasonable size."}
        ]
    assert files_in(installation) == []


async def test_a_damaged_picture_is_refused(installation: Installation, ada: Person) -> None:
    data = photograph()[:-100]
    form = await announce(installation, ada, data, content_type="image/jpeg")
    await send(installation, form, data)
    answer = await complete(installation, ada, form)
    assert answer.json()["errors"] == [{"field": "file", "message": "The picture is damaged."}]


async def test_completing_before_the_file_has_arrived_says_so(installation: Installation, ada: Person) -> None:
    form = await announce(installation, ada, png())
    answer = await complete(installation, ada, form)
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (409, "not_uploaded", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"content_type": "image/gif"}, "content_type"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": -5}, "size_bytes"),
        ({"size_bytes": 31 * 1024 * 1024}, "size_bytes"),
        ({"size_bytes": 10**30}, "size_bytes"),
        ({"purpose": "mischief"}, "purpose"),
        ({"key": "users/x/0.png"}, "key"),
    ],
)
async def test_an_announcement_that_cannot_be_is_refused_by_field(
    installation: Installation, ada: Person, changes: dict[str, Any], field: str
) -> None:
    body = {"purpose": "source", "filename": "a.png", "content_type": "image/png", "size_bytes": 10, **changes}
    answer = await installation.client.post(UPLOADS, json=body, headers=ada.cookies)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\temp\\fox.png", "\x00\n\x1b[2J", "", "ä" * 900])
async def test_any_file_name_is_taken_as_a_name_only(installation: Installation, ada: Person, name: str) -> None:
    body = {"purpose": "source", "filename": name, "content_type": "image/png", "size_bytes": 10}
    answer = await installation.client.post(UPLOADS, json=body, headers=ada.cookies)
    stored = await installation.client.get(f"{UPLOADS}/{answer.json()['id']}", headers=ada.cookies)
    filename = stored.json()["filename"]
    assert filename.isprintable()
    assert not {"/", "\\"} & set(filename)
    assert 0 < len(filename) <= 200


async def test_more_than_was_announced_is_not_taken(installation: Installation, ada: Person) -> None:
    form = await announce(installation, ada, png())
    answer = await send(installation, form, png() + b"x")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")
    assert files_in(installation) == []


@pytest.mark.parametrize("part", ["expires", "max_bytes", "type", "signature", "key"])
async def test_a_form_cannot_be_altered(installation: Installation, ada: Person, part: str) -> None:
    form = await announce(installation, ada, png())
    url = httpx.URL(form["url"])
    altered = url.copy_with(path=url.path + "2") if part == "key" else url.copy_merge_params({part: "9999999999"})
    answer = await send(installation, {**form, "url": str(altered)}, png())
    assert answer.status_code == 404
    assert files_in(installation) == []


async def test_a_form_cannot_be_used_to_read(installation: Installation, ada: Person) -> None:
    form = await announce(installation, ada, png())
    await send(installation, form, png())
    assert (await installation.client.get(form["url"])).status_code == 404


async def test_an_address_to_read_cannot_be_used_to_write(installation: Installation, ada: Person) -> None:
    body = await upload(installation, ada, png())
    answer = await installation.client.put(body["url"], content=b"x", headers={"Content-Type": "image/png"})
    assert answer.status_code == 404
    assert (await installation.client.get(body["url"])).content != b"x"


async def test_a_form_that_is_used_again_does_not_touch_the_picture(installation: Installation, ada: Person) -> None:
    form = await announce(installation, ada, png())
    await send(installation, form, png())
    body = (await complete(installation, ada, form)).json()
    before = (await installation.client.get(body["url"])).content
    assert (await send(installation, form, b"something else")).status_code == 204
    assert (await complete(installation, ada, form)).json()["checks"] == body["checks"]
    assert (await installation.client.get(body["url"])).content == before


async def test_the_same_key_announces_once(installation: Installation, ada: Person) -> None:
    key = {"Idempotency-Key": "once"}
    first = await announce(installation, ada, png(), headers=key)
    second = await announce(installation, ada, png(), headers=key)
    assert first["id"] == second["id"]


async def test_a_removed_upload_is_gone_with_its_files(installation: Installation, ada: Person) -> None:
    body = await upload(installation, ada, png())
    address = f"{UPLOADS}/{body['id']}"
    assert (await installation.client.delete(address, headers=ada.cookies)).status_code == 204
    assert (await installation.client.get(address, headers=ada.cookies)).status_code == 404
    assert files_in(installation) == []


async def test_somebody_elses_upload_is_not_found(installation: Installation, ada: Person, bob: Person) -> None:
    form = await announce(installation, ada, png())
    address = f"{UPLOADS}/{form['id']}"
    answers = [
        await installation.client.get(address, headers=bob.cookies),
        await installation.client.delete(address, headers=bob.cookies),
        await complete(installation, bob, form),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await installation.client.get(address, headers=ada.cookies)).status_code == 200
