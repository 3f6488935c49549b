"""Checking, hashing and thumbnailing pictures: Pillow judges, libvips does the heavy work.

Order matters: libvips has no pixel limit of its own, so the header is judged before it sees the bytes.
"""

import asyncio
import base64
import hashlib
import io
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pyvips
from PIL import Image, UnidentifiedImageError
from thumbhash import rgba_to_thumb_hash

from synthlabel.errors import FieldError, InvalidInputError
from synthlabel.ports import PictureFacts

THUMBNAIL_SIDES_PX = (320, 640, 1280)
THUMBHASH_SIDE_PX = 32
BEHIND_TRANSPARENCY = (128, 128, 128, 255)
WEBP_QUALITY = 80
WEBP_EFFORT = 2
MAX_PIXELS = 64_000_000
MAX_SIDE_PX = 16_384
FORMATS = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}


class VipsInspector:
    """Implements ``ports.PictureInspector`` on a few threads of its own: never in the event loop."""

    def __init__(self, *, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")

    async def inspect(self, data: bytes) -> PictureFacts:
        return await asyncio.get_running_loop().run_in_executor(self._pool, inspect, data)


def inspect(data: bytes) -> PictureFacts:
    """Return the facts and thumbnails of a picture. Raises InvalidInputError."""
    name = check_header(data)
    content_type, extension = FORMATS[name]
    try:
        # A whole decode: a truncated or corrupt file fails here. The orientation is applied, then forgotten.
        # In sequence, from where the bytes are: file and pixels are in memory once.
        file = pyvips.Source.new_from_memory(data)
        read = pyvips.Image.new_from_source(file, "", access="sequential", fail_on="error")
        source = read.copy_memory().autorot()
        thumbnails = {side: _thumbnail(source, side) for side in THUMBNAIL_SIDES_PX}
        thumbhash = _thumbhash(thumbnails[THUMBNAIL_SIDES_PX[0]])
    except pyvips.Error as error:
        raise _refused("The picture is damaged.") from error
    return PictureFacts(
        content_type=content_type,
        extension=extension,
        width_px=source.width,
        height_px=source.height,
        sha256=hashlib.sha256(data).hexdigest(),
        thumbhash=thumbhash,
        thumbnails=thumbnails,
    )


def check_header(data: bytes) -> str:
    """Return the format as Pillow names it, from the header alone. Raises InvalidInputError if it is not taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as picture:
                width, height = picture.size
                frames = getattr(picture, "n_frames", 1)
                name = picture.format or ""
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _refused("This is not a PNG, JPEG or WebP picture of a reasonable size.") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise _refused("The picture is damaged.") from error
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise _refused(f"The picture is too large: {width} × {height} pixels.")
    if frames != 1:
        raise _refused("Moving pictures are not taken.")
    return name


def _thumbnail(source: pyvips.Image, side_px: int) -> bytes:
    picture = source
    if max(source.width, source.height) > side_px:
        picture = source.thumbnail_image(side_px, height=side_px, size="down")
    return picture.webpsave_buffer(Q=WEBP_QUALITY, effort=WEBP_EFFORT, keep=pyvips.enums.ForeignKeep.NONE)


def _thumbhash(thumbnail: bytes) -> str:
    with Image.open(io.BytesIO(thumbnail), formats=["WEBP"]) as picture:
        picture.thumbnail((THUMBHASH_SIDE_PX, THUMBHASH_SIDE_PX))
        # The package (0.1.2) fails on any transparency: it is laid on the grey of the page
        small = Image.new("RGBA", picture.size, BEHIND_TRANSPARENCY)
        small.alpha_composite(picture.convert("RGBA"))
    pixels: Sequence[int] = list(small.tobytes())
    return base64.b64encode(bytes(rgba_to_thumb_hash(small.width, small.height, pixels))).decode()


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(FieldError("image", message))
