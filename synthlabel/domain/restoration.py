"""What of a found recipe this installation can repeat, and why not the rest. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from synthlabel.domain.catalog import Catalog, CatalogModel
from synthlabel.domain.generation import GenerationSpec, make_recipe
from synthlabel.domain.imported_recipes import FoundLora, FoundRecipe, Source
from synthlabel.domain.imported_recipes.found import STRENGTH
from synthlabel.errors import InvalidInputError

MAX_SHOWN_CHARS = 500
_LABELS = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "model": "Model",
    "seed": "Seed",
    "size": "Size",
    "params.num_inference_steps": "Steps",
    "params.guidance_scale": "Guidance scale",
    "params.strength": "Strength",
}
# Names under which other tools know weights that are in the catalogue. Compared without case, spaces and signs
_ALIASES = {
    "flux1schnell": "flux-schnell",
    "fluxschnell": "flux-schnell",
    "flux1schnellfp8": "flux-schnell",
    "flux1dev": "flux-dev",
    "fluxdev": "flux-dev",
    "flux1devfp8": "flux-dev",
    "flux2dev": "flux-2",
    "flux2devfp8mixed": "flux-2",
    "zimageturbo": "z-image-turbo",
    "zimageturbobf16": "z-image-turbo",
    "qwenimage": "qwen-image",
    "qwenimagefp8e4m3fn": "qwen-image",
}


@dataclass(frozen=True, slots=True)
class KnownLora:
    """A LoRA in the person's library."""

    id: UUID
    name: str
    family: str


@dataclass(frozen=True, slots=True)
class Restored:
    """``field`` is a field of the form, such as ``params.guidance_scale``; ``value`` is for people."""

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class NotRestored:
    field: str
    label: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RestoredLora:
    id: UUID
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a form can take over. What is None was not found or cannot be restored, ``not_restored`` says which."""

    source: Source
    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    seed: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    loras: tuple[RestoredLora, ...] = ()
    restored: tuple[Restored, ...] = ()
    not_restored: tuple[NotRestored, ...] = ()


def restore(
    found: FoundRecipe, catalog: Catalog, *, current_model: str | None, library: Sequence[KnownLora]
) -> Restoration:
    """Fit a recipe to its model; to the current one of the form if that is not in the catalogue."""
    if found.source == Source.NONE:
        return Restoration(Source.NONE)
    named = find_model(catalog, found.model)
    model = named or find_model(catalog, current_model) or catalog.models[0]
    reasons = _reasons(found, model)
    if named is None:
        reasons["model"] = "It is not among the models that make images here."
    facts = _facts(found, found.model if named is None else named.name)
    kept = facts.keys() - reasons.keys()
    loras = [_restore_lora(lora, model, library) for lora in found.loras]
    _drop_surplus(loras, model)
    return Restoration(
        source=found.source,
        prompt=found.prompt if "prompt" in kept else None,
        negative_prompt=found.negative_prompt if "negative_prompt" in kept else None,
        model=model.id if "model" in kept else None,
        seed=found.seed if "seed" in kept else None,
        width_px=found.width_px if "size" in kept else None,
        height_px=found.height_px if "size" in kept else None,
        params={name: value for name, value in found.params.items() if f"params.{name}" in kept},
        loras=tuple(lora for lora in loras if isinstance(lora, RestoredLora)),
        restored=(
            *(Restored(name, _label(name, model), value) for name, value in facts.items() if name in kept),
            *(
                Restored("loras", "LoRA", f"{lora.name}, {lora.weight}")
                for lora in loras
                if isinstance(lora, RestoredLora)
            ),
        ),
        not_restored=(
            *(NotRestored(name, _label(name, model), facts[name], reasons[name]) for name in facts if name in reasons),
            *(lora for lora in loras if isinstance(lora, NotRestored)),
            *(NotRestored("", label, value, "There is no such setting here.") for label, value in found.others),
        ),
    )


def find_model(catalog: Catalog, name: str | None) -> CatalogModel | None:
    """Return the model with this id, name, or well-known other name; never one that is merely similar."""
    if name is None:
        return None
    plain = _plain(name)
    wanted = {name, _ALIASES.get(plain, name)}
    for model in catalog.models:
        if wanted & {model.id, model.endpoint} or plain in (_plain(model.name), _plain(model.id)):
            return model
    return None


def _facts(found: FoundRecipe, model: str | None) -> dict[str, str]:
    """Return what was found by field of the form, for people."""
    has_size = found.width_px is not None and found.height_px is not None
    facts: dict[str, Any] = {
        "prompt": found.prompt,
        "negative_prompt": found.negative_prompt,
        "model": model,
        "seed": found.seed,
        "size": f"{found.width_px} × {found.height_px}" if has_size else None,
        **{f"params.{name}": value for name, value in found.params.items()},
    }
    return {name: _shown(value) for name, value in facts.items() if value is not None}


def _reasons(found: FoundRecipe, model: CatalogModel) -> dict[str, str]:
    """Return what is wrong with a recipe, by field: what the form would say, in the same words."""
    spec = GenerationSpec(
        prompt=found.prompt or "?",
        model=model.id,
        width_px=found.width_px,
        height_px=found.height_px,
        seed=found.seed,
        negative_prompt=found.negative_prompt or "",
        params=found.params,
    )
    try:
        make_recipe(spec, model)
    except InvalidInputError as error:
        reasons = {"size" if each.field in ("width", "height") else each.field: each.message for each in error.errors}
    else:
        reasons = {}
    strength = f"params.{STRENGTH}"
    if strength in reasons:
        reasons[strength] = "It belongs to a source image, which is not in the file."
    return reasons


def _restore_lora(found: FoundLora, model: CatalogModel, library: Sequence[KnownLora]) -> RestoredLora | NotRestored:
    known = next((lora for lora in library if str(lora.id) == found.id), None)
    known = known or next((lora for lora in library if _plain(lora.name) == _plain(found.name)), None)
    reason = _lora_reason(found, known, model)
    if known is None or reason is not None:
        return NotRestored("loras", "LoRA", f"{found.name}, {found.weight}", reason or "")
    return RestoredLora(known.id, known.name, found.weight)


def _lora_reason(found: FoundLora, known: KnownLora | None, model: CatalogModel) -> str | None:
    if model.loras is None:
        return f"{model.name} takes no LoRAs."
    if known is None:
        return "There is no LoRA of this name in your library."
    if known.family != model.loras.family:
        return f"It is not made for {model.name}."
    if not model.loras.min_weight <= found.weight <= model.loras.max_weight:
        return f"Its weight has to be from {model.loras.min_weight:g} to {model.loras.max_weight:g}."
    return None


def _drop_surplus(loras: list[RestoredLora | NotRestored], model: CatalogModel) -> None:
    """Keep the first ones of too many."""
    left = 0 if model.loras is None else model.loras.max_count
    for index, lora in enumerate(loras):
        if isinstance(lora, RestoredLora):
            left -= 1
            if left < 0:
                reason = f"{model.name} takes no more LoRAs."
                loras[index] = NotRestored("loras", "LoRA", f"{lora.name}, {lora.weight}", reason)


def _label(name: str, model: CatalogModel) -> str:
    fields = {f"params.{item.name}": item.label for item in model.fields}
    return _LABELS.get(name) or fields.get(name) or name.removeprefix("params.").replace("_", " ").capitalize()


def _shown(value: object) -> str:
    return str(value)[:MAX_SHOWN_CHARS]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
