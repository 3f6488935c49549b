"""The text that AUTOMATIC1111's web UI writes, and many tools after it.

::

    a prompt, <lora:name:0.8>
    Negative prompt: what should not be there
    Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234, Size: 512x768, Model: name

After ``parse_generation_parameters`` of its ``infotext_utils``. https://github.com/AUTOMATIC1111/stable-diffusion-webui
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from synthlabel.domain.imported_recipes.found import (
    GUIDANCE,
    MAX_LORAS,
    STEPS,
    STRENGTH,
    FoundLora,
    FoundRecipe,
    Source,
    file_name,
    lora,
    others_of,
    params_of,
)
from synthlabel.domain.imported_recipes.values import as_name, as_number, as_text, as_whole, parse_json
from synthlabel.domain.provenance import PARAMETERS_KEYWORD

MAX_CHARS = 200_000
MAX_FACTS_CHARS = 20_000
MIN_FACTS = 3
_NEGATIVE = "Negative prompt:"
# Bounded, and none begins with what may be repeated, so that no text makes them slow
_FACT = re.compile(r'(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"]){1,5000}"|[^,]*)(?:,|$)')
_LORA = re.compile(r"<lora:([^:<>]{1,200}):([-+.\d]{1,12})(?::[^<>]{0,100})?>")
_SIZE = re.compile(r"(\d{1,6})\s*[x×]\s*(\d{1,6})")
_TAKEN = frozenset(
    {"Steps", "CFG scale", "Distilled CFG Scale", "Seed", "Size", "Model", "Denoising strength", "Version"}
)


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    names = (PARAMETERS_KEYWORD, "UserComment", "Description")
    return next((found for name in names if (found := _read(texts.get(name, "")))), None)


def _read(text: str) -> FoundRecipe | None:
    lines = text[:MAX_CHARS].replace("\r\n", "\n").strip().split("\n")
    facts = _facts(lines[-1])
    if len(facts) < MIN_FACTS:
        return None
    prompt, negative = _prompts(lines[:-1])
    prompt, loras = _without_loras(prompt)
    width_px, height_px = _size(facts.get("Size", ""))
    guidance = as_number(facts.get("Distilled CFG Scale")) or as_number(facts.get("CFG scale"))
    return FoundRecipe(
        source=Source.A1111,
        prompt=as_text(prompt),
        negative_prompt=as_text(negative),
        model=file_name(facts.get("Model")),
        seed=as_whole(facts.get("Seed")),
        width_px=width_px,
        height_px=height_px,
        params=params_of(
            **{
                STEPS: as_whole(facts.get("Steps")),
                GUIDANCE: guidance,
                STRENGTH: as_number(facts.get("Denoising strength")),
            }
        ),
        loras=loras,
        others=others_of({name: value for name, value in facts.items() if name not in _TAKEN}),
    )


def _facts(line: str) -> dict[str, str]:
    """Return the pairs of the last line; none if it is no such line."""
    return {name: _unquoted(value.strip()) for name, value in _FACT.findall(line[:MAX_FACTS_CHARS])}


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    plain: Any = parse_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain) if plain is not None else value


def _prompts(lines: list[str]) -> tuple[str, str]:
    for index, line in enumerate(lines):
        if line.strip().startswith(_NEGATIVE):
            first = line.strip().removeprefix(_NEGATIVE).strip()
            return "\n".join(lines[:index]), "\n".join((first, *lines[index + 1 :]))
    return "\n".join(lines), ""


def _without_loras(prompt: str) -> tuple[str, tuple[FoundLora, ...]]:
    found = [each for name, weight in _LORA.findall(prompt) for each in lora(as_name(name), as_number(weight))]
    return _LORA.sub("", prompt).strip(" ,\n"), tuple(found[:MAX_LORAS])


def _size(text: str) -> tuple[int | None, int | None]:
    match = _SIZE.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else (None, None)
