"""The catalogue's files: one TOML file per provider in ``synthlabel/catalog``, checked against its schema."""

import json
import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

from synthlabel.domain.catalog import (
    AspectRatio,
    Catalog,
    CatalogModel,
    ImageInput,
    LoraSupport,
    ModelField,
    Price,
    PriceExtra,
    SizeRule,
    Task,
)
from synthlabel.errors import ConfigurationError


@cache  # the files are part of the package
def load_catalog() -> Catalog:
    """Read every provider's file. Raises ConfigurationError that names the file and the wrong place."""
    folder = files("synthlabel") / "catalog"
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    entries: list[CatalogModel] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            _check(data, schema, name=file.name)
            entries.extend(_model(entry, data) for entry in data["models"])
    return Catalog(
        models=tuple(entry for entry in entries if entry.task is Task.GENERATE),
        tools=tuple(entry for entry in entries if entry.task is not Task.GENERATE),
    )


def _check(data: dict[str, Any], schema: dict[str, Any], *, name: str) -> None:
    try:
        jsonschema.validate(data, schema)
    except jsonschema.ValidationError as error:
        raise ConfigurationError(f"catalog/{name}: {error.json_path}: {error.message}") from None
    ids = [entry["id"] for entry in data["models"]]
    if len(set(ids)) != len(ids):
        raise ConfigurationError(f"catalog/{name}: two models have the same id.")


def _field(entry: dict[str, Any]) -> ModelField:
    options: tuple[str, ...] = tuple(entry.get("options", ()))
    fields: dict[str, Any] = {**entry, "options": options}
    return ModelField(**fields)


def _model(entry: dict[str, Any], data: dict[str, Any]) -> CatalogModel:
    entry = dict(entry)
    return CatalogModel(
        provider=data["provider"],
        price=_price(entry.pop("price")),
        size=_size(entry.pop("size"), data["ratios"]),
        fields=tuple(_field(item) for item in entry.pop("fields")),
        task=Task(entry.pop("task", Task.GENERATE)),
        loras=LoraSupport(**loras) if (loras := entry.pop("loras", None)) else None,
        image_input=_image_input(given) if (given := entry.pop("image_input", None)) else None,
        **entry,
    )


def _image_input(entry: dict[str, Any]) -> ImageInput:
    fields: dict[str, Any] = {**entry, "fields": tuple(_field(item) for item in entry.get("fields", ()))}
    return ImageInput(**fields)


def _price(entry: dict[str, Any]) -> Price:
    extras = tuple(
        PriceExtra(param=extra["param"], usd_per_image=Decimal(extra["usd_per_image"]))
        for extra in entry.get("extras", ())
    )
    fields: dict[str, Any] = {**entry, "usd": Decimal(entry["usd"]), "extras": extras}
    return Price(**fields)


def _size(entry: dict[str, Any], ratio_sets: dict[str, dict[str, list[int]]]) -> SizeRule:
    ratios = tuple(AspectRatio(label, *size) for label, size in ratio_sets[entry["ratios"]].items())
    default = next(ratio for ratio in ratios if ratio.label == entry["default"])
    fields: dict[str, Any] = {**entry, "ratios": ratios, "default": default}
    return SizeRule(**fields)
