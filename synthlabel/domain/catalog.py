"""The catalogue: which models there are, what they accept and what they cost. Data, read once at start."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from synthlabel.domain.money import micros_from_usd, usd_label, usd_string
from synthlabel.errors import NotFoundError

PIXELS_PER_MEGAPIXEL = 1024 * 1024
"""The provider bills whole megapixels; 1024 × 1024 counts as one. See docs/decisions/0005."""


class Task(StrEnum):
    """What a model does. All but ``generate`` are done to an image that is there already."""

    GENERATE = "generate"
    UPSCALE = "upscale"
    REMOVE_BACKGROUND = "remove_background"
    DESCRIBE = "describe"


PriceUnit = Literal["megapixel", "image", "request"]
FieldType = Literal["integer", "number", "boolean", "enum", "string"]
FieldValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class ModelField:
    """One input of a model beyond the common ones (prompt, size, count, seed, negative prompt, LoRAs)."""

    name: str
    label: str
    type: FieldType
    default: FieldValue | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    options: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class AspectRatio:
    """A shape on offer. ``label`` is the ratio, such as ``4:3``."""

    label: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class SizeRule:
    """How a model takes its size.

    ``pixels``: any width and height within the limits, sent as ``{width, height}``.
    ``ratio``: only the listed aspect ratios, sent by label in ``field``.
    ``source``: none: the result is as large as the source image, times ``ImageInput.scale_field``'s value.
    """

    kind: Literal["pixels", "ratio", "source"]
    field: str
    default: AspectRatio
    ratios: tuple[AspectRatio, ...]
    min_side_px: int = 256
    max_side_px: int = 2048
    multiple_px: int = 1
    max_pixels: int | None = None

    def nearest(self, width_px: int, height_px: int) -> AspectRatio:
        """Return the listed ratio that is closest to a size, compared as proportions."""
        target = math.log(width_px / height_px)
        return min(self.ratios, key=lambda r: abs(math.log(r.width_px / r.height_px) - target))


@dataclass(frozen=True, slots=True)
class PriceExtra:
    """A surcharge per image while a boolean parameter is on."""

    param: str
    usd_per_image: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """``usd`` per unit. A megapixel is billed whole, each image rounded up.

    ``request``: a flat price, whatever units the provider counts, where these are too small to be told beforehand.
    """

    unit: PriceUnit
    usd: Decimal
    as_of: str
    source: str
    extras: tuple[PriceExtra, ...] = ()

    @property
    def formula(self) -> str:
        per = "megapixel, rounded up per image" if self.unit == "megapixel" else self.unit
        extras = "".join(f" + ${e.usd_per_image} per image with {e.param}" for e in self.extras)
        return f"${self.usd} per {per}{extras}"


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request will cost: ``amount_micros``, how that comes about, and the date of the price."""

    amount_micros: int
    formula: str
    priced_at: str

    @property
    def usd(self) -> str:
        return usd_string(self.amount_micros)

    @property
    def label(self) -> str:
        return usd_label(self.amount_micros)


@dataclass(frozen=True, slots=True)
class LoraSupport:
    """``family`` names the models that LoRAs are trained for: only those of the same family fit."""

    max_count: int
    family: str
    min_weight: float = 0.0
    max_weight: float = 4.0


@dataclass(frozen=True, slots=True)
class ImageInput:
    """How a model takes images.

    ``endpoint`` is the provider's id of the variant that does, ``field`` the input that gets one address or, if
    ``max_images`` is more than one, a list of them. ``size`` says whether the result has the ``source``'s size or the
    one that is ``given``. ``fields`` are inputs that only this variant has; a ``strength`` among them goes from 0 (the
    source as it is) to 1 (nothing of it). ``counts_sources``: the provider bills the pixels of the sources as well.
    """

    endpoint: str
    field: str
    max_images: int = 1
    required: bool = False
    size: Literal["source", "given"] = "source"
    scale_field: str | None = None
    fields: tuple[ModelField, ...] = ()
    counts_sources: bool = False

    @property
    def strength(self) -> ModelField | None:
        return next((item for item in self.fields if item.name == "strength"), None)


