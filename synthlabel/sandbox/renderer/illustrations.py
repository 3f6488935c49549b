"""The vendored illustrations: an archive of pictures with an index of the words that name them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final, Self, TypedDict
from zipfile import ZipFile

from PIL import Image

from synthlabel.sandbox.renderer import drawings

_ARCHIVE: Final = Path(__file__).parent.parent / "illustrations" / "fluent-emoji.zip"
_reading = Lock()  # a ZipFile has one file position


@dataclass(frozen=True, slots=True)
class Sprite:
    """One illustration.

    ``size`` is relative to a dog's; ``box``: what is drawn of its square (left, top, right, bottom, px); ``files``: one
    for each skin tone.
    """

    name: str
    kind: str
    size: float
    box: tuple[int, int, int, int]
    files: tuple[str, ...]

    def picture(self, variant: int = 0) -> Image.Image:
        """The trimmed RGBA picture; do not draw on it, it is shared."""
        return _trimmed(self.files[variant % len(self.files)], self.box)


@dataclass(frozen=True, slots=True)
class Library:
    """Sprites by name; ``names`` call a sprite outright, ``keywords`` only hint at one."""

    sprites: Mapping[str, Sprite]
    names: Mapping[str, str]
    keywords: Mapping[str, str]

    @classmethod
    def read(cls) -> Self:
        index: _Index = json.loads(_read("index.json"))
        sprites = {name: _sprite(name, entry) for name, entry in index["sprites"].items()}
        sprites |= {name: _drawn(name) for name in drawings.NAMES}
        return cls(sprites, index["names"] | {name: name for name in drawings.NAMES}, index["keywords"])


@lru_cache(maxsize=1)
def library() -> Library:
    return Library.read()


class _Entry(TypedDict):
    kind: str
    size: float
    box: tuple[int, int, int, int]
    files: list[str]


class _Index(TypedDict):
    sprites: dict[str, _Entry]
    names: dict[str, str]
    keywords: dict[str, str]


def _sprite(name: str, entry: _Entry) -> Sprite:
    left, top, right, bottom = entry["box"]
    return Sprite(name, entry["kind"], entry["size"], (left, top, right, bottom), tuple(entry["files"]))


def _drawn(name: str) -> Sprite:
    kind, size = drawings.NAMES[name]
    picture = drawings.draw(name)
    return Sprite(name, kind, size, picture.getbbox() or (0, 0, *picture.size), (f"drawn:{name}",))


def _read(member: str) -> bytes:
    with _reading, ZipFile(_ARCHIVE) as archive:
        return archive.read(member)


@lru_cache(maxsize=96)
def _trimmed(file: str, box: tuple[int, int, int, int]) -> Image.Image:
    if file.startswith("drawn:"):
        return drawings.draw(file.removeprefix("drawn:")).crop(box)
    return Image.open(BytesIO(_read(f"{file}.webp"))).convert("RGBA").crop(box)
