"""A generation: what a person asks for, the recipe made of it, and the states it goes through."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from synthlabel.domain.catalog import CatalogModel, FieldValue, ImageInput, Quote, SourceSize, Task
from synthlabel.domain.params import checked_params
from synthlabel.domain.sizes import asked_size, size_of_source
from synthlabel.errors import ConflictError, FieldError, InvalidInputError

MAX_SEED = 2**31 - 1
"""Seeds that every provider and every JSON reader takes without losing digits."""


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
class LoraWeights:
    """A LoRA that was looked up for a ``LoraChoice``, with the weight that was chosen."""

    id: str
    name: str
    family: str
    trigger_word: str
    url: str
    weight: float


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What was looked up for a request: the sizes of its sources and its LoRAs, in the order of the request's."""

    sources: tuple[SourceSize, ...] = ()
    loras: tuple[LoraWeights, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """What a person asks for. Fields left at None take the model's default.

    ``sources`` are ids of images in the gallery, or of uploads.
    """

    prompt: str
    model: str
    width_px: int | None = None
    height_px: int | None = None
    count: int = 1
    seed: int | None = None
    negative_prompt: str = ""
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    loras: tuple[LoraChoice, ...] = ()
    sources: tuple[str, ...] = ()


_SOURCE = "source:"
"""How the body names a source image until that is at the provider and has an address there."""


def with_sources(arguments: Mapping[str, Any], addresses: Sequence[str]) -> dict[str, Any]:
    """Return a body in which each source has its address. Pure."""

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(item) for item in cast("list[Any]", value)]
        if isinstance(value, str) and value.startswith(_SOURCE) and value[len(_SOURCE) :].isdigit():
            return addresses[int(value[len(_SOURCE) :])]
        return value

    return {name: filled(value) if name in _SOURCE_FIELDS else value for name, value in arguments.items()}


