"""What goes over the wire smaller than it is, and what is left alone."""

import io
import zipfile

import pytest

from tests.api.installation import Installation, Person, png


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
async def test_text_is_compressed_as_the_client_can(installation: Installation, ada: Person, encoding: str) -> None:
    await installation.add_image(ada, prompt="a long prompt " * 100)
    plain = await installation.client.get("/api/v1/images", headers={**ada.cookies, "Accept-Encoding": "identity"})
    asking = {**ada.cookies, "Accept-Encoding": encoding}
    async with installation.client.stream("GET", "/api/v1/images", headers=asking) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == encoding
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert len(sent) < len(plain.content) / 2


async def test_pictures_and_zips_go_as_they_are(installation: Installation, ada: Person) -> None:
    image = await installation.add_image(ada)
    headers = {**ada.cookies, "Accept-Encoding": "gzip, br, zstd"}
    picture = await installation.client.get(
        (await installation.client.get(f"/api/v1/images/{image.id}", headers=headers)).json()["url"], headers=headers
    )
    zipped = await installation.client.post("/api/v1/images/download", json={"ids": [str(image.id)]}, headers=headers)
    assert picture.content == png()
    assert len(zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()) >= 1
    assert not {"content-encoding"} & {*picture.headers, *zipped.headers}
