"""What a person has filled in, as typed: kept on the server, and read into a request when it is priced or sent."""

import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from synthlabel.domain.catalog import AspectRatio, Catalog, CatalogModel, FieldValue, ModelField, SizeRule
from synthlabel.domain.generation import MAX_SEED, GenerationSpec, LoraChoice
from synthlabel.errors import FieldError, NotFoundError

CUSTOM = "custom"
MAX_SEED_DIGITS = len(str(MAX_SEED))


@dataclass(frozen=True, slots=True)
class SourcePick:
    """An image that goes into the request: one of the gallery, or an upload."""

    kind: Literal["image", "upload"]
    id: str
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True, slots=True)
class LoraPick:
    """``family`` says which models take it: one that the present model does not take is kept, and not sent."""

    id: str
    family: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """The form. Numbers that are typed stay text, so that nothing half typed is lost.

    ``params`` holds only what differs from the model's defaults; ``parked`` holds the values that the present model
    does not take and another one may take again.
    """

    model: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    shape: str = ""
    """The label of one of the model's ratios, or ``custom``."""
    width: str = ""
    height: str = ""
    count: int = 1
    seed_fixed: bool = False
    seed: str = ""
    params: Mapping[str, FieldValue] = field(default_factory=dict[str, FieldValue])
    parked: Mapping[str, FieldValue] = field(default_factory=dict[str, FieldValue])
    advanced: bool = False
    sources: tuple[SourcePick, ...] = ()
    loras: tuple[LoraPick, ...] = ()
    lines: bool = False
    """Whether each line of the prompt is a prompt of its own."""
    preset: str = ""
    """The id of the preset that the form was filled from."""


_DRAFT = TypeAdapter(Draft)


def read_draft(data: Mapping[str, Any], catalog: Catalog) -> Draft:
    """Return a stored draft, fitted to the catalogue of today. What cannot be read gives a fresh form. Never raises."""
    try:
        draft = _DRAFT.validate_python(dict(data))
    except ValidationError:
        draft = Draft()
    return choose_model(draft, model_of(draft, catalog))


