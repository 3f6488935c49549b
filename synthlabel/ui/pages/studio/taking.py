"""Taking into the form how something was made: an image, a run, a file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from synthlabel.domain.catalog import Catalog, CatalogModel, FieldValue, SizeRule
from synthlabel.ui.pages.studio.draft import (
    CUSTOM,
    Draft,
    LoraPick,
    SourcePick,
    all_fields,
    choose_model,
    digits,
    model_of,
)

VARIATION_STRENGTH = 0.6
"""How far a variation goes from its image: between the image as it is (0) and nothing of it (1)."""

WORDS = {
    "prompt": "the prompt",
    "seed": "the seed",
    "size": "the size",
    "model": "the model",
    "loras": "the LoRAs",
    "source": "the image as a source",
    "all": "all settings",
    "all_but_seed": "all settings but the seed",
    "variations": "the image, for variations",
}


class Recipe(Protocol):
    """What an image and a generation both tell about how they were made."""

    @property
    def prompt(self) -> str: ...
    @property
    def negative_prompt(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def seed(self) -> int: ...
    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def loras(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What a recipe leads to besides itself.

    ``sources`` went into what was made, ``image`` is what was made; ``families`` holds the family of each LoRA of the
    person's, by id.
    """

    sources: tuple[SourcePick, ...] = ()
    image: SourcePick | None = None
    count: int | None = None
    """How many images were asked for with it, if that is a part of it."""
    families: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Taken:
    """``words`` says what was taken, and what of it could not be."""

    draft: Draft
    words: str


def take(draft: Draft, made: Recipe, what: str, *, catalog: Catalog, around: Around | None = None) -> Taken | None:
    """Take parts of a recipe into the form. ``what`` is a key of ``WORDS``; None for anything else."""
    around = around or Around()
    model = model_of(draft, catalog)
    match what:
        case "prompt":
            after = replace(draft, prompt=made.prompt, negative_prompt=made.negative_prompt or draft.negative_prompt)
        case "seed":
            after = _seeded(draft, made)
        case "size":
            after = with_size(draft, made.width_px, made.height_px, model.size)
        case "model":
            after = _with_model(draft, made.model, catalog)
        case "loras":
            after = replace(draft, loras=_loras(made, around))
        case "source" if around.image is not None:
            after = add_source(draft, around.image, model)
        case "variations" if around.image is not None:
            return _variations(draft, made, around, around.image, catalog)
        case "all":
            after = _whole_recipe(_seeded(draft, made), made, around, catalog)
        case "all_but_seed":
            after = _whole_recipe(replace(draft, seed_fixed=False), made, around, catalog)
        case _:
            return None
    return Taken(
        after, _sentence(what, _lost(made, around, catalog) if what in ("all", "all_but_seed", "model") else ())
    )


def add_source(draft: Draft, pick: SourcePick, model: CatalogModel) -> Draft:
    """Add an image to the sources. Where the model takes one, it takes the place of the others."""
    others = tuple(source for source in draft.sources if source.id != pick.id)
    takes_many = model.image_input is None or model.image_input.max_images > 1
    return choose_model(replace(draft, sources=(*others, pick) if takes_many else (pick,)), model)


def remove_source(draft: Draft, source_id: str, model: CatalogModel) -> Draft:
    kept = tuple(source for source in draft.sources if source.id != source_id)
    return choose_model(replace(draft, sources=kept), model)


def move_source(draft: Draft, source_id: str, by: int) -> Draft:
    """Move a source among the others, ``by`` places; not beyond their ends."""
    ids = [source.id for source in draft.sources]
    if source_id not in ids:
        return draft
    place = ids.index(source_id)
    others = [source for source in draft.sources if source.id != source_id]
    others.insert(max(0, place + by), draft.sources[place])
    return replace(draft, sources=tuple(others))


def with_size(draft: Draft, width_px: int, height_px: int, size: SizeRule) -> Draft:
    """Choose a size: one of the model's shapes, or one of one's own where the model takes it."""
    for ratio in size.ratios:
        if (ratio.width_px, ratio.height_px) == (width_px, height_px):
            return replace(draft, shape=ratio.label)
    if size.kind == "ratio":
        return replace(draft, shape=size.nearest(width_px, height_px).label)
    return replace(draft, shape=CUSTOM, width=str(width_px), height=str(height_px))


@dataclass(frozen=True, slots=True)
class FoundLora:
    id: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundSettings:
    """What was read from a picture's file (``recipe`` of ``POST /recipes``). None where nothing was."""

    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    params: Mapping[str, FieldValue] = field(default_factory=dict[str, FieldValue])
    loras: tuple[FoundLora, ...] = ()


