"""What a person does to a selection of images: rate, mark, tag, put on boards, throw away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from synthlabel.domain.gallery_query import ImageFilter
from synthlabel.domain.text import storable_text
from synthlabel.errors import ConflictError, FieldError, InvalidInputError

MAX_TAG_CHARS = 60
MAX_TAGS = 50
MAX_IDS = 10_000
MAX_SELECTED = 100_000
"""Of a selection by filter. What was there before is kept for each, to undo it."""
MAX_TAGGED = 500_000
"""Tags times images: what was there before is one JSON value, and those end at 256 MB."""


class ActionKind(StrEnum):
    RATE = "rate"
    FAVORITE = "favorite"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    ADD_TO_BOARD = "add_to_board"
    REMOVE_FROM_BOARD = "remove_from_board"
    TRASH = "trash"
    RESTORE = "restore"
    PURGE = "purge"


OWN_ONLY = frozenset(
    {ActionKind.ADD_TAGS, ActionKind.REMOVE_TAGS, ActionKind.TRASH, ActionKind.RESTORE, ActionKind.PURGE}
)
"""Done to one's own images alone, also where others' images are seen."""

IN_TRASH = frozenset({ActionKind.RESTORE, ActionKind.PURGE})
"""Done to what is in the trash; all others to what is not."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Images by id, or all that a filter finds but some."""

    ids: tuple[UUID, ...] | None = None
    wanted: ImageFilter | None = None
    excluded: tuple[UUID, ...] = ()
    expected: int | None = None
    """How many images the person thinks that is, if they said so."""

    def check_count(self, count: int) -> None:
        """Raise ConflictError if the images are not as many as the person thinks."""
        if self.expected is not None and count != self.expected:
            there = "There is 1 image" if count == 1 else f"There are {count:,} images"
            message = f"{there} now, not {self.expected:,}. Nothing was done: look again first."
            raise ConflictError(message, code="selection_changed")


@dataclass(frozen=True, slots=True)
class Action:
    """One intention. ``value`` is what its kind needs: ``rating``, ``favorite``, ``tags`` or ``board_id``."""

    id: UUID
    kind: ActionKind
    selection: Selection
    value: dict[str, Any] = field(default_factory=dict[str, Any])


def clean_tags(tags: Iterable[str], *, name: str = "tags") -> tuple[str, ...]:
    """Return tags in lower case, single-spaced, each once. Raises InvalidInputError for ``name``."""
    cleaned = dict.fromkeys(" ".join(storable_text(tag).split()).lower() for tag in tags)
    if any(not 1 <= len(tag) <= MAX_TAG_CHARS for tag in cleaned):
        raise InvalidInputError(FieldError(name, f"Use 1 to {MAX_TAG_CHARS} characters for a tag."))
    if len(cleaned) > MAX_TAGS:
        raise InvalidInputError(FieldError(name, f"Use at most {MAX_TAGS} tags."))
    return tuple(cleaned)


def clean_value(kind: ActionKind, value: dict[str, Any]) -> dict[str, Any]:
    """Check and tidy what an action sets. Raises InvalidInputError on ``value.…``."""
    match kind:
        case ActionKind.RATE:
            return {"rating": _rating(value.get("rating", ""))}
        case ActionKind.FAVORITE:
            return {"favorite": _flag(value.get("favorite"))}
        case ActionKind.ADD_TAGS | ActionKind.REMOVE_TAGS:
            return {"tags": list(_tags(value.get("tags")))}
        case ActionKind.ADD_TO_BOARD | ActionKind.REMOVE_FROM_BOARD:
            return {"board_id": _board(value.get("board_id"))}
        case _:
            return {}


def _rating(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5):
        return value
    raise InvalidInputError(FieldError("value.rating", "Use 1 to 5, or null for none."))


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidInputError(FieldError("value.favorite", "Use true or false."))


def _tags(value: object) -> Sequence[str]:
    if isinstance(value, list) and value and all(isinstance(tag, str) for tag in value):
        return clean_tags(value, name="value.tags")
    raise InvalidInputError(FieldError("value.tags", "Use a list of tags."))


def _board(value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise InvalidInputError(FieldError("value.board_id", "There is no such board.")) from None
