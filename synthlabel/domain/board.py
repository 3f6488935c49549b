"""Boards: named sets of images, and who sees them."""

from enum import StrEnum

from synthlabel.errors import FieldError, InvalidInputError

MAX_NAME_CHARS = 80
MAX_BOARDS = 500
"""Per person. They are listed all at once."""


class Visibility(StrEnum):
    PRIVATE = "private"
    TEAM = "team"


def clean_board_name(text: str) -> str:
    """Return the name without spaces around it. Raises InvalidInputError if nothing or too much is left."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        raise InvalidInputError(FieldError("name", f"Use 1 to {MAX_NAME_CHARS} characters."))
    return name
