"""What is wrong with a request, in plain words."""

from collections.abc import Iterable, Mapping
from typing import Any

from synthlabel.errors import FieldError

_PLACES = frozenset({"body", "query", "path", "header", "cookie"})

_TEXTS: Mapping[str, str] = {
    "missing": "This is required.",
    "json_invalid": "This is not valid JSON.",
    "string_type": "Use text.",
    "string_unicode": "This text holds characters that can't be stored.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "int_type": "Use a whole number.",
    "int_parsing": "Use a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "Use a whole number.",
    "float_type": "Use a number.",
    "float_parsing": "Use a number.",
    "finite_number": "Use a number.",
    "bool_type": "Use true or false.",
    "bool_parsing": "Use true or false.",
    "greater_than_equal": "Use at least {ge}.",
    "less_than_equal": "Use at most {le}.",
    "enum": "Use one of: {expected}.",
    "literal_error": "Use one of: {expected}.",
    "list_type": "Use a list.",
    "too_long": "Use at most {max_length}.",
    "dict_type": "Use an object.",
    "model_type": "Use an object.",
    "model_attributes_type": "Use a JSON object, sent with the header Content-Type: application/json.",
    "timezone_aware": "Say the time zone, such as 2026-01-31T12:00:00Z.",
}
_TIME = "Use a time such as 2026-01-31T12:00:00Z."


def field_errors(errors: Iterable[Any]) -> list[FieldError]:
    """Translate what FastAPI found. The offending values are left out: they may be secrets."""
    return [FieldError(_field(error["loc"]), _message(error)) for error in errors]


def _field(location: Iterable[int | str]) -> str:
    parts = [str(part) for part in location]
    named = parts[1:] if parts and parts[0] in _PLACES else parts
    # A JSON syntax error is located by its offset, which names no field.
    return ".".join(part[:80] for part in named if not part.isdigit() or len(named) > 1) or "body"


def _message(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return "There is no such parameter." if error["loc"][0] == "query" else "There is no such field."
    if kind.startswith(("datetime", "date_")):
        return _TIME
    if kind in _TEXTS:
        return _TEXTS[kind].format_map(error.get("ctx") or {})
    return str(error["msg"]).removeprefix("Value error, ")
