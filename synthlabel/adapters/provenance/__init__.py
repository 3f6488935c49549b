"""Metadata of PNG, JPEG and WebP files, written and read without decoding the picture.

None of the libraries at hand adds to all three without encoding the pixels again.
"""

from collections.abc import Mapping
from types import ModuleType

from synthlabel.adapters.provenance import jpeg, png, webp
from synthlabel.adapters.provenance.exif import comments
from synthlabel.adapters.provenance.limits import MAX_TEXTS, MAX_TOTAL_CHARS, DamagedFileError
from synthlabel.adapters.provenance.xmp import recipe_in
from synthlabel.domain.provenance import RECIPE_KEYWORD, Marks
from synthlabel.errors import FieldError, InvalidInputError

_CONTAINERS: tuple[ModuleType, ...] = (png, jpeg, webp)


class FileMarks:
    """Implements ``ports.PictureMarks``."""

    def embed(self, data: bytes, marks: Marks) -> bytes:
        container = _container(data)
        if container is None:
            return data
        try:
            return container.embed(data, marks)
        except DamagedFileError:
            return data

    def strip(self, data: bytes) -> bytes:
        container = _container(data)
        if container is None:
            raise _refused("This is not a PNG, JPEG or WebP picture.")
        try:
            return container.strip(data)
        except DamagedFileError as error:
            raise _refused("The picture is damaged.") from error

    def texts(self, data: bytes) -> Mapping[str, str]:
        container = _container(data)
        if container is None:
            raise _refused("This is not a PNG, JPEG or WebP picture.")
        try:
            found = container.read(data)
        except DamagedFileError as error:
            raise _refused("The picture is damaged.") from error
        texts = {**comments(found.exif), **found.texts}
        recipe = recipe_in(found.xmp)
        if recipe is not None:
            texts.setdefault(RECIPE_KEYWORD, recipe)
        return _limited(texts)


def _container(data: bytes) -> ModuleType | None:
    return next((module for module in _CONTAINERS if module.matches(data)), None)


def _limited(texts: Mapping[str, str]) -> dict[str, str]:
    """Keep what fits: a file that is full of text is no reason to run out of memory."""
    kept: dict[str, str] = {}
    left = MAX_TOTAL_CHARS
    for name, text in list(texts.items())[:MAX_TEXTS]:
        if len(text) <= left:
            kept[name] = text
            left -= len(text)
    return kept


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(FieldError("file", message))
