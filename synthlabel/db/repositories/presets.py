"""People's filled-in forms, by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Preset
from synthlabel.errors import ConflictError, NotFoundError


class PresetRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_all(self, account_id: UUID) -> Sequence[Preset]:
        """Return a person's presets in the order of their names."""
        statement = (
            sa.select(Preset).where(col(Preset.account_id) == account_id).order_by(sa.func.lower(col(Preset.name)))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def get(self, account_id: UUID, preset_id: UUID) -> Preset:
        """Return a person's own preset. Raises NotFoundError, also for somebody else's."""
        row = await self._session.get(Preset, preset_id)
        if row is None or row.account_id != account_id:
            raise NotFoundError("There is no such preset.")
        return row

    async def count(self, account_id: UUID) -> int:
        statement = sa.select(sa.func.count()).where(col(Preset.account_id) == account_id)
        return (await self._session.execute(statement)).scalar_one()

    async def add(self, row: Preset) -> None:
        """Insert. Raises ConflictError if the person has one of this name."""
        self._session.add(row)
        await self._flush()

    async def change(self, row: Preset, changes: dict[str, Any]) -> None:
        """Write new values of columns. Raises ConflictError if the person has another one of this name."""
        for name, value in changes.items():
            setattr(row, name, value)
        await self._flush()

    async def delete(self, preset_id: UUID) -> None:
        """Delete for good. Safe to repeat."""
        await self._session.execute(sa.delete(Preset).where(col(Preset.id) == preset_id))

    async def _flush(self) -> None:
        try:
            await self._session.flush()
        except IntegrityError as error:
            text = "You have a preset of this name already."
            raise ConflictError(text, code="name_taken") from error
