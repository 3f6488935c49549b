"""Identifiers that people and programs send us are text until they have been parsed."""

from uuid import UUID

from synthlabel.errors import NotFoundError


def parse_id(text: str, *, what: str) -> UUID:
    """Parse an id. A malformed one cannot exist: NotFoundError, the same answer as for a foreign one."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise NotFoundError(f"There is no such {what}.") from None
