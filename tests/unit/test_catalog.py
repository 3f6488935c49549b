"""The catalogue that ships: complete, priced, and true to the provider's own description of its models."""

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.adapters import catalog as reader
from synthlabel.adapters.catalog import load_catalog
from synthlabel.domain.catalog import CatalogModel, SourceSize
from synthlabel.domain.generation import GenerationSpec, Ingredients, make_recipe, with_sources
from synthlabel.errors import ConfigurationError, NotFoundError
from synthlabel.sandbox.catalogue import endpoints
from synthlabel.sandbox.sizing import size_of
from synthlabel.sandbox.validation import validate

MODELS = load_catalog().models
ALL = (*MODELS, *load_catalog().tools)
SOURCES = (SourceSize(1200, 900), SourceSize(2047, 1029), SourceSize(640, 1411), SourceSize(1024, 1025))
SCHEMAS: dict[str, Any] = json.loads((files("synthlabel.sandbox") / "schemas.json").read_text(encoding="utf-8"))
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)


@every_model
def test_a_model_says_what_a_person_and_an_accountant_want_to_know(model: CatalogModel) -> None:
    assert model.name
    assert model.description
    assert model.licence
    assert model.price.usd > 0
    assert model.price.as_of >= "2026-01-01"
    assert model.price.source
    assert model.size.default in model.size.ratios


@every_model
def test_a_default_request_of_every_shape_is_sound(model: CatalogModel) -> None:
    for ratio in model.size.ratios:
        spec = GenerationSpec("a fox", model.id, width_px=ratio.width_px, height_px=ratio.height_px)
        recipe = make_recipe(spec, model)
        assert (recipe.width_px, recipe.height_px) == (ratio.width_px, ratio.height_px)


@every_model
def test_a_default_is_a_value_that_the_field_takes(model: CatalogModel) -> None:
    defaults = {field.name: field.default for field in model.fields if field.default is not None}
    assert make_recipe(GenerationSpec("a fox", model.id, params=defaults), model).params == defaults


@every_model
def test_the_sandbox_knows_the_model(model: CatalogModel) -> None:
    assert model.endpoint in json.dumps(SCHEMAS)


def test_an_absent_model_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        load_catalog().get_model("no-such-model")


@pytest.mark.parametrize(
    ("model", "size", "count", "params", "usd"),
    [
        ("flux-schnell", (1024, 1024), 1, {}, "0.003"),
        ("flux-schnell", (1024, 1025), 1, {}, "0.006"),  # a megapixel more has begun
        ("flux-schnell", (256, 256), 4, {}, "0.012"),
        ("flux-dev", (2048, 2048), 2, {}, "0.2"),
        ("nano-banana", (1024, 1024), 3, {}, "0.117"),
        ("z-image-turbo", (1024, 1024), 2, {"enable_prompt_expansion": True}, "0.015"),
        ("z-image-turbo", (1024, 1024), 2, {"enable_prompt_expansion": False}, "0.01"),
    ],
)
def test_a_price_is_what_the_provider_asks(
    model: str, size: tuple[int, int], count: int, params: dict[str, Any], usd: str
) -> None:
    quote = load_catalog().get_model(model).quote(*size, count=count, params=params)
    assert quote.usd == usd
    assert quote.label in quote.formula


@given(st.sampled_from(MODELS), st.integers(256, 4096), st.integers(256, 4096), st.integers(1, 4))
def test_the_bill_for_what_was_quoted_is_the_quote(
    model: CatalogModel, width_px: int, height_px: int, count: int
) -> None:
    quote = model.quote(width_px, height_px, count=count, params={})
    units = count if model.price.unit == "image" else count * -(-width_px * height_px // (1024 * 1024))
    assert model.charge_micros(units, count=count, params={}) == quote.amount_micros


def _usable_counts(model: CatalogModel) -> list[tuple[int, int]]:
    """How many images from how many sources."""
    rule = model.image_input
    least = 1 if rule is not None and rule.required else 0
    most = 0 if rule is None else min(rule.max_images, len(SOURCES))
    return [(count, sources) for count in range(1, model.max_images + 1) for sources in range(least, most + 1)]


@pytest.mark.parametrize("shift", range(len(SOURCES)))
@pytest.mark.parametrize(
    ("model", "count", "sources"),
    [
        pytest.param(model, *made, id=f"{model.id}-{made[0]}-{made[1]}")
        for model in ALL
        for made in _usable_counts(model)
    ],
)
def test_what_the_sandbox_bills_is_what_was_quoted(model: CatalogModel, count: int, sources: int, shift: int) -> None:
    given = (SOURCES[shift:] + SOURCES[:shift])[:sources]
    recipe = make_recipe(GenerationSpec("a fox", model.id, count=count), model, Ingredients(given))
    endpoint = endpoints()[recipe.endpoint]
    addresses = [f"https://example.com/{index}.png" for index in range(sources)]
    arguments = validate(endpoint, with_sources(recipe.arguments, addresses))
    sizes = [(source.width_px, source.height_px) for source in given]
    size = (0, 0) if endpoint.kind == "caption" else size_of(endpoint, arguments, sizes)
    units = endpoint.units_of([size] * count, sizes)
    assert model.charge_micros(units, count=count, params=recipe.params) == recipe.quote.amount_micros
    assert endpoint.kind == "caption" or size == (recipe.width_px, recipe.height_px) or model.size.kind == "ratio"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"unit": "pixel"}, "unit"),
        ({"usd": "free"}, "usd"),
        ({"usd": 0.003}, "usd"),
        ({"as_of": None}, "as_of"),
    ],
)
def test_a_wrong_catalogue_names_the_file_and_the_place(change: dict[str, Any], place: str) -> None:
    text = (files("synthlabel") / "catalog" / "fal.toml").read_text(encoding="utf-8")
    data = reader.tomllib.loads(text)
    schema = json.loads((files("synthlabel") / "catalog" / "schema.json").read_text(encoding="utf-8"))
    data["models"][0]["price"] |= change
    with pytest.raises(ConfigurationError, match=rf"catalog/fal\.toml: .*{place}"):
        reader._check(data, schema, name="fal.toml")


def test_two_models_with_one_id_are_refused() -> None:
    data = reader.tomllib.loads((files("synthlabel") / "catalog" / "fal.toml").read_text(encoding="utf-8"))
    schema = json.loads((files("synthlabel") / "catalog" / "schema.json").read_text(encoding="utf-8"))
    data["models"].append(data["models"][0])
    with pytest.raises(ConfigurationError, match="same id"):
        reader._check(data, schema, name="fal.toml")


def test_prices_are_exact() -> None:
    assert all(isinstance(model.price.usd, Decimal) for model in MODELS)
