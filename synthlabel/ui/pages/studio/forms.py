"""What the form shows: a picture of the draft, made of the chosen model's catalogue entry. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

from synthlabel.domain.catalog import AspectRatio, Catalog, CatalogModel, FieldValue, ModelField, Quote, SizeRule
from synthlabel.domain.generation import GenerationSpec
from synthlabel.domain.money import usd_label
from synthlabel.errors import FieldError, InvalidInputError
from synthlabel.ui.components.js.controls import Option
from synthlabel.ui.pages.studio.draft import Draft, fields_of, model_of, read_spec

DRAWN_PX = 22
"""Longer side of the rectangles that stand for the shapes."""

STRENGTH = "strength"
MAX_OPTIONS_SIDE_BY_SIDE = 3
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    id: str
    name: str
    description: str
    price: str
    licence: str
    takes: str
    """What it takes besides words: images, LoRAs. Empty if nothing."""


@dataclass(frozen=True, slots=True)
class ShapeCard:
    label: str
    size: str
    drawn_width_px: int
    drawn_height_px: int


@dataclass(frozen=True, slots=True)
class FieldCard:
    """One of the model's own inputs.

    ``kind``: ``slider``, ``number``, ``segmented``, ``select``, ``switch`` or ``text``.
    """

    name: str
    label: str
    kind: str
    value: str
    number: float
    checked: bool
    minimum: float
    maximum: float
    step: float
    options: list[Option]
    help: str
    error: str


@dataclass(frozen=True, slots=True)
class PriceCard:
    """``stale`` while the form has mistakes: it is the last price known then, and never zero."""

    label: str = ""
    micros: int = 0
    note: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What is wrong with the form, by field; empty where nothing is. The model's own fields carry theirs."""

    model: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    width: str = ""
    height: str = ""
    count: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class FormCard:
    """``loaded`` is false until the person's draft was read: until then nothing of it counts."""

    loaded: bool = False
    model: str = ""
    model_name: str = ""
    takes_negative_prompt: bool = False
    prompt: str = ""
    negative_prompt: str = ""
    max_prompt_chars: int = 0
    shapes: list[ShapeCard] = field(default_factory=list[ShapeCard])
    shape: str = ""
    size: str = ""
    takes_custom_size: bool = False
    width: str = ""
    height: str = ""
    size_hint: str = ""
    count: int = 1
    max_images: int = 1
    seed_fixed: bool = False
    seed: str = ""
    fields: list[FieldCard] = field(default_factory=list[FieldCard])
    lines: bool = False
    advanced: bool = False
    changed: str = ""
    """How many of the advanced settings differ from the defaults, in words; empty if none does."""
    mistakes: Mistakes = Mistakes()


def model_cards(catalog: Catalog) -> list[ModelCard]:
    return [_model_card(model) for model in catalog.models]


def form_card(draft: Draft, catalog: Catalog, errors: Iterable[FieldError] = ()) -> FormCard:
    """Return all that the form shows of a draft and of what is wrong with it."""
    model = model_of(draft, catalog)
    messages = {error.field: error.message for error in errors}
    own = [item for item in fields_of(draft, model) if item.name != STRENGTH]  # that one stands at the source
    changed = sum(item.name in draft.params for item in own) + draft.seed_fixed
    return FormCard(
        loaded=True,
        model=model.id,
        model_name=model.name,
        takes_negative_prompt=model.negative_prompt,
        prompt=draft.prompt,
        negative_prompt=draft.negative_prompt,
        max_prompt_chars=model.max_prompt_chars,
        shapes=[_shape_card(ratio) for ratio in model.size.ratios],
        shape=draft.shape,
        size=_size_label(draft, model.size),
        takes_custom_size=model.size.kind == "pixels",
        width=draft.width,
        height=draft.height,
        size_hint=_size_hint(model.size),
        count=draft.count,
        max_images=model.max_images,
        seed_fixed=draft.seed_fixed,
        seed=draft.seed,
        fields=[field_card(item, draft, messages.get(f"params.{item.name}", "")) for item in own],
        lines=draft.lines,
        advanced=draft.advanced or any(_is_advanced(name) for name in messages),
        changed=f"{changed} changed" if changed else "",
        mistakes=Mistakes(**{item.name: messages.get(item.name, "") for item in fields(Mistakes)}),
    )


