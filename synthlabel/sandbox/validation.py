"""Checks an input as fal does: pydantic's rules, fal's names for what is wrong.

Error types and their ``ctx``: https://docs.fal.ai/model-apis/errors. Unknown fields are ignored, numbers in
strings are accepted, and a field that is null counts as left out.
"""

import json
from functools import cache
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Discriminator, Tag, ValidationError, create_model
from pydantic import Field as PydanticField
from pydantic_core import ErrorDetails

from synthlabel.sandbox.catalogue import CUSTOM_SIDE_PX, Arguments, Endpoint, Field, endpoints

Detail = dict[str, Any]

_FAL_NAMES = {"literal_error": "one_of", "too_long": "sequence_too_long", "too_short": "sequence_too_short"}
_KEPT_CONTEXT = ("ge", "le", "gt", "lt", "multiple_of", "max_length", "min_length")
_PRESET, _CUSTOM = "<preset>", "<custom>"


class InvalidInputError(Exception):
    """``details`` is the list that goes into the 422 reply."""

    def __init__(self, details: list[Detail]) -> None:
        super().__init__(details)
        self.details = details


class _Lora(BaseModel):
    path: str
    scale: float = PydanticField(1.0, ge=0, le=4)


def validate(endpoint: Endpoint, arguments: object) -> Arguments:
    """Return the arguments with defaults filled in. Raises InvalidInputError."""
    if isinstance(arguments, dict):
        given = cast("Arguments", arguments)
        arguments = {name: value for name, value in given.items() if value is not None}
    try:
        valid = _model(endpoint.id).model_validate(arguments).model_dump()
    except ValidationError as error:
        raise InvalidInputError([_detail(endpoint, item) for item in error.errors()]) from None
    _check_size(endpoint, valid)
    return valid


def detail(
    loc: tuple[str | int, ...], message: str, kind: str, *, given: object = None, ctx: Detail | None = None
) -> Detail:
    """One entry of a model error, in fal's shape. ``loc`` is relative to the body."""
    entry: Detail = {"loc": ["body", *loc], "msg": message, "type": kind}
    entry["url"] = f"https://docs.fal.ai/errors/#{kind}"
    if ctx:
        entry["ctx"] = ctx
    entry["input"] = given
    return entry


def _detail(endpoint: Endpoint, error: ErrorDetails) -> Detail:
    loc = tuple(part for part in error["loc"] if part not in (_PRESET, _CUSTOM))
    kind = _FAL_NAMES.get(error["type"], error["type"])
    ctx = {name: value for name, value in error.get("ctx", {}).items() if name in _KEPT_CONTEXT}
    if kind == "one_of":
        ctx["expected"] = list(endpoint.fields[str(loc[0])].values)
    return detail(loc, error["msg"], kind, given=_as_json(error["input"]), ctx=ctx)


def _as_json(value: object) -> object:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return str(value)
    return value


def _check_size(endpoint: Endpoint, arguments: Arguments) -> None:
    size = arguments.get("image_size")
    if not isinstance(size, dict):
        return
    limits, pixels = endpoint.size, size["width"] * size["height"]
    if pixels > limits.maximum_pixels:
        kind, message = "image_too_large", f"Image must have at most {limits.maximum_pixels} pixels"
    elif pixels < limits.minimum_pixels:
        kind, message = "image_too_small", f"Image must have at least {limits.minimum_pixels} pixels"
    else:
        return
    raise InvalidInputError([detail(("image_size",), message, kind, given=size)])


@cache
def _model(endpoint_id: str) -> type[BaseModel]:
    endpoint = endpoints()[endpoint_id]
    definitions: dict[str, Any] = {name: _definition(endpoint, field) for name, field in endpoint.fields.items()}
    return create_model("Input", **definitions)


def _definition(endpoint: Endpoint, field: Field) -> tuple[Any, Any]:
    kind = _python_type(endpoint, field)
    limits = PydanticField(
        ge=field.minimum, le=field.maximum, min_length=field.minimum_items, max_length=field.maximum_items
    )
    if field.required:
        return Annotated[kind, limits], ...
    if field.default is None:
        return Annotated[kind | None, limits], None
    return Annotated[kind, limits], field.default


def _python_type(endpoint: Endpoint, field: Field) -> Any:
    match field.type:
        case "string":
            return str
        case "strings":
            return list[str]
        case "integer":
            return int
        case "number":
            return float
        case "boolean":
            return bool
        case "enum":
            return Literal[field.values]
        case "loras":
            return list[_Lora]
        case "size":
            return _size_type(endpoint, field)
        case "any":
            return Any


def _size_type(endpoint: Endpoint, field: Field) -> Any:
    limits = endpoint.size
    side = Annotated[
        int,
        PydanticField(ge=limits.minimum_px, le=limits.maximum_px, multiple_of=limits.multiple_of),
    ]
    custom = create_model("ImageSize", width=(side, CUSTOM_SIDE_PX), height=(side, CUSTOM_SIDE_PX))
    return Annotated[
        Annotated[Literal[field.values], Tag(_PRESET)] | Annotated[custom, Tag(_CUSTOM)],
        Discriminator(_size_tag),
    ]


def _size_tag(value: object) -> str:
    return _PRESET if isinstance(value, str) else _CUSTOM
