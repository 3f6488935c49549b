"""What a downloaded file says of itself, read by others than those who wrote it."""

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from synthlabel.adapters.provenance import FileMarks
from synthlabel.adapters.provenance.limits import MAX_TEXT_BYTES, MAX_TEXTS
from synthlabel.domain.provenance import MADE_BY_A_MODEL, MADE_FROM_A_SOURCE, ImageRecipe, marks_of
from synthlabel.errors import InvalidInputError

RECIPE = ImageRecipe(
    prompt='a <fox> & "höhle" 🦊\nline two',
    negative_prompt="blurry, ugly",
    model="flux-dev",
    model_name="FLUX.1 dev",
    seed=7,
    width_px=64,
    height_px=48,
    params={"num_inference_steps": 28, "guidance_scale": 3.5, "acceleration": "none"},
    loras=[{"id": "0193", "name": "ink: wash", "weight": 0.8}],
    task="generate",
    has_sources=False,
    created_at=datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
)
MARKS = marks_of(RECIPE)
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "iptc": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
FORMATS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG"},
    "jpeg": {"format": "JPEG", "quality": 90},
    "progressive jpeg": {"format": "JPEG", "quality": 90, "progressive": True},
    "lossy webp": {"format": "WEBP", "quality": 80},
    "lossless webp": {"format": "WEBP", "lossless": True},
    "transparent webp": {"format": "WEBP", "quality": 80, "alpha": True},
    "bare jpeg": {"format": "JPEG", "bare": True},
    "bare png": {"format": "PNG", "bare": True},
    "bare webp": {"format": "WEBP", "bare": True},
}
marks = FileMarks()


def picture(*, bare: bool = False, alpha: bool = False, **options: Any) -> bytes:
    """Return a file with metadata of its maker, unless it is to be bare."""
    pixels = np.random.default_rng(1).integers(0, 255, (48, 65, 4 if alpha else 3), dtype=np.uint8)
    if not bare:
        exif = Image.Exif()
        exif[ExifTags.Base.Software] = "a provider"
        info = PngInfo()
        info.add_text("Software", "a provider")
        options |= {"pnginfo": info} if options["format"] == "PNG" else {"exif": exif}
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def properties(data: bytes) -> ET.Element:
    """Return the XMP packet as libvips hands it over, parsed strictly."""
    packet: bytes = pyvips.Image.new_from_buffer(data, "").get("xmp-data")
    return ET.fromstring(packet[packet.index(b"<x:") : packet.rindex(b">", 0, packet.rindex(b"<?")) + 1])


def user_comment(data: bytes) -> str:
    comment: bytes = opened(data).getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment]
    assert comment.startswith(b"UNICODE\x00")
    return comment[8:].decode("utf-16-be")


def require_sound_png(data: bytes) -> list[bytes]:
    """Walk a PNG by the specification: lengths, checksums, order, and nothing behind the end."""
    kinds: list[bytes] = []
    position = 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        body = data[position + 4 : position + 8 + length]
        assert zlib.crc32(body) == int.from_bytes(data[position + 8 + length : position + 12 + length], "big")
        kinds.append(body[:4])
        position += 12 + length
    assert (kinds[0], kinds[-1], position) == (b"IHDR", b"IEND", len(data))
    return kinds


def require_sound_webp(data: bytes) -> list[bytes]:
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    kinds: list[bytes] = []
    position = 12
    while position < len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        kinds.append(data[position : position + 4])
        position += 8 + length + length % 2
    assert position == len(data)
    return kinds


@pytest.mark.parametrize("name", FORMATS)
def test_not_a_pixel_changes(name: str) -> None:
    data = picture(**FORMATS[name])
    for changed in (marks.embed(data, MARKS), marks.strip(data), marks.strip(marks.embed(data, MARKS))):
        assert opened(changed).tobytes() == opened(data).tobytes()
        assert opened(changed).mode == opened(data).mode


@pytest.mark.parametrize("name", FORMATS)
def test_the_file_declares_that_a_model_made_it(name: str) -> None:
    xmp = properties(marks.embed(picture(**FORMATS[name]), MARKS))
    assert xmp.findtext(".//iptc:DigitalSourceType", namespaces=NAMESPACES) == MADE_BY_A_MODEL
    assert xmp.findtext(".//xmp:CreatorTool", namespaces=NAMESPACES) == "SynthLabel, FLUX.1 dev"
    assert xmp.findtext(".//dc:description//rdf:li", namespaces=NAMESPACES) == RECIPE.prompt


