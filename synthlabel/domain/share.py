"""Share links: how long one works, and what it may be called."""

from datetime import timedelta

from synthlabel.domain.text import storable_text
from synthlabel.errors import FieldError, InvalidInputError

MAX_IMAGES = 500
"""In one link. They are sent all at once."""

MAX_TITLE_CHARS = 120
MAX_DAYS = 365
DEFAULT_DAYS = 7


def clean_title(text: str) -> str:
    """Return the title without spaces around it; it may be empty. Raises InvalidInputError if it is too long."""
    title = " ".join(storable_text(text).split())
    if len(title) > MAX_TITLE_CHARS:
        raise InvalidInputError(FieldError("title", f"Use at most {MAX_TITLE_CHARS} characters."))
    return title


def lifetime_of(days: int) -> timedelta:
    """Return how long a link works. Raises InvalidInputError outside of 1 to 365 days."""
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInputError(FieldError("expires_in_days", f"Use 1 to {MAX_DAYS} days."))
    return timedelta(days=days)
