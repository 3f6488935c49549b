"""The metadata that InvokeAI writes since its version 3. https://github.com/invoke-ai/InvokeAI, ``core_metadata``"""

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
from synthlabel.domain.imported_recipes.values import (
    as_list,
    as_name,
    as_number,
    as_object,
    as_text,
    as_whole,
    parse_json,
)

KEYWORD = "invokeai_metadata"
_OTHERS = {
    "scheduler": "Scheduler",
    "clip_skip": "CLIP skip",
    "cfg_rescale_multiplier": "CFG rescale",
    "positive_style_prompt": "Style prompt",
    "negative_style_prompt": "Negative style prompt",
    "seamless_x": "Seamless in width",
    "seamless_y": "Seamless in height",
    "init_image": "Source image",
}


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    facts = as_object(parse_json(texts.get(KEYWORD, "")))
    if not facts:
        return None
    return FoundRecipe(
        source=Source.INVOKEAI,
        prompt=as_text(facts.get("positive_prompt")),
        negative_prompt=as_text(facts.get("negative_prompt")),
        model=_model_name(facts.get("model")),
        seed=as_whole(facts.get("seed")),
        width_px=as_whole(facts.get("width")),
        height_px=as_whole(facts.get("height")),
        params=params_of(
            **{
                STEPS: as_whole(facts.get("steps")),
                # FLUX has no classifier-free guidance: its own is under another name, and the scale is 1
                GUIDANCE: as_number(facts.get("guidance")) or as_number(facts.get("cfg_scale")),
                STRENGTH: as_number(facts.get("strength")),
            }
        ),
        loras=tuple(_loras(as_list(facts.get("loras"))[:MAX_LORAS])),
        others=_others(facts),
    )


def _model_name(value: object) -> str | None:
    model = as_object(value)
    # Version 3 called it ``model_name``
    return file_name(value) or file_name(model.get("name")) or file_name(model.get("model_name"))


def _loras(items: list[Any]) -> list[FoundLora]:
    return [
        found
        for item in map(as_object, items)
        for found in lora(_model_name(item.get("model") or item.get("lora")), as_number(item.get("weight")))
    ]


def _others(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    named: dict[str, object] = {label: facts[name] for name, label in _OTHERS.items() if facts.get(name)}
    vae = as_name(as_object(facts.get("vae")).get("name"))
    controls = sum(len(as_list(facts.get(name))) for name in ("controlnets", "ipAdapters", "t2iAdapters"))
    if vae:
        named["VAE"] = vae
    if controls:
        named["Control images"] = controls
    return others_of(named)
