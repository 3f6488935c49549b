"""Pictures that people bring along are kept as pixels and nothing else."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from synthlabel.adapters.cleaning import clean
from synthlabel.errors import InvalidInputError


def noise(*shape: int) -> Any:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def written(image: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002 - Pillow's word
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("format_name", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})])
def test_lossless_pictures_keep_every_pixel(format_name: str, options: dict[str, Any], channels: int) -> None:
    pixels = noise(30, 41, channels)
    if channels == 4:
        pixels[..., 3] |= 1  # what is fully transparent has no colour to keep
    image = Image.fromarray(pixels)
    kept = opened(clean(written(image, format_name, **options)))
    assert (kept.format, kept.mode) == (format_name, image.mode)
    assert kept.tobytes() == image.tobytes()


def test_a_jpeg_looks_the_same() -> None:
    image = Image.linear_gradient("L").convert("RGB")
    kept = opened(clean(written(image, "JPEG", quality=95)))
    assert np.abs(np.asarray(kept, dtype=int) - np.asarray(image, dtype=int)).max() <= 8


def test_texts_places_and_what_hides_behind_the_end_are_gone() -> None:
    info = PngInfo()
    info.add_text("Author", "Ada Lovelace")
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Ada Lovelace"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (48.0, 8.0, 14.0)
    image = Image.fromarray(noise(20, 20, 3))
    for data in (
        written(image, "PNG", pnginfo=info, exif=exif),
        written(image, "JPEG", exif=exif, comment="Ada Lovelace"),
        written(image, "WEBP", exif=exif, xmp=b"<x>Ada Lovelace</x>"),
    ):
        kept = clean(data + b"PK\x03\x04 Ada Lovelace")
        assert b"Lovelace" not in kept
        assert not opened(kept).getexif()


def test_a_picture_on_its_side_is_stood_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    kept = opened(clean(written(Image.new("RGB", (40, 20)), "JPEG", exif=exif)))
    assert kept.size == (20, 40)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_pixels_becomes_eight_bit_colour(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((8, 8), 0x80FF, dtype=np.uint16))
    else:
        image = Image.new("RGB", (8, 8), (128, 128, 128)).convert(mode)
    kept = opened(clean(written(image, "JPEG" if mode == "CMYK" else "PNG")))
    meant = 128 if mode == "I;16" else int(np.asarray(image.convert("RGB"))[4, 4, 0])
    assert kept.mode in ("RGB", "RGBA")
    # Printers' colours without a profile are a matter of opinion
    assert abs(int(np.asarray(kept)[4, 4, 0]) - meant) <= (10 if mode == "CMYK" else 1)


def test_colours_of_another_profile_are_converted() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.fromarray(noise(8, 8, 3))
    kept = opened(clean(written(image, "PNG", icc_profile=profile)))
    assert "icc_profile" not in kept.info
    assert np.abs(np.asarray(kept, dtype=int) - np.asarray(image, dtype=int)).max() <= 2


def test_a_broken_profile_is_no_reason_to_refuse_a_picture() -> None:
    image = Image.fromarray(noise(8, 8, 3))
    assert opened(clean(written(image, "PNG", icc_profile=b"not a profile"))).tobytes() == image.tobytes()


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a" + bytes(40), bytes(500)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        clean(data)


def test_a_truncated_picture_is_refused() -> None:
    for format_name in ("PNG", "JPEG", "WEBP"):
        data = written(Image.fromarray(noise(60, 60, 3)), format_name)
        with pytest.raises(InvalidInputError):
            clean(data[: len(data) * 2 // 3])