@dataclass(frozen=True, slots=True)
class SourceSize:
    """The size of an image that goes into a request."""

    width_px: int
    height_px: int

    @property
    def megapixels(self) -> int:
        return billed_megapixels(self.width_px, self.height_px)


def billed_megapixels(width_px: int, height_px: int) -> int:
    """Return how many whole megapixels the provider bills for an image."""
    return math.ceil(width_px * height_px / PIXELS_PER_MEGAPIXEL)


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that makes images, or does something to one. ``endpoint`` is the provider's id for it."""

    id: str
    name: str
    provider: str
    endpoint: str
    description: str
    licence: str
    price: Price
    size: SizeRule
    max_images: int
    fields: tuple[ModelField, ...]
    task: Task = Task.GENERATE
    count_field: str = "num_images"
    negative_prompt: bool = False
    loras: LoraSupport | None = None
    image_input: ImageInput | None = None
    max_prompt_chars: int = 5000
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def fields_for(self, *, sources: int) -> tuple[ModelField, ...]:
        """Return the inputs that count for a request with so many source images."""
        if not sources or self.image_input is None:
            return self.fields
        own = {item.name for item in self.image_input.fields}
        return (*self.image_input.fields, *(item for item in self.fields if item.name not in own))

    def quote(
        self,
        width_px: int,
        height_px: int,
        *,
        count: int,
        params: Mapping[str, Any],
        sources: Sequence[SourceSize] = (),
    ) -> Quote:
        """Price ``count`` images of one size. Pure; the same input gives the same quote."""
        megapixels = billed_megapixels(width_px, height_px)
        units = megapixels if self.price.unit == "megapixel" else 1
        per_image = self.price.usd * units
        formula = f"${self.price.usd}"
        if self.price.unit == "megapixel":
            formula = f"{megapixels} MP × {formula}"
        for extra in self.price.extras:
            if params.get(extra.param) is True:
                per_image += extra.usd_per_image
                formula += f" + ${extra.usd_per_image}"
        if count > 1 and "+" in formula:
            formula = f"({formula})"
        formula = f"{_counted(count, 'description' if self.task is Task.DESCRIBE else 'image')} × {formula}"
        usd = per_image * count
        if megapixels := self._billed_sources(sources) * count:
            usd += self.price.usd * megapixels
            formula += f" + {megapixels} MP of sources × ${self.price.usd}"
        amount = micros_from_usd(usd)
        return Quote(amount, f"{formula} = {usd_label(amount)}", self.price.as_of)

    def _billed_sources(self, sources: Sequence[SourceSize]) -> int:
        """Return how many megapixels of sources are billed for each image that is made.

        The provider's page says that input and output are billed, not whether the input counts once for all images of
        a request: the higher price is the one to show, since what is billed less is given back.
        """
        counts = self.image_input is not None and self.image_input.counts_sources
        return sum(source.megapixels for source in sources) if counts else 0

    def charge_micros(self, billable_units: float, *, count: int, params: Mapping[str, Any]) -> int:
        """Price what the provider says it billed: its units, and the surcharges for ``count`` images."""
        if self.price.unit == "request":
            return micros_from_usd(self.price.usd) if billable_units else 0
        usd = self.price.usd * Decimal(str(billable_units))
        usd += sum((e.usd_per_image * count for e in self.price.extras if params.get(e.param) is True), Decimal(0))
        return micros_from_usd(usd)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" + ("s" if count != 1 else "")


@dataclass(frozen=True, slots=True)
class Catalog:
    """All models, in the order in which they are shown; the first one is the default. ``tools`` work on an image."""

    models: tuple[CatalogModel, ...]
    tools: tuple[CatalogModel, ...] = ()

    def get_model(self, model_id: str) -> CatalogModel:
        """Return a model or tool by id. Raises NotFoundError."""
        for model in (*self.models, *self.tools):
            if model.id == model_id:
                return model
        raise NotFoundError(f"There is no model “{model_id[:80]}”.")

    def tools_for(self, task: Task) -> tuple[CatalogModel, ...]:
        """Return the tools for a task; the first one is the default."""
        return tuple(tool for tool in self.tools if tool.task is task)

    @property
    def lora_families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(model.loras.family for model in self.models if model.loras is not None))
