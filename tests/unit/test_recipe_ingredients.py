"""Recipes with source images and LoRAs: which endpoint, which body, which size, which price, which errors."""

from typing import Any

import pytest

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.catalog import CatalogModel, SourceSize, Task
from synthlabel.domain.generation import (
    GenerationSpec,
    Ingredients,
    LoraChoice,
    LoraWeights,
    Recipe,
    make_recipe,
    with_sources,
)
from synthlabel.errors import InvalidInputError

CATALOG = load_catalog()
TAKING = [model for model in CATALOG.models if model.image_input is not None]
REFUSING = [model for model in CATALOG.models if model.image_input is None]
STRENGTHS = {"flux-dev": 0.95, "flux-lora": 0.85, "qwen-image": 0.6, "z-image-turbo": 0.6}
WIDE = SourceSize(1344, 768)
ADDRESS = "https://v3.fal.media/files/cat.png"


def named(model: CatalogModel) -> str:
    return model.id


def recipe(model: str, *sources: SourceSize, loras: tuple[LoraWeights, ...] = (), **wanted: Any) -> Recipe:
    spec: dict[str, Any] = {"prompt": "a fox", "model": model, **wanted}
    chosen = tuple(LoraChoice(lora.id, lora.weight) for lora in loras)
    given = Ingredients(sources, loras)
    ids = tuple(str(number) for number in range(len(sources)))
    return make_recipe(GenerationSpec(**spec, sources=ids, loras=chosen), CATALOG.get_model(model), given)


def fields_of(model: str, *sources: SourceSize, **wanted: Any) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        recipe(model, *sources, **wanted)
    return {error.field: error.message for error in refused.value.errors}


def lora(**changes: Any) -> LoraWeights:
    ink: dict[str, Any] = {"id": "1", "name": "Ink", "family": "flux-1", "trigger_word": "", "weight": 1.0}
    return LoraWeights(**{**ink, "url": "https://weights.example.com/ink.safetensors", **changes})


# --- sources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", TAKING, ids=named)
def test_a_source_leads_to_the_variant_that_takes_it(model: CatalogModel) -> None:
    made, plain = recipe(model.id, WIDE), recipe(model.id)
    assert made.endpoint != plain.endpoint
    assert made.endpoint.startswith(model.endpoint.removesuffix("/text-to-image"))
    body = with_sources(made.arguments, [ADDRESS])
    assert body.get("image_url", body.get("image_urls", [None])[0]) == ADDRESS
    assert not {"image_url", "image_urls"} & plain.arguments.keys()
    assert body["prompt"] == "a fox"


@pytest.mark.parametrize("model", REFUSING, ids=named)
def test_a_model_without_image_input_says_so_in_words(model: CatalogModel) -> None:
    assert fields_of(model.id, WIDE) == {"source_image_ids": f"{model.name} takes no source image."}


@pytest.mark.parametrize(("model", "default"), STRENGTHS.items())
def test_strength_counts_only_together_with_a_source(model: str, default: float) -> None:
    assert recipe(model, WIDE).arguments["strength"] == default
    assert recipe(model, WIDE, params={"strength": 0.3}).arguments["strength"] == 0.3
    assert "strength" not in recipe(model).arguments
    assert "source image" in fields_of(model, params={"strength": 0.3})["params.strength"]
    assert "params.strength" in fields_of(model, WIDE, params={"strength": 1.5})


@pytest.mark.parametrize("model", [model for model in TAKING if model.image_input and model.image_input.strength])
def test_a_redrawn_image_is_as_large_as_its_source_whatever_was_asked(model: CatalogModel) -> None:
    made = recipe(model.id, WIDE, width_px=1024, height_px=1024)
    assert (made.width_px, made.height_px) == (1344, 768)
    assert "image_size" not in made.arguments
    large = recipe(model.id, SourceSize(4096, 2048))
    assert (large.width_px, large.height_px) == (2048, 1024)


def test_an_edited_image_has_the_size_that_was_asked_for_or_the_shape_of_its_source() -> None:
    asked = recipe("flux-2", WIDE, width_px=512, height_px=768)
    assert asked.arguments["image_size"] == {"width": 512, "height": 768}
    assert recipe("flux-2", WIDE).arguments["image_size"] == {"width": 1344, "height": 768}
    assert recipe("nano-banana", WIDE).arguments["aspect_ratio"] == "16:9"
    assert recipe("seedream-4.5", SourceSize(768, 1344)).arguments["image_size"] == {"width": 1926, "height": 3424}


def test_several_sources_keep_their_order() -> None:
    body = recipe("flux-2", WIDE, WIDE, WIDE).arguments
    assert with_sources(body, ["a", "b", "c"])["image_urls"] == ["a", "b", "c"]


def test_words_that_look_like_a_source_stay_as_they_are() -> None:
    body = recipe("flux-2", WIDE, prompt="source:0").arguments
    assert with_sources(body, [ADDRESS])["prompt"] == "source:0"


@pytest.mark.parametrize(("model", "most"), [("flux-dev", 1), ("flux-2", 4), ("nano-banana", 10)])
def test_more_sources_than_a_model_takes_are_refused(model: str, most: int) -> None:
    assert recipe(model, *[WIDE] * most).sources == most
    assert list(fields_of(model, *[WIDE] * (most + 1))) == ["source_image_ids"]


