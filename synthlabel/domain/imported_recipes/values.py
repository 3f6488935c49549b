"""Values out of files that anybody may have made: looked at one by one, cut to size, never executed."""

import json
import math
from typing import Any

MAX_JSON_CHARS = 2 * 1024 * 1024
MAX_TEXT_CHARS = 50_000
MAX_NAME_CHARS = 200


def parse_json(text: str) -> Any:
    """Return what a text says; None if it is no JSON, too long, too deep, or holds what JSON can't say.

    Some tools write NaN, which becomes None.
    """
    if len(text) > MAX_JSON_CHARS:
        return None
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def as_text(value: object, *, limit: int = MAX_TEXT_CHARS) -> str | None:
    """Return a text without what cannot be stored; None if it is none, or an empty one."""
    if not isinstance(value, str):
        return None
    return value[:limit].replace("\x00", "").encode("utf-8", "ignore").decode().strip() or None


def as_name(value: object) -> str | None:
    """Return one line of text."""
    text = as_text(value, limit=MAX_NAME_CHARS)
    return None if text is None else " ".join(text.split())


def as_whole(value: object) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and number == int(number) else None


def as_number(value: object) -> float | int | None:
    """Return a finite number, also from its digits; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return _parsed(value.strip())
    return value if math.isfinite(value) and abs(value) < 2**64 else None


def _parsed(text: str) -> float | int | None:
    if len(text) > 30 or not text.isascii():
        return None
    try:
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return None
    return as_number(number)
