"""What the Studio's form shows of a draft: controls, mistakes, and a price that is never a guess."""

from dataclasses import replace
from typing import Any

import pytest

from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.catalog import CatalogModel, ModelField, Quote
from synthlabel.domain.generation import GenerationSpec, make_recipe
from synthlabel.errors import FieldError
from synthlabel.ui.pages.studio.draft import CUSTOM, Draft, choose_model, model_of, read_draft
from synthlabel.ui.pages.studio.forms import FieldCard, PriceCard, form_card, model_cards, price_card

CATALOG = load_catalog()
FORMER = PriceCard(label="$0.012", note="as it was")


def draft(model: str = "flux-schnell", **changes: Any) -> Draft:
    fresh = read_draft({"model": model}, CATALOG)
    return choose_model(replace(fresh, **changes), CATALOG.get_model(model))


def estimate(spec: GenerationSpec) -> Quote:
    return make_recipe(spec, CATALOG.get_model(spec.model)).quote


def price(of: Draft) -> tuple[PriceCard, list[FieldError]]:
    return price_card(of, model_of(of, CATALOG), estimate, before=FORMER)


def fields(of: Draft, *errors: FieldError) -> dict[str, FieldCard]:
    return {card.name: card for card in form_card(of, CATALOG, errors).fields}


def test_every_model_is_listed_with_its_price_and_licence() -> None:
    cards = model_cards(CATALOG)
    assert [card.id for card in cards] == [model.id for model in CATALOG.models]
    assert cards[0].price == "$0.003 per image"
    assert all(card.licence and card.description for card in cards)


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_model_has_a_price_before_a_word_is_written(model: CatalogModel) -> None:
    card, errors = price(draft(model.id))
    assert card.label.startswith("$0.0")
    assert not card.stale
    assert [error.field for error in errors] == ["prompt"]


def test_the_price_is_the_estimate_of_the_very_request() -> None:
    form = draft("flux-dev", prompt="a fox", count=3, shape=CUSTOM, width="2048", height="1024")
    card, errors = price(form)
    assert errors == []
    assert card.label == "$0.15"
    assert card.note.startswith("3 images × 2 MP × $0.025 = $0.15")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shape": CUSTOM, "width": "10", "height": "1024"}, "width"),
        ({"shape": CUSTOM, "width": "", "height": "1024"}, "width"),
        ({"seed_fixed": True}, "seed"),
        ({"prompt": "x" * 6000}, "prompt"),
    ],
)
def test_with_a_mistake_the_former_price_stays_and_says_that_it_is_old(changes: dict[str, Any], field: str) -> None:
    card, errors = price(replace(draft(prompt="a fox"), **changes))
    assert card == replace(FORMER, stale=True)
    assert field in [error.field for error in errors]


def test_mistakes_stand_at_their_fields() -> None:
    wrong = FieldError("width", "Use 256 to 2048 pixels."), FieldError("params.num_inference_steps", "Use 1 to 12.")
    card = form_card(draft(), CATALOG, wrong)
    assert card.mistakes.width == "Use 256 to 2048 pixels."
    assert card.mistakes.prompt == ""
    assert fields(draft(), *wrong)["num_inference_steps"].error == "Use 1 to 12."


def test_a_mistake_among_the_advanced_settings_unfolds_them() -> None:
    assert not form_card(draft(), CATALOG).advanced
    assert form_card(draft(), CATALOG, [FieldError("seed", "Enter a seed.")]).advanced


def test_the_models_own_fields_get_the_control_that_fits_their_type() -> None:
    kinds = {name: card.kind for name, card in fields(draft("flux-2")).items()}
    assert kinds == {
        "num_inference_steps": "slider",
        "guidance_scale": "slider",
        "output_format": "segmented",
        "acceleration": "segmented",
        "enable_prompt_expansion": "switch",
        "enable_safety_checker": "switch",
    }


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        (ModelField("a", "A", "integer"), "number"),
        (ModelField("a", "A", "string"), "text"),
        (ModelField("a", "A", "enum", options=("a", "b", "c", "d")), "select"),
    ],
)
def test_fields_without_limits_are_typed_and_long_lists_are_selected(declared: ModelField, kind: str) -> None:
    model = replace(CATALOG.models[0], fields=(declared,))
    card = form_card(Draft(model=model.id), replace(CATALOG, models=(model,)))
    assert [item.kind for item in card.fields] == [kind]


def test_a_changed_setting_is_counted_and_shown() -> None:
    card = form_card(draft(params={"num_inference_steps": 8}, seed_fixed=True, seed="5"), CATALOG)
    assert card.changed == "2 changed"
    assert next(item for item in card.fields if item.name == "num_inference_steps").number == 8


def test_shapes_are_drawn_in_proportion() -> None:
    shapes = {shape.label: shape for shape in form_card(draft(), CATALOG).shapes}
    assert (shapes["1:1"].drawn_width_px, shapes["1:1"].drawn_height_px) == (22, 22)
    assert (shapes["9:16"].drawn_width_px, shapes["9:16"].drawn_height_px) == (13, 22)
    assert shapes["16:9"].size == "1344 × 768"


def test_only_a_model_that_takes_pixels_offers_a_size_of_ones_own() -> None:
    assert form_card(draft("flux-dev"), CATALOG).takes_custom_size
    assert not form_card(draft("nano-banana"), CATALOG).takes_custom_size
