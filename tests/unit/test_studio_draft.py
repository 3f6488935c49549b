"""The Studio's draft: what is typed is kept, and read into the request that a person means."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.generation import MAX_SEED, GenerationSpec, make_recipe
from synthlabel.ui.pages.studio.draft import (
    CUSTOM,
    Draft,
    LoraPick,
    SourcePick,
    choose_model,
    choose_shape,
    digits,
    fix_seed,
    model_of,
    read_draft,
    read_spec,
    reset,
    set_param,
    write_draft,
)
from synthlabel.ui.pages.studio.pricing import is_batch

CATALOG = load_catalog()
SCHNELL, DEV, QWEN, NANO = (
    CATALOG.get_model(name) for name in ("flux-schnell", "flux-dev", "qwen-image", "nano-banana")
)


def fresh(**changes: Any) -> Draft:
    return replace(read_draft({}, CATALOG), **changes)


def param(draft: Draft, name: str, value: Any) -> Draft:
    model = model_of(draft, CATALOG)
    return set_param(draft, next(item for item in model.fields if item.name == name), value)


def spec_of(draft: Draft) -> tuple[GenerationSpec, list[str]]:
    spec, errors = read_spec(draft, model_of(draft, CATALOG))
    return spec, [error.field for error in errors]


def test_a_fresh_form_is_the_first_models_default_request() -> None:
    spec, errors = spec_of(fresh(prompt="a fox"))
    recipe = make_recipe(spec, CATALOG.models[0])
    size = CATALOG.models[0].size.default
    assert errors == []
    assert (spec.width_px, spec.height_px, spec.count, spec.seed) == (size.width_px, size.height_px, 1, None)
    assert recipe.params == {item.name: item.default for item in CATALOG.models[0].fields}


@given(
    st.builds(
        Draft,
        model=st.sampled_from([model.id for model in CATALOG.models]),
        prompt=st.text(),
        shape=st.sampled_from(["1:1", "16:9", CUSTOM]),
        width=st.text(max_size=8),
        count=st.integers(1, 4),
        seed=st.text(max_size=12),
        seed_fixed=st.booleans(),
        sources=st.lists(st.builds(SourcePick, kind=st.sampled_from(["image", "upload"]), id=st.uuids().map(str))).map(
            tuple
        ),
        loras=st.lists(st.builds(LoraPick, id=st.uuids().map(str), family=st.just("flux-1"))).map(tuple),
        lines=st.booleans(),
    )
)
def test_a_draft_survives_being_stored(draft: Draft) -> None:
    fitted = choose_model(draft, model_of(draft, CATALOG))
    stored = json.loads(json.dumps(write_draft(fitted)))
    assert read_draft(stored, CATALOG) == fitted


@pytest.mark.parametrize("stored", [{}, {"model": "gone"}, {"count": "many"}, {"params": [1]}, {"prompt": None}])
def test_a_draft_that_cannot_be_read_gives_a_form_that_can_be_used(stored: dict[str, Any]) -> None:
    draft = read_draft(stored, CATALOG)
    assert draft.model == CATALOG.models[0].id
    assert spec_of(draft)[1] == []


def test_a_draft_from_before_there_were_sources_can_be_read() -> None:
    draft = read_draft({"model": "flux-dev", "prompt": "a fox", "count": 2, "shape": "16:9"}, CATALOG)
    assert (draft.prompt, draft.count, draft.sources, draft.loras, draft.lines) == ("a fox", 2, (), (), False)


def test_sources_go_to_a_model_that_takes_them_and_stay_in_the_draft_of_another() -> None:
    draft = fresh(prompt="a fox", sources=(SourcePick("image", "a"), SourcePick("upload", "b")))
    assert spec_of(choose_model(draft, SCHNELL))[0].sources == ()
    assert spec_of(choose_model(draft, DEV))[0].sources == ("a",)
    assert spec_of(choose_model(draft, NANO))[0].sources == ("a", "b")
    assert choose_model(draft, SCHNELL).sources == draft.sources


def test_the_strength_counts_only_while_there_is_a_source() -> None:
    draft = choose_model(fresh(prompt="a fox", params={"strength": 0.4}), DEV)
    assert "strength" not in spec_of(draft)[0].params
    assert spec_of(replace(draft, sources=(SourcePick("image", "a"),)))[0].params == {"strength": 0.4}


def test_loras_of_another_family_are_kept_but_not_sent() -> None:
    draft = fresh(prompt="a fox", loras=(LoraPick("a", "flux-1", 0.8), LoraPick("b", "qwen-image")))
    sent = spec_of(choose_model(draft, CATALOG.get_model("flux-lora")))[0].loras
    assert [(lora.model_id, lora.weight) for lora in sent] == [("a", 0.8)]
    assert spec_of(choose_model(draft, SCHNELL))[0].loras == ()


def test_changing_the_model_keeps_the_values_that_still_apply() -> None:
    draft = param(choose_model(fresh(count=3, shape="21:9"), DEV), "output_format", "png")
    draft = param(draft, "num_inference_steps", 8)
    changed = choose_model(draft, SCHNELL)
    assert (changed.count, changed.shape) == (3, "21:9")
    assert changed.params == {"output_format": "png", "num_inference_steps": 8}


def test_a_value_that_another_model_refuses_comes_back_with_the_model() -> None:
    draft = param(choose_model(fresh(), DEV), "num_inference_steps", 40)
    away = choose_model(draft, SCHNELL)
    assert "num_inference_steps" not in away.params
    assert choose_model(away, DEV).params == {"num_inference_steps": 40}


def test_the_negative_prompt_is_kept_but_not_sent_to_a_model_that_takes_none() -> None:
    draft = fresh(prompt="a fox", negative_prompt="blurry")
    assert spec_of(choose_model(draft, SCHNELL))[0].negative_prompt == ""
    assert spec_of(choose_model(choose_model(draft, SCHNELL), QWEN))[0].negative_prompt == "blurry"


def test_a_shape_that_the_model_lacks_becomes_the_nearest_one() -> None:
    custom = fresh(shape=CUSTOM, width="1600", height="900")
    assert choose_model(custom, NANO).shape == "16:9"
    assert choose_model(fresh(shape="21:9"), CATALOG.get_model("seedream-4.5")).shape == "16:9"


def test_a_custom_size_starts_from_the_shape_before_it() -> None:
    draft = choose_shape(fresh(shape="16:9"), SCHNELL.size, shape=CUSTOM)
    assert (draft.width, draft.height) == ("1344", "768")


@pytest.mark.parametrize(("width", "wrong"), [("", ["width"]), ("wide", ["width"]), ("10.5", ["width"]), ("640", [])])
def test_a_custom_size_that_is_no_number_is_named_and_left_out(width: str, wrong: list[str]) -> None:
    spec, errors = spec_of(fresh(shape=CUSTOM, width=width, height="512"))
    assert errors == wrong
    assert spec.height_px == 512


def test_fixing_the_seed_fills_in_the_last_one_and_keeps_a_typed_one() -> None:
    fixed = fix_seed(fresh(), fixed=True, last_seed="123")
    assert spec_of(fixed)[0].seed == 123
    random = fix_seed(fixed, fixed=False, last_seed="9")
    assert spec_of(random)[0].seed is None
    assert fix_seed(random, fixed=True, last_seed="9").seed == "123"


def test_a_pasted_seed_keeps_its_digits_only() -> None:
    assert digits("seed: 1,234,567") == "1234567"
    assert len(digits("9" * 40)) == len(str(MAX_SEED))


def test_a_fixed_seed_without_a_number_is_named() -> None:
    assert spec_of(fresh(seed_fixed=True))[1] == ["seed"]


def test_the_default_value_of_a_field_is_not_a_change() -> None:
    assert param(param(fresh(), "num_inference_steps", 8), "num_inference_steps", 4).params == {}


@pytest.mark.parametrize("typed", ["nan", "inf", "three", "1e999"])
def test_what_is_no_number_stays_text_for_the_service_to_refuse(typed: str) -> None:
    assert param(fresh(), "num_inference_steps", typed).params == {"num_inference_steps": typed}


@pytest.mark.parametrize(
    ("prompt", "batch"),
    [
        ("a {red|blue} fox", True),
        ("a {{red|blue} fox}", True),
        ("a __animal__", True),
        (r"\{a\}", True),
        ('{"light": {"kind": "soft"}} | x', False),
        ("{" * 1_000_000, False),
        ("{a" * 500_000, False),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_prompt_with_alternatives_is_a_batch(prompt: str, batch: bool) -> None:
    """Of long texts the suite's time limit is the judge."""
    assert is_batch(fresh(prompt=prompt)) is batch


def test_a_comma_is_a_decimal_point() -> None:
    assert param(choose_model(fresh(), DEV), "guidance_scale", "4,5").params == {"guidance_scale": 4.5}


def test_a_reset_keeps_model_and_texts() -> None:
    draft = choose_model(fresh(prompt="a fox", negative_prompt="blurry", count=4, seed_fixed=True, seed="1"), DEV)
    draft = replace(draft, sources=(SourcePick("image", "a"),), loras=(LoraPick("l", "flux-1"),))
    clean = reset(param(draft, "num_inference_steps", 40))
    assert (clean.sources, clean.loras) == (draft.sources, draft.loras)
    assert (clean.model, clean.prompt, clean.negative_prompt) == ("flux-dev", "a fox", "blurry")
    assert (clean.count, clean.seed_fixed, clean.params) == (1, False, {})