@pytest.mark.parametrize(
    ("model", "sources", "count", "usd"),
    [
        ("flux-dev", [SourceSize(1024, 1024)], 2, "0.05"),
        ("flux-dev", [SourceSize(2048, 1024)], 1, "0.05"),
        ("flux-2", [SourceSize(1024, 1024)], 1, "0.024"),  # what is made and what is given
        ("flux-2", [SourceSize(1024, 1024), SourceSize(2048, 2048)], 4, "0.288"),  # what is given counts for each
        ("nano-banana", [WIDE, WIDE], 2, "0.078"),
        ("z-image-turbo", [SourceSize(1024, 1024)], 1, "0.005"),
    ],
)
def test_the_price_is_that_of_the_size(model: str, sources: list[SourceSize], count: int, usd: str) -> None:
    quote = recipe(model, *sources, count=count).quote
    assert quote.usd == usd
    assert quote.label in quote.formula


# --- tools ----------------------------------------------------------------------------------------------------------


def test_every_task_has_a_tool_that_takes_exactly_one_image() -> None:
    for task in (Task.UPSCALE, Task.REMOVE_BACKGROUND, Task.DESCRIBE):
        tool = CATALOG.tools_for(task)[0]
        assert recipe(tool.id, WIDE, prompt="").endpoint == tool.endpoint
        assert list(fields_of(tool.id, prompt="")) == ["source_image_ids"]
        assert list(fields_of(tool.id, WIDE, WIDE, prompt="")) == ["source_image_ids"]


def test_a_tool_gets_what_it_takes_and_nothing_else() -> None:
    assert recipe("bria-remove-background", WIDE).arguments.keys() == {"image_url"}
    assert recipe("moondream-caption", WIDE).arguments.keys() == {"image_url", "length"}
    sent = recipe("clarity-upscaler", WIDE).arguments.keys()
    assert sent == {"image_url", "upscale_factor", "creativity", "resemblance", "seed"}


def test_an_enlarged_image_is_priced_by_what_comes_out() -> None:
    made = recipe("clarity-upscaler", SourceSize(1024, 1024), params={"upscale_factor": 3})
    assert (made.width_px, made.height_px, made.quote.usd) == (3072, 3072, "0.27")


def test_what_would_be_too_large_to_keep_is_refused_before_it_is_paid_for() -> None:
    wrong = fields_of("clarity-upscaler", SourceSize(4096, 4096), params={"upscale_factor": 2})
    assert "megapixels" in wrong["params.upscale_factor"]


@pytest.mark.parametrize(("units", "usd_micros"), [(900, 2_000), (0.0005, 2_000), (0, 0)])
def test_a_price_per_request_does_not_grow_with_the_units_that_the_provider_counts(
    units: float, usd_micros: int
) -> None:
    assert CATALOG.get_model("moondream-caption").charge_micros(units, count=1, params={}) == usd_micros


# --- LoRAs ----------------------------------------------------------------------------------------------------------


def test_weights_go_with_their_address_and_scale() -> None:
    made = recipe("flux-lora", loras=(lora(weight=0.7),))
    assert made.arguments["loras"] == [{"path": "https://weights.example.com/ink.safetensors", "scale": 0.7}]
    assert "loras" not in recipe("flux-lora").arguments


def test_weights_and_a_source_go_together() -> None:
    made = recipe("flux-lora", WIDE, loras=(lora(),))
    assert made.endpoint == "fal-ai/flux-lora/image-to-image"
    assert {"loras", "image_url", "strength"} <= made.arguments.keys()


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a fox", "inky, a fox"),
        ("an INKY fox", "an INKY fox"),
        ("inky", "inky"),
        ("a slinky fox", "inky, a slinky fox"),  # not as a part of another word
    ],
)
def test_a_trigger_word_that_is_missing_is_put_in_front(prompt: str, words: str) -> None:
    assert recipe("flux-lora", prompt=prompt, loras=(lora(trigger_word="inky"),)).prompt == words


def test_the_same_trigger_word_is_put_in_front_once_and_none_not_at_all() -> None:
    both = (lora(trigger_word="inky"), lora(id="2", trigger_word="inky"), lora(id="3"))
    assert recipe("flux-lora", loras=both).prompt == "inky, a fox"


def test_weights_made_for_other_models_are_refused_by_name() -> None:
    wrong = fields_of("flux-2-lora", loras=(lora(),))
    assert "Ink" in wrong["loras"]
    assert "flux-2" in wrong["loras"]


@pytest.mark.parametrize(
    ("model", "loras"),
    [
        ("flux-dev", (lora(),)),
        ("z-image-turbo-lora", tuple(lora(id=str(n), family="z-image") for n in range(4))),
        ("flux-lora", (lora(weight=4.5),)),
        ("flux-lora", (lora(weight=-0.5),)),
    ],
)
def test_weights_beyond_what_a_model_takes_are_refused(model: str, loras: tuple[LoraWeights, ...]) -> None:
    assert set(fields_of(model, loras=loras)) == {"loras"}


def test_everything_that_is_wrong_is_named_at_once() -> None:
    wrong = fields_of("flux-schnell", WIDE, prompt="", loras=(lora(),), count=9, params={"strength": 1})
    assert wrong.keys() == {"prompt", "source_image_ids", "loras", "count", "params.strength"}