def price_card(
    draft: Draft, model: CatalogModel, estimate: Callable[[GenerationSpec], Quote], *, before: PriceCard
) -> tuple[PriceCard, list[FieldError]]:
    """Price precisely the request that the form would send, and say what is wrong with it.

    ``estimate`` knows the request's sources and LoRAs.
    """
    spec, errors = read_spec(draft, model)
    errors.extend(_mistakes(spec, estimate))
    # The price does not hang on the words, and a form without any has one as well
    priced = spec if spec.prompt.strip() else replace(spec, prompt=".")
    if any(error.field != "prompt" for error in errors) or _mistakes(priced, estimate):
        return replace(before, stale=True), errors
    quote = estimate(priced)
    return PriceCard(
        label=quote.label, micros=quote.amount_micros, note=f"{quote.formula}. Price of {quote.priced_at}."
    ), errors


def _mistakes(spec: GenerationSpec, estimate: Callable[[GenerationSpec], Quote]) -> Sequence[FieldError]:
    try:
        estimate(spec)
    except InvalidInputError as error:
        return error.errors
    return ()


def _is_advanced(name: str) -> bool:
    return name == "seed" or (name.startswith("params.") and name != f"params.{STRENGTH}")


def _size_label(draft: Draft, size: SizeRule) -> str:
    for ratio in size.ratios:
        if ratio.label == draft.shape:
            return f"{ratio.width_px} × {ratio.height_px}"
    return ""


def _model_card(model: CatalogModel) -> ModelCard:
    size = model.size.default
    quote = model.quote(size.width_px, size.height_px, count=1, params={})
    return ModelCard(
        id=model.id,
        name=model.name,
        description=model.description,
        price=f"{usd_label(quote.amount_micros)} per image",
        licence=model.licence,
        takes=_takes(model),
    )


def _takes(model: CatalogModel) -> str:
    parts: list[str] = []
    if model.image_input:
        count = model.image_input.max_images
        parts.append("a source image" if count == 1 else f"up to {count} images")
    if model.loras:
        parts.append("LoRAs")
    return f"Takes {' and '.join(parts)}" if parts else ""


def _shape_card(ratio: AspectRatio) -> ShapeCard:
    scale = DRAWN_PX / max(ratio.width_px, ratio.height_px)
    return ShapeCard(
        label=ratio.label,
        size=f"{ratio.width_px} × {ratio.height_px}",
        drawn_width_px=round(ratio.width_px * scale),
        drawn_height_px=round(ratio.height_px * scale),
    )


def _size_hint(size: SizeRule) -> str:
    hint = f"{size.min_side_px} to {size.max_side_px} pixels a side"
    return f"{hint}, in steps of {size.multiple_px}" if size.multiple_px > 1 else hint


def field_card(item: ModelField, draft: Draft, error: str) -> FieldCard:
    """Return the control of one of the model's own inputs."""
    value = draft.params.get(item.name, "" if item.default is None else item.default)
    low, high = item.minimum or 0, item.maximum or 0
    number = value if isinstance(value, int | float) else low
    return FieldCard(
        name=item.name,
        label=item.label,
        kind=_kind(item),
        value=_text(value),
        number=min(max(number, low), high),
        checked=value is True,
        minimum=low,
        maximum=high,
        step=item.step or (1 if item.type == "integer" else 0.1),
        options=[Option(value=option, label=_option_label(option)) for option in item.options],
        help=item.help,
        error=error,
    )


def _kind(item: ModelField) -> str:
    match item.type:
        case "boolean":
            return "switch"
        case "enum":
            return "segmented" if len(item.options) <= MAX_OPTIONS_SIDE_BY_SIDE else "select"
        case "string":
            return "text"
        case "integer" | "number":
            return "number" if item.minimum is None or item.maximum is None else "slider"


def _option_label(option: str) -> str:
    return FORMATS.get(option, option.replace("_", " ").capitalize())


def _text(value: FieldValue) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
