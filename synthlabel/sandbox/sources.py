"""The images that a request starts from: what the sandbox keeps itself, or data: URIs. It never fetches anything."""

import base64
import binascii
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from PIL import Image, ImageOps

from synthlabel.sandbox.catalogue import Arguments, Endpoint
from synthlabel.sandbox.files import FileStore
from synthlabel.sandbox.jobs import Json
from synthlabel.sandbox.renderer import Note, note_of
from synthlabel.sandbox.sizing import Size
from synthlabel.sandbox.validation import InvalidInputError, detail

_BYTES_MAX: Final = 64 << 20
_PIXELS_MAX: Final = 64_000_000
_OUTPUT_PIXELS_MAX: Final = 1 << 25
_READABLE: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_DOWNLOAD = "Failed to download the file. Please check if the URL is accessible and try again."
_LOAD = "Failed to load the image. Please ensure the image file is not corrupted and is in a supported format."


@dataclass(frozen=True, slots=True)
class Source:
    """``image``: upright, RGB, or RGBA where it has transparency. ``note``: what a picture of the sandbox says of
    itself, None for any other."""

    image: Image.Image
    note: Note | None

    @property
    def size(self) -> Size:
        return self.image.size


def given_urls(endpoint: Endpoint, arguments: Arguments) -> list[tuple[tuple[str | int, ...], str]]:
    """The URLs that count, each with its place in the body."""
    if endpoint.kind == "generate":
        return []
    if "image_urls" in endpoint.fields:
        urls: list[str] = arguments["image_urls"]
        return [(("image_urls", index), url) for index, url in enumerate(urls[: endpoint.sources])]
    return [(("image_url",), arguments["image_url"])]


class SourceDesk:
    """Opens sources. Blocking."""

    def __init__(self, files: FileStore, *, files_url: str) -> None:
        """``files_url``: what the URLs of the sandbox's own files begin with."""
        self._files = files
        self._files_url = files_url

    def open_all(self, endpoint: Endpoint, arguments: Arguments) -> tuple[Source, ...]:
        """Raises InvalidInputError with fal's error for the first source that cannot be had or read."""
        return tuple(self._open(loc, url) for loc, url in given_urls(endpoint, arguments))

    def _open(self, loc: tuple[str | int, ...], url: str) -> Source:
        data = self._data(url)
        if data is None:
            raise _refused(loc, "file_download_error", _DOWNLOAD, url)
        if len(data) > _BYTES_MAX:
            raise _refused(loc, "file_too_large", "File is too large.", url, {"max_size": _BYTES_MAX})
        try:
            return _decoded(data)
        except _TooManyPixelsError:
            limit = int(_PIXELS_MAX**0.5)
            ctx = {"max_height": limit, "max_width": limit}
            raise _refused(loc, "image_too_large", "Image dimensions are too large.", url, ctx) from None
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
            raise _refused(loc, "image_load_error", _LOAD, url) from None

    def _data(self, url: str) -> bytes | None:
        if url.startswith("data:"):
            return _data_of_uri(url)
        address = urlsplit(url)._replace(query="", fragment="").geturl()
        if not address.startswith(self._files_url):
            return None
        found = self._files.find(address.removeprefix(self._files_url))
        return found[0].read_bytes() if found else None


def check_output(size: Size) -> None:
    """Raises InvalidInputError for a result that would be too large."""
    if size[0] * size[1] > _OUTPUT_PIXELS_MAX:
        limit = int(_OUTPUT_PIXELS_MAX**0.5)
        message = f"The result of {size[0]} × {size[1]} pixels is too large."
        raise _refused(("image_url",), "image_too_large", message, None, {"max_height": limit, "max_width": limit})


def sizes(sources: Sequence[Source]) -> list[Size]:
    return [source.size for source in sources]


class _TooManyPixelsError(Exception):
    pass


def _decoded(data: bytes) -> Source:
    with warnings.catch_warnings():
        # The size is checked below, before anything is decoded.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(data), formats=_READABLE)
    if image.width * image.height > _PIXELS_MAX:
        raise _TooManyPixelsError
    note = note_of(image)
    upright = ImageOps.exif_transpose(image)
    transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    return Source(upright.convert("RGBA" if transparent else "RGB"), note)


def _data_of_uri(url: str) -> bytes | None:
    head, comma, body = url.removeprefix("data:").partition(",")
    if not comma:
        return None
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body), validate=True)
    except (binascii.Error, ValueError):
        return None


def _refused(
    loc: tuple[str | int, ...], kind: str, message: str, url: str | None, ctx: Json | None = None
) -> InvalidInputError:
    shown = None if url is None else url if len(url) <= 2000 else url[:100] + "…"
    return InvalidInputError([detail(loc, message, kind, given=shown, ctx=ctx)])
