"""A generation: what a person asks for, the recipe made of it, and the states it goes through."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from synthlabel.domain.catalog import CatalogModel, FieldValue, ModelField, Quote
from synthlabel.errors import ConflictError, FieldError, InvalidInputError

MAX_SEED = 2**31 - 1
"""Seeds that every provider and every JSON reader takes without losing digits."""

MAX_STRING_CHARS = 2000
_LARGEST = 1e15  # no field comes near; infinity and NaN fail the comparison


class GenerationStatus(StrEnum):
    QUEUED = "queued"  # row and job committed; nothing sent
    SUBMITTING = "submitting"  # claimed; a POST may be in flight
    SUBMITTED = "submitted"  # the provider's request id is stored
    RUNNING = "running"  # the provider works on it
    INGESTING = "ingesting"  # result known; bytes are being copied to our storage
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # the answer to the POST was lost: it may or may not have been accepted


_S = GenerationStatus

MOVES: Mapping[GenerationStatus, frozenset[GenerationStatus]] = {
    # Submitted without our sending again: the provider said no and took it all the same, as its webhook shows.
    _S.QUEUED: frozenset({_S.SUBMITTING, _S.SUBMITTED, _S.CANCELLED}),
    # Back to queued only when the provider certainly took nothing.
    _S.SUBMITTING: frozenset({_S.SUBMITTED, _S.QUEUED, _S.FAILED, _S.CANCELLED, _S.UNKNOWN}),
    _S.SUBMITTED: frozenset({_S.RUNNING, _S.INGESTING, _S.FAILED, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.INGESTING, _S.FAILED, _S.CANCELLED}),
    # Cancelled: given up by a person while our storage fails.
    _S.INGESTING: frozenset({_S.DONE, _S.FAILED, _S.CANCELLED}),
    # Found again (submitted), refused after all (failed), or given up by a person (cancelled). Never back to queued.
    _S.UNKNOWN: frozenset({_S.SUBMITTED, _S.FAILED, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
}

TERMINAL = frozenset({_S.DONE, _S.FAILED, _S.CANCELLED})
AT_PROVIDER = frozenset({_S.SUBMITTING, _S.SUBMITTED, _S.RUNNING})
RETRYABLE = frozenset({_S.FAILED, _S.CANCELLED, _S.UNKNOWN})


def advance(current: GenerationStatus, target: GenerationStatus) -> GenerationStatus:
    """Return ``target`` if the table of moves allows it. Raises ConflictError otherwise."""
    if target not in MOVES[current]:
        raise ConflictError(f"A generation that is {current} cannot become {target}.")
    return target


@dataclass(frozen=True, slots=True)
class LoraChoice:
    model_id: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """What a person asks for. Fields left at None take the model's default."""

    prompt: str
    model: str
    width_px: int | None = None
    height_px: int | None = None
    count: int = 1
    seed: int | None = None
    negative_prompt: str = ""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    loras: tuple[LoraChoice, ...] = ()
    source_image_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked request, complete: ``arguments`` is the body that the provider gets, byte for byte."""

    model: CatalogModel
    prompt: str
    negative_prompt: str
    width_px: int
    height_px: int
    count: int
    seed: int
    params: Mapping[str, FieldValue]
    quote: Quote

    @property
    def arguments(self) -> dict[str, Any]:
        size = self.model.size
        body: dict[str, Any] = {**self.model.fixed, "prompt": self.prompt, **self.params}
        if size.kind == "pixels":
            body[size.field] = {"width": self.width_px, "height": self.height_px}
        else:
            body[size.field] = size.nearest(self.width_px, self.height_px).label
        body[self.model.count_field] = self.count
        body["seed"] = self.seed
        if self.model.negative_prompt and self.negative_prompt:
            body["negative_prompt"] = self.negative_prompt
        return body


def make_recipe(spec: GenerationSpec, model: CatalogModel) -> Recipe:
    """Check a request against its model and complete it with defaults and a seed.

    Raises InvalidInputError that names every wrong field at once.
    """
    errors: list[FieldError] = []
    prompt = _clean_text(spec.prompt)
    _check_prompt(prompt, model, errors)
    negative_prompt = _clean_text(spec.negative_prompt)
    if negative_prompt and not model.negative_prompt:
        errors.append(FieldError("negative_prompt", f"{model.name} takes no negative prompt."))
    elif len(negative_prompt) > model.max_prompt_chars:
        errors.append(FieldError("negative_prompt", f"Use at most {model.max_prompt_chars} characters."))
    width_px, height_px = _size(spec, model, errors)
    if not 1 <= spec.count <= model.max_images:
        errors.append(FieldError("count", f"{model.name} makes 1 to {model.max_images} images at once."))
    if spec.seed is not None and not 0 <= spec.seed <= MAX_SEED:
        errors.append(FieldError("seed", f"Use a whole number from 0 to {MAX_SEED}."))
    if spec.loras:
        errors.append(_lora_error(spec, model))
    if spec.source_image_id is not None:
        errors.append(FieldError("source_image_id", f"{model.name} takes no source image."))
    params = _params(spec.params, model, errors)
    if errors:
        raise InvalidInputError(*errors)
    return Recipe(
        model=model,
        prompt=prompt,
        negative_prompt=negative_prompt,
        width_px=width_px,
        height_px=height_px,
        count=spec.count,
        seed=secrets.randbelow(MAX_SEED + 1) if spec.seed is None else spec.seed,
        params=params,
        quote=model.quote(width_px, height_px, count=spec.count, params=params),
    )


def _clean_text(text: str) -> str:
    """Trim, and drop NUL and lone surrogates, which PostgreSQL cannot store."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _check_prompt(prompt: str, model: CatalogModel, errors: list[FieldError]) -> None:
    if not prompt:
        errors.append(FieldError("prompt", "Write what the image should show."))
    elif len(prompt) > model.max_prompt_chars:
        errors.append(
            FieldError("prompt", f"Use at most {model.max_prompt_chars} characters; these are {len(prompt)}.")
        )