def test_an_edited_image_declares_its_source() -> None:
    edited = marks_of(replace(RECIPE, has_sources=True))
    xmp = properties(marks.embed(picture(format="PNG"), edited))
    assert xmp.findtext(".//iptc:DigitalSourceType", namespaces=NAMESPACES) == MADE_FROM_A_SOURCE


@pytest.mark.parametrize("name", FORMATS)
def test_the_parameters_are_where_other_tools_look_for_them(name: str) -> None:
    data = marks.embed(picture(**FORMATS[name]), MARKS)
    found = opened(data).info["parameters"] if "png" in name else user_comment(data)
    assert found == MARKS.parameters
    assert found.splitlines() == [
        'a <fox> & "höhle" 🦊',
        "line two <lora:ink  wash:0.8>",
        "Negative prompt: blurry, ugly",
        "Steps: 28, CFG scale: 3.5, Seed: 7, Size: 64x48, Model: FLUX.1 dev, Version: SynthLabel",
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_the_recipe_comes_back_as_it_was(name: str) -> None:
    found = json.loads(marks.texts(marks.embed(picture(**FORMATS[name]), MARKS))["synthlabel"])
    assert found["prompt"] == RECIPE.prompt
    assert (found["model"], found["seed"], found["params"]) == ("flux-dev", 7, dict(RECIPE.params))
    assert found["loras"] == list(RECIPE.loras)


@pytest.mark.parametrize("name", [name for name in FORMATS if "bare" not in name])
def test_what_was_in_the_file_stays(name: str) -> None:
    image = opened(marks.embed(picture(**FORMATS[name]), MARKS))
    software = image.info["Software"] if "png" in name else image.getexif()[ExifTags.Base.Software]
    assert software == "a provider"


@pytest.mark.parametrize("name", FORMATS)
def test_writing_again_adds_nothing(name: str) -> None:
    once = marks.embed(picture(**FORMATS[name]), MARKS)
    assert marks.embed(once, MARKS) == once


@pytest.mark.parametrize("name", FORMATS)
def test_a_stripped_file_says_nothing(name: str) -> None:
    hidden = b"<script>behind the end</script>"
    stripped = marks.strip(marks.embed(picture(**FORMATS[name]), MARKS) + hidden)
    assert marks.texts(stripped) == {}
    for word in (b"fox", b"provider", b"flux", b"script", "höhle".encode(), "höhle".encode("utf-16-be")):
        assert word not in stripped


@pytest.mark.parametrize("format_name", ["JPEG", "WEBP"])
def test_a_stripped_file_keeps_which_way_up_it_is(format_name: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Software] = "a camera"
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20)).save(buffer, format_name, exif=exif)
    stripped = opened(marks.strip(buffer.getvalue()))
    assert dict(stripped.getexif()) == {ExifTags.Base.Orientation: 6}


def test_every_chunk_of_a_png_is_sound() -> None:
    kinds = require_sound_png(marks.embed(picture(format="PNG"), MARKS))
    assert kinds.index(b"iTXt") < kinds.index(b"IDAT")


def test_every_chunk_of_a_webp_is_sound_and_in_order() -> None:
    for name in ("lossy webp", "bare webp", "transparent webp"):
        kinds = require_sound_webp(marks.embed(picture(**FORMATS[name]), MARKS))
        assert kinds[0] == b"VP8X"
        assert kinds[-2:] == [b"EXIF", b"XMP "]


def test_properties_that_a_file_has_already_are_not_doubled() -> None:
    theirs = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreatorTool>theirs</xmp:CreatorTool>'
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", xmp=theirs.encode())
    xmp = properties(marks.embed(buffer.getvalue(), MARKS))
    assert [item.text for item in xmp.iterfind(".//xmp:CreatorTool", NAMESPACES)] == ["theirs"]
    assert xmp.findtext(".//iptc:DigitalSourceType", namespaces=NAMESPACES) == MADE_BY_A_MODEL


