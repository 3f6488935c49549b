"""What a person has begun to fill in, kept on the server: a reload or another device finds it again."""

from collections.abc import Callable
from typing import Any

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.text import storable_object
from synthlabel.errors import FieldError, InvalidInputError

MAX_DRAFT_BYTES = 64 * 1024
NAMES = frozenset({"studio"})


class DraftService:
    def __init__(self, uow: Callable[[], UnitOfWork]) -> None:
        self._uow = uow

    async def load(self, actor: Actor, name: str) -> dict[str, Any]:
        """Return the draft; empty if there is none."""
        async with self._uow() as work:
            return await work.drafts.find(actor.user_id, name) or {}

    async def save(self, actor: Actor, name: str, changed: dict[str, Any]) -> None:
        """Replace these fields of the draft, and leave the others as they are: another tab may have changed them.

        Raises InvalidInputError if they are too large, or no plain JSON. Safe to repeat.
        """
        if name not in NAMES:
            raise InvalidInputError(FieldError("name", "There is no such form."))
        storable = storable_object(changed, max_bytes=MAX_DRAFT_BYTES)
        async with self._uow() as work:
            await work.drafts.save(actor.user_id, name, storable)
            await work.commit()
