"""What a file says of how it was made, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from synthlabel.domain.imported_recipes.values import as_name

MAX_LORAS = 20
MAX_OTHERS = 40
MAX_WEIGHT = 100.0

STEPS, GUIDANCE, STRENGTH = "num_inference_steps", "guidance_scale", "strength"
"""What we call the parameters that all tools have under some name."""

_WEIGHTS_FILES = (".safetensors", ".ckpt", ".gguf", ".sft", ".pth", ".pt", ".bin")


class Source(StrEnum):
    SYNTHLABEL = "synthlabel"
    A1111 = "a1111"
    COMFYUI = "comfyui"
    INVOKEAI = "invokeai"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FoundLora:
    name: str
    weight: float
    id: str | None = None


@dataclass(frozen=True, slots=True)
class FoundRecipe:
    """A recipe as far as we have words for it.

    ``model`` is a name as the tool writes it, without folders. ``params`` are named as our models name theirs.
    ``others`` are labels and values for which we have no field.
    """

    source: Source = Source.NONE
    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    seed: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    loras: tuple[FoundLora, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def file_name(value: object) -> str | None:
    """Return the name of a file of weights without folders and ending: ``flux/dev.safetensors`` is ``dev``."""
    name = as_name(value)
    if name is None:
        return None
    last = name.replace("\\", "/").rpartition("/")[2]
    for ending in _WEIGHTS_FILES:
        last = last.removesuffix(ending)
    return last or None


def lora(name: str | None, weight: float | None, *, id: str | None = None) -> list[FoundLora]:  # noqa: A002
    """Return a LoRA in a list; an empty one if it has no name or an absurd weight."""
    if name is None or (weight is not None and abs(weight) > MAX_WEIGHT):
        return []
    return [FoundLora(name, 1.0 if weight is None else float(weight), id)]


def params_of(**values: float | None) -> dict[str, Any]:
    """Return the parameters that were found."""
    return {name: value for name, value in values.items() if value is not None}


def others_of(pairs: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return labels with values that can be shown."""
    plain = [(as_name(label), as_name(str(value))) for label, value in pairs.items() if _is_plain(value)]
    return tuple((label, value) for label, value in plain if label and value)[:MAX_OTHERS]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**64)