@pytest.mark.parametrize("name", ["jpeg", "png", "lossy webp"])
def test_the_declaration_fits_beside_the_longest_prompt(name: str) -> None:
    long = marks_of(replace(RECIPE, prompt="🦊" * 20_000))
    data = marks.embed(picture(**FORMATS[name]), long)
    assert opened(data).size == (65, 48)
    assert properties(data).findtext(".//iptc:DigitalSourceType", namespaces=NAMESPACES) == MADE_BY_A_MODEL


@pytest.mark.parametrize(
    "prompt", ["</rdf:li></rdf:RDF>", "\x00\x01\x1f\ufffe", "]]>", "<!ENTITY x SYSTEM 'file:///etc/passwd'>"]
)
@pytest.mark.parametrize("name", ["jpeg", "png", "lossy webp"])
def test_no_prompt_breaks_out_of_its_place(name: str, prompt: str) -> None:
    data = marks.embed(picture(**FORMATS[name]), marks_of(replace(RECIPE, prompt=prompt)))
    xmp = properties(data)
    assert xmp.findtext(".//iptc:DigitalSourceType", namespaces=NAMESPACES) == MADE_BY_A_MODEL
    assert json.loads(marks.texts(data)["synthlabel"])["prompt"] == prompt


def test_a_damaged_file_is_downloaded_as_it_is() -> None:
    for name in ("png", "jpeg", "lossy webp"):
        damaged = picture(**FORMATS[name])[:40]
        assert marks.embed(damaged, MARKS) == damaged


def test_what_is_no_picture_has_no_texts() -> None:
    for data in (b"", b"<svg/>", b"GIF89a" + bytes(50), picture(format="PNG")[:30]):
        with pytest.raises(InvalidInputError):
            marks.texts(data)
        with pytest.raises(InvalidInputError):
            marks.strip(data)


def png_with(kind: bytes, content: bytes) -> bytes:
    plain = picture(format="PNG", bare=True)
    chunk = len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
    return plain[:33] + chunk + plain[33:]


def test_a_text_that_would_fill_the_memory_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(50 * MAX_TEXT_BYTES), 9)
    assert "parameters" not in marks.texts(png_with(b"zTXt", b"parameters\x00\x00" + bomb))


@pytest.mark.parametrize(
    ("content", "most"),
    [(zlib.compress(bytes(2 * MAX_TEXT_BYTES), 9), 3), (zlib.compress(b"other"), MAX_TEXTS - 1)],
    ids=["too long", "many"],
)
def test_no_more_texts_are_unpacked_than_a_picture_has(content: bytes, most: int) -> None:
    content = b"other\x00\x00" + content
    chunk = len(content).to_bytes(4, "big") + b"zTXt" + content + bytes(4)
    plain = png_with(b"tEXt", b"parameters\x00a fox")
    found = [marks.texts(plain[:33] + chunk * count + plain[33:]).get("parameters") for count in (most, most + 1)]
    assert found == ["a fox", None]


def test_entities_in_xmp_are_not_expanded() -> None:
    packet = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/" '
        b'xmlns:s="urn:synthlabel:xmp:1:"><s:recipe>&b;</s:recipe></x:xmpmeta>'
    )
    assert "synthlabel" not in marks.texts(png_with(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + packet))


@pytest.mark.parametrize("little", [True, False])
def test_comments_of_either_byte_order_are_read(little: bool) -> None:
    exif = Image.Exif()
    text = "a fox, Größe"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\x00" + text.encode(
        "utf-16-le" if little else "utf-16-be"
    )
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    assert marks.texts(buffer.getvalue())["UserComment"] == text


def _read_anything(data: bytes) -> Mapping[str, str]:
    try:
        return marks.texts(data)
    except InvalidInputError:
        return {}


@given(st.binary(max_size=400), st.sampled_from(["png", "jpeg", "lossy webp"]), st.integers(0, 600))
def test_no_file_makes_reading_or_writing_fail(noise: bytes, name: str, place: int) -> None:
    sound = marks.embed(picture(**FORMATS[name]), MARKS)
    spoiled = sound[:place] + noise + sound[place + len(noise) :]
    for data in (spoiled, noise, sound[: 3 * place], sound[:12] + noise):
        _read_anything(data)
        marks.embed(data, MARKS)
