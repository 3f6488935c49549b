"""The endpoints that the sandbox knows: their inputs, outputs, limits and prices, read from ``schemas.json``."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Arguments = dict[str, Any]
FieldType = Literal["string", "strings", "integer", "number", "boolean", "enum", "size", "loras", "any"]
Kind = Literal["generate", "redraw", "edit", "upscale", "cutout", "caption"]
Format = Literal["jpeg", "png", "webp", "gif"]

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
    minimum_items: int | None = None
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
    """``usd`` per ``unit``; a megapixel (1024 × 1024) is billed whole, each image rounded up.

    ``counts_inputs``: each image made is billed with the megapixels of the images that it was made from.
    """

    unit: Literal["megapixels", "images"]
    usd: float
    counts_inputs: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``image`` names the shape of an image in the output, ``output`` the keys of the result.

    ``kind``: what is done. All but *generate* start from images that are given by URL, ``sources`` of them at most;
    further ones are ignored. ``resolution`` counts where an image is asked for by its ratio alone.
    """

    id: str
    fields: dict[str, Field]
    output: tuple[str, ...]
    image: Literal["image", "registry", "file"]
    kind: Kind = "generate"
    sources: int = 1
    size: SizeLimits = field(default_factory=SizeLimits)
    price: Price | None = None
    resolution: str = "1K"

    @property
    def title(self) -> str:
        return self.id.split("/", 1)[1].replace("/", " ").replace("-", " ").title()

    @property
    def category(self) -> str:
        """fal's name for the kind of model. https://fal.ai/models"""
        return {"generate": "text-to-image", "caption": "vision"}.get(self.kind, "image-to-image")

    def format_of(self, arguments: Arguments) -> Format:
        chosen = arguments.get("output_format") or arguments.get("format")
        return "jpeg" if chosen in ("jpeg", "jpg") else chosen if chosen in ("webp", "gif") else "png"

    def units_of(self, made: Sequence[tuple[int, int]], given: Sequence[tuple[int, int]] = ()) -> float:
        """What is billed for images of the sizes ``made`` from images of the sizes ``given``."""
        if self.kind in ("cutout", "caption"):
            return 1
        if self.price is not None and self.price.unit == "images":
            return len(made)
        counts_inputs = self.price is not None and self.price.counts_inputs
        return _megapixels(made) + (len(made) * _megapixels(given) if counts_inputs else 0)


def _megapixels(sizes: Sequence[tuple[int, int]]) -> int:
    return sum(math.ceil(width * height / PIXELS_PER_MEGAPIXEL) for width, height in sizes)


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
        kind=raw.get("kind", "generate"),
        sources=raw.get("sources", 1),
        size=SizeLimits(**raw.get("size", {})),
        price=Price(**raw["price"]) if "price" in raw else None,
        resolution=raw.get("resolution", "1K"),
    )


def _field(raw: dict[str, Any]) -> Field:
    known: dict[str, Any] = {**raw, "values": tuple(raw.get("values", ()))}
    return Field(**known)
