"""What a person has begun to fill in, kept on the server: a reload or another device finds it again."""

import json
from collections.abc import Callable
from typing import Any

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.text import storable_json
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

    async def save(self, actor: Actor, name: str, data: dict[str, Any]) -> None:
        """Replace the draft. Raises InvalidInputError if it is too large. Safe to repeat."""
        if name not in NAMES:
            raise InvalidInputError(FieldError("name", "There is no such form."))
        data = storable_json(data)
        if len(json.dumps(data, ensure_ascii=False).encode()) > MAX_DRAFT_BYTES:
            raise InvalidInputError(FieldError("data", f"A draft has at most {MAX_DRAFT_BYTES // 1024} KB."))
        async with self._uow() as work:
            await work.drafts.save(actor.user_id, name, data)
            await work.commit()