_SOURCE_FIELDS = frozenset({"image_url", "image_urls"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked request, complete: ``arguments`` is the body that the provider gets, byte for byte.

    Only the addresses of its sources are still missing there: see ``with_sources``.
    """

    model: CatalogModel
    prompt: str
    negative_prompt: str
    width_px: int
    height_px: int
    count: int
    seed: int
    params: Mapping[str, FieldValue]
    quote: Quote
    sources: int = 0
    loras: tuple[LoraWeights, ...] = ()

    @property
    def endpoint(self) -> str:
        image_input = self._image_input
        return self.model.endpoint if image_input is None else image_input.endpoint

    @property
    def arguments(self) -> dict[str, Any]:
        body: dict[str, Any] = {**self.model.fixed, **self.params, **self._image_arguments}
        if self.model.task is Task.GENERATE:
            body |= {"prompt": self.prompt, self.model.count_field: self.count, **self._size_arguments}
        if self.model.task in (Task.GENERATE, Task.UPSCALE):
            body["seed"] = self.seed
        if self.model.negative_prompt and self.negative_prompt:
            body["negative_prompt"] = self.negative_prompt
        if self.loras:
            body["loras"] = [{"path": lora.url, "scale": lora.weight} for lora in self.loras]
        return body

    @property
    def _image_input(self) -> ImageInput | None:
        return self.model.image_input if self.sources else None

    @property
    def _image_arguments(self) -> dict[str, Any]:
        image_input = self._image_input
        if image_input is None:
            return {}
        names = [f"{_SOURCE}{position}" for position in range(self.sources)]
        return {image_input.field: names if image_input.max_images > 1 else names[0]}

    @property
    def _size_arguments(self) -> dict[str, Any]:
        size = self.model.size
        if self._image_input is not None and self._image_input.size == "source":
            return {}
        if size.kind == "pixels":
            return {size.field: {"width": self.width_px, "height": self.height_px}}
        return {size.field: size.nearest(self.width_px, self.height_px).label}


def make_recipe(spec: GenerationSpec, model: CatalogModel, given: Ingredients | None = None) -> Recipe:
    """Check a request against its model and complete it with defaults and a seed.

    ``given`` holds what was looked up for its sources and LoRAs. Raises InvalidInputError that names every wrong field
    at once.
    """
    given = given or Ingredients()
    errors: list[FieldError] = []
    _check_sources(len(given.sources), model, errors)
    _check_loras(spec, given.loras, model, errors)
    prompt = _with_trigger_words(_clean_text(spec.prompt), given.loras)
    if model.task is Task.GENERATE:
        _check_prompt(prompt, model, errors)
    negative_prompt = _clean_text(spec.negative_prompt)
    if negative_prompt and not model.negative_prompt:
        errors.append(FieldError("negative_prompt", f"{model.name} takes no negative prompt."))
    elif len(negative_prompt) > model.max_prompt_chars:
        errors.append(FieldError("negative_prompt", f"Use at most {model.max_prompt_chars} characters."))
    params = checked_params(spec.params, model, errors, sources=len(given.sources))
    width_px, height_px = _size(spec, model, errors, sources=given.sources, params=params)
    if not 1 <= spec.count <= model.max_images:
        errors.append(FieldError("count", f"{model.name} makes 1 to {model.max_images} images at once."))
    if spec.seed is not None and not 0 <= spec.seed <= MAX_SEED:
        errors.append(FieldError("seed", f"Use a whole number from 0 to {MAX_SEED}."))
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
        quote=model.quote(width_px, height_px, count=spec.count, params=params, sources=given.sources),
        sources=len(given.sources),
        loras=given.loras,
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


def _with_trigger_words(prompt: str, loras: Sequence[LoraWeights]) -> str:
    """Put the words that wake the LoRAs in front, where they are missing. An empty prompt stays one."""
    missing = [lora.trigger_word for lora in loras if lora.trigger_word and not _has_words(prompt, lora.trigger_word)]
    return ", ".join([*dict.fromkeys(missing), prompt]) if prompt else prompt


def _has_words(prompt: str, words: str) -> bool:
    """Not as a part of another word: ``ink`` is not in ``thinking``."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", prompt, re.IGNORECASE) is not None


def _check_sources(count: int, model: CatalogModel, errors: list[FieldError]) -> None:
    rule = model.image_input
    if count and rule is None:
        errors.append(FieldError("source_image_ids", f"{model.name} takes no source image."))
    elif rule is not None and count > rule.max_images:
        images = "one source image" if rule.max_images == 1 else f"at most {rule.max_images} source images"
        errors.append(FieldError("source_image_ids", f"{model.name} takes {images}."))
    elif rule is not None and rule.required and not count:
        errors.append(FieldError("source_image_ids", f"{model.name} needs a source image."))


def _check_loras(
    spec: GenerationSpec, loras: Sequence[LoraWeights], model: CatalogModel, errors: list[FieldError]
) -> None:
    if not spec.loras:
        return
    rule = model.loras
    if rule is None:
        errors.append(FieldError("loras", f"{model.name} takes no LoRAs."))
        return
    if len(spec.loras) > rule.max_count:
        errors.append(FieldError("loras", f"{model.name} takes at most {rule.max_count} LoRAs."))
    if any(not rule.min_weight <= choice.weight <= rule.max_weight for choice in spec.loras):
        errors.append(FieldError("loras", f"Use weights from {rule.min_weight:g} to {rule.max_weight:g}."))
    errors.extend(
        FieldError("loras", f"“{lora.name}” was made for {lora.family}, {model.name} takes {rule.family}.")
        for lora in loras
        if lora.family != rule.family
    )


def _size(
    spec: GenerationSpec,
    model: CatalogModel,
    errors: list[FieldError],
    *,
    sources: Sequence[SourceSize],
    params: Mapping[str, FieldValue],
) -> tuple[int, int]:
    rule = model.image_input
    if sources and rule is not None and rule.size == "source":
        return size_of_source(sources[0], model, rule, params, errors)
    return asked_size(spec.width_px, spec.height_px, model.size, errors, like=sources[0] if sources else None)
