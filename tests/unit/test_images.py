"""Checking pictures: the true format and size, whatever the sender claims, and nothing that could hurt."""

import base64
import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from thumbhash import thumb_hash_to_average_rgba

from synthlabel.adapters.images import MAX_SIDE_PX, THUMBNAIL_SIDES_PX, VipsInspector, inspect
from synthlabel.errors import InvalidInputError


def picture(
    form: str = "PNG", size: tuple[int, int] = (1600, 800), *, mode: str = "RGB", colour: str = "red", **options: object
) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, form, **options)
    return buffer.getvalue()


def refusal_of(data: bytes) -> str:
    with pytest.raises(InvalidInputError) as refused:
        inspect(data)
    assert [error.field for error in refused.value.errors] == ["image"]
    return refused.value.errors[0].message


@pytest.mark.parametrize(
    ("form", "content_type", "extension"),
    [("PNG", "image/png", "png"), ("JPEG", "image/jpeg", "jpg"), ("WEBP", "image/webp", "webp")],
)
def test_the_facts_are_those_of_the_bytes(form: str, content_type: str, extension: str) -> None:
    data = picture(form)
    facts = inspect(data)
    assert (facts.content_type, facts.extension) == (content_type, extension)
    assert (facts.width_px, facts.height_px) == (1600, 800)
    assert facts.sha256 == hashlib.sha256(data).hexdigest()


def test_thumbnails_are_small_webps_of_the_same_proportions_and_never_enlarged() -> None:
    for size in ((1600, 800), (800, 1600), (400, 200), (1, 1)):
        for side, data in inspect(picture(size=size)).thumbnails.items():
            with Image.open(io.BytesIO(data)) as thumbnail:
                assert thumbnail.format == "WEBP"
                assert max(thumbnail.size) == min(side, max(size))
                assert thumbnail.width * size[1] == pytest.approx(thumbnail.height * size[0], rel=0.02, abs=size[0])
    assert set(inspect(picture()).thumbnails) == set(THUMBNAIL_SIDES_PX)


def test_the_thumbhash_is_short_and_has_the_pictures_colour() -> None:
    code = base64.b64decode(inspect(picture(colour="#c02020")).thumbhash)
    assert len(code) < 30
    assert thumb_hash_to_average_rgba(list(code)) == pytest.approx((0.75, 0.125, 0.125, 1.0), abs=0.05)


def test_transparency_survives_in_thumbnails() -> None:
    data = inspect(picture(mode="RGBA", colour="#ff000080")).thumbnails[320]
    with Image.open(io.BytesIO(data)) as thumbnail:
        assert thumbnail.mode == "RGBA"


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK", "I;16"])
def test_pictures_of_every_kind_of_colour_are_taken(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (64, 32)).save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    facts = inspect(buffer.getvalue())
    assert (facts.width_px, facts.height_px) == (64, 32)


def test_a_photo_that_lies_on_its_side_is_turned_up_and_its_place_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N"}  # where it was taken
    facts = inspect(picture("JPEG", (1600, 800), exif=exif))
    assert (facts.width_px, facts.height_px) == (800, 1600)
    with Image.open(io.BytesIO(facts.thumbnails[320])) as thumbnail:
        assert thumbnail.size == (160, 320)
        assert not thumbnail.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"<!doctype html><html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"RIFF\x00\x00\x00\x00WEBP",
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
    ],
    ids=range(12),
)
def test_what_is_no_png_jpeg_or_webp_is_refused(data: bytes) -> None:
    assert refusal_of(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_picture_is_refused(form: str, share: float) -> None:
    noise = Image.effect_noise((400, 300), 80)
    buffer = io.BytesIO()
    noise.save(buffer, form)
    data = buffer.getvalue()
    assert refusal_of(data[: int(len(data) * share)])


def test_a_picture_with_a_broken_middle_is_refused() -> None:
    buffer = io.BytesIO()
    Image.effect_noise((400, 300), 80).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[len(data) // 2] ^= 0xFF
    assert refusal_of(bytes(data))


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "size", [(20_000, 20_000), (MAX_SIDE_PX + 1, 1), (1, MAX_SIDE_PX + 1), (9000, 9000), (2**31 - 1, 2**31 - 1), (0, 5)]
)
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    assert refusal_of(png_that_claims(*size))


@pytest.mark.parametrize("size", [(8001, 8000), (MAX_SIDE_PX + 1, 1)])
def test_a_whole_picture_above_the_limits_is_refused(size: tuple[int, int]) -> None:
    assert "too large" in refusal_of(picture(size=size, mode="1", colour="white"))


def test_a_text_bomb_inside_a_picture_is_refused() -> None:
    info = PngInfo()
    info.add_text("comment", "x" * 70_000_000, zip=True)
    assert refusal_of(picture(size=(8, 8), pnginfo=info))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(form: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, form, save_all=True, append_images=frames[1:])
    assert refusal_of(buffer.getvalue())


async def test_the_inspector_works_beside_the_event_loop() -> None:
    assert (await VipsInspector().inspect(picture())).width_px == 1600
