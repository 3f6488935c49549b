"""Files of rendered pictures; what they are is written in their metadata too."""

import json
from io import BytesIO
from typing import Final, Literal

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from synthlabel.sandbox.renderer.picture import Picture

Format = Literal["jpeg", "png", "webp"]

SOFTWARE: Final = "SynthLabel sandbox"
_IMAGE_DESCRIPTION: Final = 0x010E  # EXIF 2.3, tag numbers
_SOFTWARE: Final = 0x0131


def encode(image: Image.Image, *, format: Format, picture: Picture) -> bytes:  # noqa: A002  # the name providers use
    """``image`` as a file. The same image and picture give the same bytes.

    Metadata: *Software* is ``SynthLabel sandbox``; the description is a JSON object with ``sandbox: true``, the prompt,
    the seed and the endpoint (EXIF ImageDescription for JPEG and WebP, a text chunk *Description* for PNG).
    """
    buffer = BytesIO()
    description = describe(picture)
    if format == "png":
        image.save(buffer, "PNG", compress_level=1, pnginfo=_png_info(description))
    elif format == "webp":
        image.save(buffer, "WEBP", quality=86, method=1, exif=_exif(description))
    else:
        image.save(buffer, "JPEG", quality=90, exif=_exif(description), comment=SOFTWARE)
    return buffer.getvalue()


def describe(picture: Picture) -> str:
    """ASCII JSON; EXIF text knows no other alphabet."""
    facts = {"sandbox": True, "note": "drawn by a stand-in, no model was run", "prompt": picture.prompt[:4000]}
    return json.dumps(facts | {"seed": picture.seed, "endpoint": picture.endpoint, "style": picture.style})


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
