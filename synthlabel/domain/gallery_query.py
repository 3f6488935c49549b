"""What a person may ask of the gallery: a filter, and how its search text is read."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from synthlabel.domain.catalog import Task

CHUNK = 200
"""Images between two anchors: as many as a page has at most."""

MAX_TERMS = 24
MAX_STORED_SEED = 2**63 - 1
"""Some providers draw larger seeds than one may ask for."""
MAX_SIDE_PX = 99_999
"""More than any image has."""
MAX_MODEL_CHARS = 200

MAX_TERM_CHARS = 200
"""Longer words than PostgreSQL puts into an index (2 kB) would be errors."""

CLOCK_LEEWAY = timedelta(minutes=1)
"""An image's id holds a time that may differ from ``created_at`` by as much as the clocks of two workers."""

_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


class Scope(StrEnum):
    """Whose images: one's own, those that others show to the team, or both."""

    MINE = "mine"
    SHARED = "shared"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """What to list: all that is named must hold. ``before`` is the id after which a page starts: newest first."""

    scope: Scope = Scope.MINE
    q: str = ""
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """All of them are on the image."""
    rating: int | None = None
    """The person's own, 1 to 5; so are the next three."""
    rating_gte: int | None = None
    unrated: bool = False
    favorite: bool = False
    board: UUID | None = None
    seed: int | None = None
    by: str | None = None
    """The owner: an account's id, its email, or how the name begins."""
    width_px: int | None = None
    height_px: int | None = None
    task: Task | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    trashed: bool = False
    as_of: datetime | None = None
    """Only what there was then: made by then, or in the trash thrown away by then."""
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word, of which the beginning is enough, or a phrase, which must be there as it stands."""

    text: str
    phrase: bool = False


def read_terms(text: str) -> tuple[Term, ...]:
    """Split a search text into words and "quoted phrases". Takes anything; signs without letters say nothing."""
    found = (_term(match) for match in _TERM.finditer(text))
    return tuple(term for term in found if any(char.isalnum() for char in term.text))[:MAX_TERMS]


def _term(match: re.Match[str]) -> Term:
    phrase, word = match.group(1), match.group(2)
    if phrase is None:
        return Term(word[:MAX_TERM_CHARS])
    return Term(phrase[:MAX_TERM_CHARS], phrase=True)


def first_id_at(time: datetime, *, shift: timedelta = timedelta()) -> UUID:
    """Return the smallest UUIDv7 (RFC 9562) of a time: its first 48 bits are the milliseconds since 1970.

    The shift may lead beyond the times that a ``datetime`` can say.
    """
    ms = int((time.timestamp() + shift.total_seconds()) * 1000)
    return UUID(int=min(max(ms, 0), (1 << 48) - 1) << 80)