def write_draft(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain JSON values."""
    return asdict(draft)


def changes(before: Draft, after: Draft) -> dict[str, Any]:
    """Return the fields that differ, as plain JSON values."""
    known = write_draft(before)
    return {name: value for name, value in write_draft(after).items() if value != known[name]}


def model_of(draft: Draft, catalog: Catalog) -> CatalogModel:
    """Return the chosen model; the catalogue's first one if that is gone."""
    try:
        return catalog.get_model(draft.model)
    except NotFoundError:
        return catalog.models[0]


def choose_model(draft: Draft, model: CatalogModel) -> Draft:
    """Change the model and keep every value that still applies. The others are parked, not forgotten."""
    values = {**draft.parked, **draft.params}
    known = {item.name: item for item in all_fields(draft, model)}
    applies = {name for name, value in values.items() if name in known and _applies(known[name], value)}
    draft = replace(
        draft,
        model=model.id,
        count=min(max(draft.count, 1), model.max_images),
        params={name: value for name, value in values.items() if name in applies},
        parked={name: value for name, value in values.items() if name not in applies},
    )
    return replace(draft, shape=_fitting_shape(draft, model.size))


def used_sources(draft: Draft, model: CatalogModel) -> tuple[SourcePick, ...]:
    """Return the sources that the model takes, which are the first ones. The others stay in the draft."""
    return draft.sources[: model.image_input.max_images] if model.image_input else ()


def used_loras(draft: Draft, model: CatalogModel) -> tuple[LoraPick, ...]:
    """Return the LoRAs that were made for the model. The others stay in the draft."""
    return tuple(lora for lora in draft.loras if model.loras and lora.family == model.loras.family)


def fields_of(draft: Draft, model: CatalogModel) -> tuple[ModelField, ...]:
    """Return the model's own inputs that count for the draft, with its sources."""
    return model.fields_for(sources=len(used_sources(draft, model)))


def all_fields(draft: Draft, model: CatalogModel) -> tuple[ModelField, ...]:
    """Return those that count, then those that would with a source, such as the strength."""
    fields = fields_of(draft, model)
    names = {item.name for item in fields}
    return (*fields, *(item for item in model.fields_for(sources=1) if item.name not in names))


def choose_shape(draft: Draft, size: SizeRule, *, shape: str) -> Draft:
    """Change the shape. A custom size starts from the shape that was chosen before."""
    if shape != CUSTOM:
        return replace(draft, shape=_listed(size, shape).label)
    before = _listed(size, draft.shape)
    if draft.shape == CUSTOM or size.kind != "pixels":
        return draft
    return replace(draft, shape=CUSTOM, width=str(before.width_px), height=str(before.height_px))


def set_param(draft: Draft, item: ModelField, value: FieldValue) -> Draft:
    """Change one of the model's own fields. A number may come as typed; the default is stored as an absence."""
    if item.type in ("integer", "number") and not isinstance(value, bool):
        value = _number(str(value))
    params = {name: kept for name, kept in draft.params.items() if name != item.name}
    if value not in (item.default, ""):
        params[item.name] = value
    return replace(draft, params=params)


def fix_seed(draft: Draft, *, fixed: bool, last_seed: str) -> Draft:
    """Switch between a random and a fixed seed. Fixing fills in the last seed unless one was typed before."""
    return replace(draft, seed_fixed=fixed, seed=draft.seed or last_seed if fixed else draft.seed)


def random_seed() -> str:
    return str(secrets.randbelow(MAX_SEED + 1))


def digits(text: str) -> str:
    """Return the digits of what was typed or pasted, at most as many as a seed has."""
    return re.sub(r"[^0-9]", "", text)[:MAX_SEED_DIGITS]


def reset(draft: Draft) -> Draft:
    """Put the numbers back to the model's defaults. The model, the texts, the sources and the LoRAs stay."""
    fresh = Draft()
    return replace(
        draft,
        **{name: getattr(fresh, name) for name in ("shape", "width", "height", "count", "seed_fixed", "seed")},
        params={},
        parked={},
    )


def read_spec(draft: Draft, model: CatalogModel) -> tuple[GenerationSpec, list[FieldError]]:
    """Read the form into a request, and say what of it is no number. Such fields are left out of the request."""
    errors: list[FieldError] = []
    known = {item.name for item in fields_of(draft, model)}
    width_px, height_px = _size(draft, model.size, errors)
    spec = GenerationSpec(
        prompt=draft.prompt,
        model=model.id,
        width_px=width_px,
        height_px=height_px,
        count=draft.count,
        seed=_seed(draft, errors) if draft.seed_fixed else None,
        negative_prompt=draft.negative_prompt if model.negative_prompt else "",
        params={name: value for name, value in draft.params.items() if name in known},
        loras=tuple(LoraChoice(lora.id, lora.weight) for lora in used_loras(draft, model)),
        sources=tuple(source.id for source in used_sources(draft, model)),
    )
    return spec, errors


def _applies(item: ModelField, value: FieldValue) -> bool:
    match item.type:
        case "boolean":
            return isinstance(value, bool)
        case "enum":
            return value in item.options
        case "string":
            return isinstance(value, str)
        case "integer" | "number":
            if isinstance(value, bool | str):
                return False
            low = -math.inf if item.minimum is None else item.minimum
            high = math.inf if item.maximum is None else item.maximum
            return low <= value <= high


def _fitting_shape(draft: Draft, size: SizeRule) -> str:
    if draft.shape == CUSTOM and size.kind == "pixels":
        return CUSTOM
    labels = [ratio.label for ratio in size.ratios]
    if draft.shape in labels:
        return draft.shape
    proportions = draft.shape.split(":") if ":" in draft.shape else [draft.width, draft.height]
    sides = [int(side) for side in proportions if digits(side) == side and side.strip("0")]
    return size.nearest(*sides).label if len(sides) == 2 else size.default.label


def _listed(size: SizeRule, label: str) -> AspectRatio:
    return next((ratio for ratio in size.ratios if ratio.label == label), size.default)


def _number(text: str) -> FieldValue:
    """Read a number as typed, with a comma or a point. What is none stays text: the service says what is wrong."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return text.strip()
    if not math.isfinite(value):
        return text.strip()
    return int(value) if value.is_integer() else value


def _size(draft: Draft, size: SizeRule, errors: list[FieldError]) -> tuple[int | None, int | None]:
    if draft.shape != CUSTOM or size.kind != "pixels":
        ratio = _listed(size, draft.shape)
        return ratio.width_px, ratio.height_px
    return _pixels("width", draft.width, errors), _pixels("height", draft.height, errors)


def _pixels(name: str, text: str, errors: list[FieldError]) -> int | None:
    if re.fullmatch(r"[0-9]{1,6}", text.strip()):
        return int(text)
    errors.append(FieldError(name, "Use a whole number of pixels."))
    return None


def _seed(draft: Draft, errors: list[FieldError]) -> int | None:
    if draft.seed:
        return int(digits(draft.seed) or 0)
    errors.append(FieldError("seed", "Enter a seed, or choose Random."))
    return None
