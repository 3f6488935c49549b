"""The recipe that our own downloads carry, see ``domain.provenance.recipe_json``."""

from collections.abc import Mapping
from typing import Any

from synthlabel.domain.imported_recipes.found import MAX_LORAS, MAX_OTHERS, FoundLora, FoundRecipe, Source, lora
from synthlabel.domain.imported_recipes.values import (
    as_list,
    as_name,
    as_number,
    as_object,
    as_text,
    as_whole,
    parse_json,
)
from synthlabel.domain.provenance import RECIPE_KEYWORD


def read(texts: Mapping[str, str]) -> FoundRecipe | None:
    facts = as_object(parse_json(texts.get(RECIPE_KEYWORD, "")))
    if as_whole(facts.get("version")) is None:
        return None
    return FoundRecipe(
        source=Source.SYNTHLABEL,
        prompt=as_text(facts.get("prompt")),
        negative_prompt=as_text(facts.get("negative_prompt")),
        model=as_name(facts.get("model")),
        seed=as_whole(facts.get("seed")),
        width_px=as_whole(facts.get("width")),
        height_px=as_whole(facts.get("height")),
        params=_plain(as_object(facts.get("params"))),
        loras=tuple(_loras(as_list(facts.get("loras"))[:MAX_LORAS])),
    )


def _loras(items: list[Any]) -> list[FoundLora]:
    return [
        found
        for item in map(as_object, items)
        for found in lora(as_name(item.get("name")), as_number(item.get("weight")), id=as_name(item.get("id")))
    ]


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by names and with values that a form can hold."""
    pairs = [(as_name(name), _value(value)) for name, value in list(params.items())[:MAX_OTHERS]]
    return {name: value for name, value in pairs if name is not None and value is not None}


def _value(value: object) -> Any:
    if isinstance(value, bool):
        return value
    return as_name(value) if isinstance(value, str) else as_number(value)
