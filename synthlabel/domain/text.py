"""Text and JSON from people, made fit to be stored."""

import json
from collections.abc import Mapping
from typing import Any

from synthlabel.errors import FieldError, InvalidInputError

MAX_DEPTH = 50
"""Of JSON from people. Far below where Python's own readers and writers give up."""


def storable_text(text: str) -> str:
    """Drop NUL and lone halves of characters, which PostgreSQL cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def storable_json(value: Any, *, depth: int = MAX_DEPTH) -> Any:
    """Return plain JSON data whose texts, the names in objects included, can be stored.

    Raises ValueError if it is nested more than ``depth`` deep.
    """
    if isinstance(value, str):
        return storable_text(value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise ValueError("This is nested too deeply.")
    if isinstance(value, list):
        return [storable_json(item, depth=depth - 1) for item in value]
    return {storable_text(str(name)): storable_json(item, depth=depth - 1) for name, item in value.items()}


def storable_object(data: Mapping[str, Any], *, max_bytes: int) -> dict[str, Any]:
    """Return an object that can be stored as JSON. Raises InvalidInputError on ``data``."""
    try:
        storable = storable_json(dict(data))
        size_bytes = len(json.dumps(storable, ensure_ascii=False, allow_nan=False).encode())
    except ValueError:
        message = f"Use plain JSON: at most {MAX_DEPTH} levels deep, without NaN and Infinity."
        raise InvalidInputError(FieldError("data", message)) from None
    if size_bytes > max_bytes:
        raise InvalidInputError(FieldError("data", f"Use at most {max_bytes // 1024} KB."))
    return storable
