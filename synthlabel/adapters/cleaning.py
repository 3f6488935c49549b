"""Pictures that people send, reduced to their pixels: no place, no camera, no hidden file at the end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pyvips

from synthlabel.adapters.images import check_header
from synthlabel.errors import FieldError, InvalidInputError

JPEG_QUALITY = 95
_NONE = pyvips.enums.ForeignKeep.NONE


class VipsCleaner:
    """Implements ``ports.PictureCleaner`` on threads of its own: never in the event loop."""

    def __init__(self, *, threads: int = 1) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="cleaning")

    async def clean(self, data: bytes) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._pool, clean, data)


def clean(data: bytes) -> bytes:
    """Return the picture alone. PNG and lossless WebP keep their pixels exactly. Raises InvalidInputError."""
    name = check_header(data)
    try:
        picture = _in_srgb(pyvips.Image.new_from_buffer(data, "", fail_on="error").autorot())
        if name == "JPEG":
            return picture.jpegsave_buffer(Q=JPEG_QUALITY, keep=_NONE)
        if name == "WEBP":
            return picture.webpsave_buffer(lossless=b"VP8L" in data[:64], Q=JPEG_QUALITY, effort=2, keep=_NONE)
        return picture.pngsave_buffer(compression=4, filter=pyvips.enums.ForeignPngFilter.ALL, keep=_NONE)
    except pyvips.Error as error:
        raise InvalidInputError(FieldError("image", "The picture is damaged.")) from error


def _in_srgb(picture: pyvips.Image) -> pyvips.Image:
    """Return the picture with 8 bits per channel in sRGB: without its profile the numbers must mean that."""
    if picture.get_typeof("icc-profile-data"):
        try:
            return picture.icc_transform("srgb", embedded=True, depth=8)
        except pyvips.Error:  # a broken profile is no reason to refuse a good picture
            pass
    return picture.colourspace("srgb").cast("uchar")
