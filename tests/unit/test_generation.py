"""What may be asked for, what it becomes, and which way a generation may go."""

import math
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.catalog import CatalogModel
from synthlabel.domain.generation import (
    AT_PROVIDER,
    MAX_SEED,
    MOVES,
    RETRYABLE,
    TERMINAL,
    GenerationSpec,
    GenerationStatus,
    LoraChoice,
    Recipe,
    advance,
    make_recipe,
)
from synthlabel.errors import ConflictError, InvalidInputError

CATALOG = load_catalog()
SCHNELL = CATALOG.get_model("flux-schnell")
BANANA = CATALOG.get_model("nano-banana")
QWEN = CATALOG.get_model("qwen-image")


def fields_of(model: CatalogModel = SCHNELL, **wanted: Any) -> list[str]:
    """Return the names of the fields that are refused."""
    with pytest.raises(InvalidInputError) as wrong:
        make_recipe(GenerationSpec(**{"prompt": "a fox", "model": model.id, **wanted}), model)
    assert all(error.message for error in wrong.value.errors)
    return [error.field for error in wrong.value.errors]


# --- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("current", "target"), list(product(GenerationStatus, GenerationStatus)))
def test_only_moves_of_the_table_are_made(current: GenerationStatus, target: GenerationStatus) -> None:
    if target in MOVES[current]:
        assert advance(current, target) == target
    else:
        with pytest.raises(ConflictError):
            advance(current, target)


def test_the_table_knows_every_state_and_the_ends_are_ends() -> None:
    assert set(MOVES) == set(GenerationStatus)
    assert {status for status, targets in MOVES.items() if not targets} == TERMINAL


@pytest.mark.parametrize("status", set(GenerationStatus) - TERMINAL)
def test_every_state_leads_to_an_end(status: GenerationStatus) -> None:
    seen, ahead = set(), {status}
    while ahead:
        seen |= ahead
        ahead = {target for each in ahead for target in MOVES[each]} - seen
    assert seen & TERMINAL


def test_what_may_have_been_paid_for_never_goes_back_to_be_sent() -> None:
    before = {status for status, targets in MOVES.items() if GenerationStatus.QUEUED in targets}
    assert before == {GenerationStatus.SUBMITTING}, "and from there only if the provider took nothing"
    assert GenerationStatus.UNKNOWN not in AT_PROVIDER
    assert GenerationStatus.UNKNOWN in RETRYABLE, "by a person"


# --- recipes --------------------------------------------------------------------------------------------------------


def test_a_bare_request_is_completed_with_the_models_defaults() -> None:
    recipe = make_recipe(GenerationSpec("  a fox\n", "flux-schnell"), SCHNELL)
    assert (recipe.prompt, recipe.width_px, recipe.height_px, recipe.count) == ("a fox", 1024, 1024, 1)
    assert recipe.params == {field.name: field.default for field in SCHNELL.fields if field.default is not None}
    assert 0 <= recipe.seed <= MAX_SEED


def test_the_body_holds_everything_under_the_models_own_names() -> None:
    spec = GenerationSpec("a fox", "flux-schnell", width_px=512, height_px=256, count=2, seed=7)
    recipe = make_recipe(spec, SCHNELL)
    assert recipe.arguments == {
        **SCHNELL.fixed,
        **recipe.params,
        "prompt": "a fox",
        "image_size": {"width": 512, "height": 256},
        "num_images": 2,
        "seed": 7,
    }


def test_a_model_with_fixed_ratios_gets_the_nearest_one() -> None:
    recipe = make_recipe(GenerationSpec("a fox", BANANA.id, width_px=1900, height_px=1080), BANANA)
    assert recipe.arguments["aspect_ratio"] == "16:9"
    assert recipe.width_px / recipe.height_px == pytest.approx(16 / 9, rel=0.02)