def _lora_error(spec: GenerationSpec, model: CatalogModel) -> FieldError:
    if model.loras is None:
        return FieldError("loras", f"{model.name} takes no LoRAs.")
    if len(spec.loras) > model.loras.max_count:
        return FieldError("loras", f"{model.name} takes at most {model.loras.max_count} LoRAs.")
    return FieldError("loras", f"There is no trained model “{spec.loras[0].model_id[:80]}”.")


def _size(spec: GenerationSpec, model: CatalogModel, errors: list[FieldError]) -> tuple[int, int]:
    rule = model.size
    width_px = spec.width_px if spec.width_px is not None else rule.default.width_px
    height_px = spec.height_px if spec.height_px is not None else rule.default.height_px
    before = len(errors)
    for name, side_px in (("width", width_px), ("height", height_px)):
        if not rule.min_side_px <= side_px <= rule.max_side_px:
            errors.append(FieldError(name, f"Use {rule.min_side_px} to {rule.max_side_px} pixels."))
        elif side_px % rule.multiple_px:
            errors.append(FieldError(name, f"Use a multiple of {rule.multiple_px} pixels."))
    if len(errors) > before:
        return rule.default.width_px, rule.default.height_px
    if rule.max_pixels is not None and width_px * height_px > rule.max_pixels:
        errors.append(FieldError("width", f"Width × height may be at most {rule.max_pixels:,} pixels."))
    if rule.kind == "ratio":
        nearest = rule.nearest(width_px, height_px)
        return nearest.width_px, nearest.height_px
    return width_px, height_px


def _params(given: Mapping[str, Any], model: CatalogModel, errors: list[FieldError]) -> dict[str, FieldValue]:
    known = {item.name: item for item in model.fields}
    errors.extend(
        FieldError(f"params.{name[:80]}", f"{model.name} has no such parameter.") for name in given if name not in known
    )
    values: dict[str, FieldValue] = {}
    for name, item in known.items():
        value = given.get(name)
        if value is None:
            if item.default is not None:
                values[name] = item.default
            continue
        problem = _field_problem(item, value)
        if problem:
            errors.append(FieldError(f"params.{name}", problem))
        else:
            values[name] = int(value) if item.type == "integer" else value
    return values


def _field_problem(item: ModelField, value: object) -> str | None:
    match item.type:
        case "boolean":
            return None if isinstance(value, bool) else "Use true or false."
        case "enum":
            allowed = ", ".join(item.options)
            return None if value in item.options else f"Use one of: {allowed}."
        case "string":
            fits = isinstance(value, str) and len(value) <= MAX_STRING_CHARS
            return None if fits else f"Use text of at most {MAX_STRING_CHARS} characters."
        case "integer" | "number":
            return _number_problem(item, value)


def _number_problem(item: ModelField, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
        return "Use a number."
    if item.type == "integer" and value != int(value):
        return "Use a whole number."
    low, high = item.minimum, item.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"Use {low:g} to {high:g}." if low is not None and high is not None else "Out of range."
    return None
