"""The endpoints that the sandbox knows: their inputs, outputs, sizes and prices, read from ``schemas.json``."""

import json
import math
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Arguments = dict[str, Any]
FieldType = Literal["string", "integer", "number", "boolean", "enum", "size", "loras", "any"]

PIXELS_PER_MEGAPIXEL = 1024 * 1024
CUSTOM_SIDE_PX = 512
"""fal's default for a side that a custom ``image_size`` leaves out."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input. ``values`` are the choices of an enum, or the presets of a size."""

    type: FieldType
    required: bool = False
    default: Any = None
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    maximum_items: int | None = None


@dataclass(frozen=True, slots=True)
class SizeLimits:
    minimum_px: int = 64
    maximum_px: int = 4096
    minimum_pixels: int = 0
    maximum_pixels: int = 4096 * 4096
    multiple_of: int = 1


@dataclass(frozen=True, slots=True)
class Price:
    """``usd`` per ``unit``; a megapixel (1024 × 1024) is billed whole, each image rounded up."""

    unit: Literal["megapixels", "images"]
    usd: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``image`` names the shape of an image in the output, ``output`` the keys of the result.

    ``resolution`` counts where an image is asked for by its ratio alone.
    """

    id: str
    fields: dict[str, Field]
    output: tuple[str, ...]
    image: Literal["image", "registry", "file"]
    size: SizeLimits = field(default_factory=SizeLimits)
    price: Price | None = None
    resolution: str = "1K"

    @property
    def title(self) -> str:
        return self.id.split("/", 1)[1].replace("/", " ").replace("-", " ").title()

    def format_of(self, arguments: Arguments) -> Literal["jpeg", "png", "webp"]:
        chosen = arguments.get("output_format") or arguments.get("format")
        return "jpeg" if chosen in ("jpeg", "jpg") else chosen if chosen == "webp" else "png"

    def size_of(self, arguments: Arguments) -> tuple[int, int]:
        """Return (width_px, height_px) for validated arguments: a size, or a ratio and a resolution."""
        size = arguments.get("image_size")
        if isinstance(size, dict):
            return size["width"], size["height"]
        if isinstance(size, str):
            return _named_size(size)
        resolution = arguments.get("resolution") or self.resolution
        return _ratio_size(arguments.get("aspect_ratio") or "1:1", resolution)

    def units_of(self, size: tuple[int, int], count: int) -> float:
        if self.price is not None and self.price.unit == "images":
            return count
        return count * math.ceil(size[0] * size[1] / PIXELS_PER_MEGAPIXEL)


def _named_size(name: str) -> tuple[int, int]:
    if match := re.fullmatch(r"(\d+)x(\d+)", name):
        return int(match[1]), int(match[2])
    return presets().get(name, (1024, 1024))


def _ratio_size(ratio: str, resolution: str) -> tuple[int, int]:
    """About ``resolution`` squared pixels in the given ratio, sides in steps of 32 as image models like them."""
    match = re.fullmatch(r"(\d+):(\d+)", ratio)
    quotient = int(match[1]) / int(match[2]) if match and int(match[2]) else 1.0
    quotient = min(8.0, max(0.125, quotient))
    side = 1024 * float(resolution.removesuffix("K"))
    width, height = side * math.sqrt(quotient), side / math.sqrt(quotient)
    shrink = min(1.0, 4096 / max(width, height))
    return round(width * shrink / 32) * 32, round(height * shrink / 32) * 32


@cache
def _document() -> dict[str, Any]:
    return json.loads(files("synthlabel.sandbox").joinpath("schemas.json").read_text("utf-8"))


@cache
def presets() -> dict[str, tuple[int, int]]:
    return {name: (size[0], size[1]) for name, size in _document()["presets"].items()}


@cache
def endpoints() -> dict[str, Endpoint]:
    """All endpoints by id. Read once."""
    return {name: _endpoint(name, raw) for name, raw in _document()["endpoints"].items()}


def _endpoint(name: str, raw: dict[str, Any]) -> Endpoint:
    return Endpoint(
        id=name,
        fields={key: _field(value) for key, value in raw["fields"].items()},
        output=tuple(raw["output"]),
        image=raw["image"],
        size=SizeLimits(**raw.get("size", {})),
        price=Price(**raw["price"]) if "price" in raw else None,
        resolution=raw.get("resolution", "1K"),
    )


def _field(raw: dict[str, Any]) -> Field:
    known: dict[str, Any] = {**raw, "values": tuple(raw.get("values", ()))}
    return Field(**known)