def test_a_negative_prompt_goes_only_to_models_that_take_one() -> None:
    recipe = make_recipe(GenerationSpec("a fox", QWEN.id, negative_prompt="dogs"), QWEN)
    assert recipe.arguments["negative_prompt"] == "dogs"
    assert "negative_prompt" not in make_recipe(GenerationSpec("a fox", QWEN.id), QWEN).arguments
    assert fields_of(negative_prompt="dogs") == ["negative_prompt"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\x00"}, "prompt"),
        ({"prompt": "x" * 5001}, "prompt"),
        ({"width_px": 0}, "width"),
        ({"width_px": -512}, "width"),
        ({"width_px": 255}, "width"),
        ({"height_px": 2049}, "height"),
        ({"count": 0}, "count"),
        ({"count": 5}, "count"),
        ({"seed": -1}, "seed"),
        ({"seed": MAX_SEED + 1}, "seed"),
        ({"loras": (LoraChoice("x"),)}, "loras"),
        ({"params": {"num_inference_steps": 0}}, "params.num_inference_steps"),
        ({"params": {"num_inference_steps": 13}}, "params.num_inference_steps"),
        ({"params": {"num_inference_steps": 2.5}}, "params.num_inference_steps"),
        ({"params": {"num_inference_steps": True}}, "params.num_inference_steps"),
        ({"params": {"num_inference_steps": "4"}}, "params.num_inference_steps"),
        ({"params": {"guidance_scale": math.nan}}, "params.guidance_scale"),
        ({"params": {"guidance_scale": math.inf}}, "params.guidance_scale"),
        ({"params": {"guidance_scale": []}}, "params.guidance_scale"),
        ({"params": {"output_format": "gif"}}, "params.output_format"),
        ({"params": {"output_format": ["png"]}}, "params.output_format"),
        ({"params": {"enable_safety_checker": "no"}}, "params.enable_safety_checker"),
        ({"params": {"enable_safety_checker": 0}}, "params.enable_safety_checker"),
        ({"params": {"sync_mode": True}}, "params.sync_mode"),
        ({"params": {"prompt": "another"}}, "params.prompt"),
        ({"params": {"num_images": 100}}, "params.num_images"),
    ],
)
def test_a_wrong_field_is_named(wanted: dict[str, Any], field: str) -> None:
    assert fields_of(**wanted) == [field]


def test_all_wrong_fields_are_named_at_once() -> None:
    wrong = fields_of(prompt="", width_px=1, height_px=1, count=9, seed=-1, params={"x": 1, "guidance_scale": 99})
    assert sorted(wrong) == sorted(["prompt", "width", "height", "count", "seed", "params.x", "params.guidance_scale"])


def test_a_parameter_left_empty_takes_its_default() -> None:
    spec = GenerationSpec("a fox", SCHNELL.id, params={"num_inference_steps": None})
    assert make_recipe(spec, SCHNELL).params["num_inference_steps"] == 4


def test_a_whole_number_may_come_as_a_float_and_is_sent_as_a_whole_number() -> None:
    spec = GenerationSpec("a fox", SCHNELL.id, params={"num_inference_steps": 4.0})
    value = make_recipe(spec, SCHNELL).arguments["num_inference_steps"]
    assert (value, type(value)) == (4, int)


def test_two_seeds_of_chance_are_not_the_same() -> None:
    seeds = {make_recipe(GenerationSpec("a fox", SCHNELL.id), SCHNELL).seed for _ in range(50)}
    assert len(seeds) == 50


@given(
    prompt=st.text(),
    width_px=st.integers(-10, 10_000),
    height_px=st.integers(-10, 10_000),
    count=st.integers(-3, 12),
    seed=st.none() | st.integers(),
    params=st.dictionaries(
        st.sampled_from([field.name for model in CATALOG.models for field in model.fields]) | st.text(max_size=5),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({}),
        max_size=4,
    ),
    model=st.sampled_from(CATALOG.models),
)
def test_whatever_is_asked_for_it_is_a_sound_recipe_or_named_errors(model: CatalogModel, **wanted: Any) -> None:
    with suppress(InvalidInputError):
        check_soundness(make_recipe(GenerationSpec(model=model.id, **wanted), model))


def check_soundness(recipe: Recipe) -> None:
    model = recipe.model
    assert recipe.prompt
    assert recipe.prompt == recipe.prompt.strip()
    assert "\x00" not in recipe.prompt
    assert 1 <= recipe.count <= model.max_images
    assert 0 <= recipe.seed <= MAX_SEED
    assert recipe.quote.amount_micros > 0
    assert set(recipe.params) <= {field.name for field in model.fields}