_FOUND = TypeAdapter(FoundSettings)


def read_settings(data: Mapping[str, Any]) -> FoundSettings | None:
    """Read what the browser hands over; None if it is nothing of the kind. Never raises."""
    try:
        return _FOUND.validate_python(dict(data))
    except ValidationError:
        return None


def restore(draft: Draft, found: FoundSettings, *, catalog: Catalog, families: Mapping[str, str]) -> Draft:
    """Put the settings of a file into the form. What was not found stays as it is."""
    draft = _with_model(draft, found.model or draft.model, catalog)
    model = model_of(draft, catalog)
    if found.prompt is not None:
        draft = replace(draft, prompt=found.prompt, negative_prompt=found.negative_prompt or "", lines=False)
    if found.seed is not None:
        draft = replace(draft, seed_fixed=True, seed=digits(str(found.seed)))
    if found.width and found.height:
        draft = with_size(draft, found.width, found.height, model.size)
    loras = [LoraPick(lora.id, families[lora.id], lora.weight) for lora in found.loras if lora.id in families]
    values = {**draft.params, **found.params}
    return choose_model(replace(draft, params=_changed(values, draft, model), loras=tuple(loras) or draft.loras), model)


def _seeded(draft: Draft, made: Recipe) -> Draft:
    return replace(draft, seed_fixed=True, seed=str(made.seed))


def _with_model(draft: Draft, model_id: str, catalog: Catalog) -> Draft:
    if not _is_offered(model_id, catalog):
        return draft
    changed = replace(draft, model=model_id)
    return choose_model(changed, model_of(changed, catalog))


def _is_offered(model_id: str, catalog: Catalog) -> bool:
    return any(model.id == model_id for model in catalog.models)


def _whole_recipe(draft: Draft, made: Recipe, around: Around, catalog: Catalog) -> Draft:
    draft = replace(draft, model=made.model) if _is_offered(made.model, catalog) else draft
    model = model_of(draft, catalog)
    draft = replace(
        draft,
        prompt=made.prompt,
        lines=False,
        negative_prompt=made.negative_prompt,
        parked={},
        model=model.id,
        sources=around.sources,
        count=around.count or draft.count,
        loras=_loras(made, around),
    )
    draft = choose_model(replace(draft, params=_changed(made.params, draft, model)), model)
    return with_size(draft, made.width_px, made.height_px, model.size)


def _variations(draft: Draft, made: Recipe, around: Around, image: SourcePick, catalog: Catalog) -> Taken:
    """The image itself as the source where its model has a strength; else all but the seed."""
    model = next((model for model in catalog.models if model.id == made.model), None)
    if model is None or model.image_input is None or model.image_input.strength is None:
        after = _whole_recipe(replace(draft, seed_fixed=False), made, around, catalog)
        why = "" if model is None else f": {model.name} takes no source to start from"
        return Taken(after, _sentence("all_but_seed", _lost(made, around, catalog)) + why)
    after = _whole_recipe(replace(draft, seed_fixed=False), made, replace(around, sources=(image,)), catalog)
    after = replace(after, params={**after.params, "strength": VARIATION_STRENGTH})
    return Taken(after, _sentence("variations", _lost(made, replace(around, sources=()), catalog)))


def _loras(made: Recipe, around: Around) -> tuple[LoraPick, ...]:
    return tuple(
        LoraPick(str(lora["id"]), around.families[str(lora["id"])], float(lora["weight"]))
        for lora in made.loras
        if str(lora["id"]) in around.families
    )


def _changed(values: Mapping[str, Any], draft: Draft, model: CatalogModel) -> dict[str, FieldValue]:
    """Return what differs from the model's defaults, as a draft holds it."""
    defaults = {item.name: item.default for item in all_fields(draft, model)}
    return {name: value for name, value in values.items() if value != defaults.get(name)}


def _lost(made: Recipe, around: Around, catalog: Catalog) -> Sequence[str]:
    """Say what a recipe needs that is not there any more."""
    lost = [] if _is_offered(made.model, catalog) else ["its model, which is not offered here"]
    names = [str(lora.get("name", "a LoRA")) for lora in made.loras if str(lora["id"]) not in around.families]
    return [*lost, *(f"the LoRA “{name}”, which is not among yours" for name in names)]


def _sentence(what: str, lost: Sequence[str]) -> str:
    return f"Took {WORDS[what]}" + (f", but not {' and '.join(lost)}" if lost else "")
