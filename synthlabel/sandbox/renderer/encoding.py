"""Files of rendered pictures; what they are is written in their metadata too."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal, Protocol

from PIL import Image
from PIL.PngImagePlugin import PngInfo

Format = Literal["jpeg", "png", "webp", "gif"]

SOFTWARE: Final = "SynthLabel sandbox"
_IMAGE_DESCRIPTION: Final = 0x010E  # EXIF 2.3, tag numbers
_SOFTWARE: Final = 0x0131


class Label(Protocol):
    """What a file says of its label."""

    @property
    def prompt(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def style(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Note:
    """A label that was read from a file, or that belongs to no picture of ours."""

    prompt: str
    seed: int
    endpoint: str = ""
    style: str = ""


def encode(image: Image.Image, *, format: Format, label: Label) -> bytes:  # noqa: A002  # the name providers use
    """``image`` (RGB, RGBA or L) as a file; JPEG has no transparency. The same image and label give the same bytes.

    Metadata: *Software* is ``SynthLabel sandbox``; the description is a JSON object with ``sandbox: true``, the prompt,
    the seed and the endpoint (EXIF ImageDescription for JPEG and WebP, a text chunk *Description* for PNG, the
    comment of a GIF).
    """
    buffer = BytesIO()
    description = describe(label)
    if format == "png":
        image.save(buffer, "PNG", compress_level=1, pnginfo=_png_info(description))
    elif format == "webp":
        image.save(buffer, "WEBP", quality=86, method=1, exif=_exif(description))
    elif format == "gif":
        image.save(buffer, "GIF", comment=description)
    else:
        image.convert("RGB").save(buffer, "JPEG", quality=90, exif=_exif(description), comment=SOFTWARE)
    return buffer.getvalue()


def describe(label: Label) -> str:
    """ASCII JSON; EXIF text knows no other alphabet."""
    facts = {"sandbox": True, "note": "drawn by a stand-in, no model was run", "prompt": label.prompt[:4000]}
    return json.dumps(facts | {"seed": label.seed, "endpoint": label.endpoint, "style": label.style})


def note_of(image: Image.Image) -> Note | None:
    """What an opened file says of itself if the sandbox made it; None for every other image. Never fails."""
    texts = image.info.get("Description"), image.getexif().get(_IMAGE_DESCRIPTION), image.info.get("comment")
    return next((note for text in texts if (note := _note(text)) is not None), None)


def _note(text: object) -> Note | None:
    try:
        facts: Any = json.loads(text) if isinstance(text, str | bytes) else None
    except ValueError:
        return None
    match facts:
        case {"sandbox": True, "prompt": str(prompt), "seed": int(seed), **more}:
            return Note(prompt, seed, str(more.get("endpoint", "")), str(more.get("style", "")))
        case _:
            return None


def _png_info(description: str) -> PngInfo:
    info = PngInfo()
    info.add_text("Software", SOFTWARE)
    info.add_text("Description", description)
    return info


def _exif(description: str) -> Image.Exif:
    exif = Image.Exif()
    exif[_IMAGE_DESCRIPTION] = description
    exif[_SOFTWARE] = SOFTWARE
    return exif
