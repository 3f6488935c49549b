"""A model's own inputs: each value checked against its field, and completed with defaults. Pure."""

from collections.abc import Mapping
from typing import Any

from synthlabel.domain.catalog import CatalogModel, FieldValue, ModelField
from synthlabel.errors import FieldError

MAX_STRING_CHARS = 2000
_LARGEST = 1e15  # no field comes near; infinity and NaN fail the comparison


def checked_params(
    given: Mapping[str, Any], model: CatalogModel, errors: list[FieldError], *, sources: int
) -> dict[str, FieldValue]:
    """Return the values that count for a request with so many source images. Adds to ``errors`` what is wrong."""
    known = {item.name: item for item in model.fields_for(sources=sources)}
    errors.extend(FieldError(f"params.{name[:80]}", _unknown(name, model)) for name in given if name not in known)
    values: dict[str, FieldValue] = {}
    for name, item in known.items():
        value = given.get(name)
        if value is None:
            if item.default is not None:
                values[name] = item.default
            continue
        problem = _problem(item, value)
        if problem:
            errors.append(FieldError(f"params.{name}", problem))
        else:
            values[name] = int(value) if item.type == "integer" else value
    return values


def _unknown(name: str, model: CatalogModel) -> str:
    if any(item.name == name for item in model.fields_for(sources=1)):
        return f"{model.name} takes this only together with a source image."
    return f"{model.name} has no such parameter."


def _problem(item: ModelField, value: object) -> str | None:
    match item.type:
        case "boolean":
            return None if isinstance(value, bool) else "Use true or false."
        case "enum":
            allowed = ", ".join(item.options)
            return None if value in item.options else f"Use one of: {allowed}."
        case "string":
            fits = isinstance(value, str) and len(value) <= MAX_STRING_CHARS
            return None if fits else f"Use text of at most {MAX_STRING_CHARS} characters."
        case "integer" | "number":
            return _number_problem(item, value)


def _number_problem(item: ModelField, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
        return "Use a number."
    if item.type == "integer" and value != int(value):
        return "Use a whole number."
    low, high = item.minimum, item.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"Use {low:g} to {high:g}." if low is not None and high is not None else "Out of range."
    return None
