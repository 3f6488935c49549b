"""Filled-in forms that a person keeps under a name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from synthlabel.db.tables import Preset
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.text import storable_object, storable_text
from synthlabel.errors import ConflictError, FieldError, InvalidInputError
from synthlabel.services.idempotency import once

MAX_NAME_CHARS = 80
MAX_DATA_BYTES = 64 * 1024
MAX_PRESETS = 200
"""Per person. They are listed all at once, with what is in them."""


@dataclass(frozen=True, slots=True)
class PresetView:
    id: UUID
    name: str
    data: Mapping[str, Any]
    """A draft as the Studio writes it. Whoever reads it checks it: models and fields may be gone since."""
    created_at: datetime
    updated_at: datetime


_VIEW = TypeAdapter(PresetView)


class PresetService:
    def __init__(self, uow: Callable[[], UnitOfWork]) -> None:
        self._uow = uow

    async def list_all(self, actor: Actor) -> Sequence[PresetView]:
        """Return all of the person's presets in the order of their names."""
        async with self._uow() as work:
            return [_view(row) for row in await work.presets.list_all(actor.user_id)]

    async def get(self, actor: Actor, preset_id: str) -> PresetView:
        """Return one of the person's own presets. Raises NotFoundError."""
        async with self._uow() as work:
            return _view(await work.presets.get(actor.user_id, parse_id(preset_id, what="preset")))

    async def create(
        self, actor: Actor, name: str, data: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> PresetView:
        """Keep a form. Safe to repeat with the same ``idempotency_key``.

        Raises InvalidInputError; ConflictError if the name is taken, whatever its case.
        """
        row = Preset(account_id=actor.user_id, **_checked(name=name, data=data))
        what = ("preset", row.name, row.data)
        async with self._uow() as work:
            view = await once(work, actor, idempotency_key, what, lambda: _create(work, row), answers=_VIEW)
            await work.commit()
        return view

    async def update(
        self, actor: Actor, preset_id: str, *, name: str | None = None, data: Mapping[str, Any] | None = None
    ) -> PresetView:
        """Rename it, or replace what is in it; None leaves as it is. Safe to repeat. Raises as ``create`` does."""
        changes = _checked(name=name, data=data)
        async with self._uow() as work:
            row = await work.presets.get(actor.user_id, parse_id(preset_id, what="preset"))
            await work.presets.change(row, {**changes, "updated_at": datetime.now(UTC)})
            await work.commit()
        return _view(row)

    async def delete(self, actor: Actor, preset_id: str) -> None:
        """Delete it for good. Raises NotFoundError."""
        async with self._uow() as work:
            row = await work.presets.get(actor.user_id, parse_id(preset_id, what="preset"))
            await work.presets.delete(row.id)
            await work.commit()


async def _create(work: UnitOfWork, row: Preset) -> PresetView:
    if await work.presets.count(row.account_id) >= MAX_PRESETS:
        raise ConflictError(f"You can keep at most {MAX_PRESETS} presets. Delete one first.")
    await work.presets.add(row)
    return _view(row)


def _checked(*, name: str | None, data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the columns for what is given, ready to be stored. Raises InvalidInputError."""
    columns: dict[str, Any] = {}
    errors: list[FieldError] = []
    if name is not None:
        columns["name"] = " ".join(storable_text(name).split())
        if not 1 <= len(columns["name"]) <= MAX_NAME_CHARS:
            errors.append(FieldError("name", f"Use 1 to {MAX_NAME_CHARS} characters."))
    if data is not None:
        try:
            columns["data"] = storable_object(data, max_bytes=MAX_DATA_BYTES)
        except InvalidInputError as error:
            errors.extend(error.errors)
    if errors:
        raise InvalidInputError(*errors)
    return columns


def _view(row: Preset) -> PresetView:
    return PresetView(id=row.id, name=row.name, data=row.data, created_at=row.created_at, updated_at=row.updated_at)
