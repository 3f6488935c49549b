"""Weights that people have made known."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among
from synthlabel.db.tables import Lora
from synthlabel.errors import NotFoundError


class LoraRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Lora) -> None:
        self._session.add(row)

    async def lock(self, account_id: UUID, lora_id: UUID) -> Lora:
        """Return a person's own LoRA, also from the trash, and hold it until commit. Raises NotFoundError."""
        statement = sa.select(Lora).where(col(Lora.id) == lora_id, col(Lora.account_id) == account_id)
        row = (await self._session.execute(statement.with_for_update())).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such LoRA.")
        return row

    async def list_own(self, account_id: UUID) -> Sequence[Lora]:
        """Return a person's LoRAs without the trash, newest first."""
        statement = (
            sa.select(Lora)
            .where(col(Lora.account_id) == account_id, col(Lora.trashed_at).is_(None))
            .order_by(col(Lora.id).desc())
        )
        return (await self._session.execute(statement)).scalars().all()

    async def count(self, account_id: UUID) -> int:
        """Return how many LoRAs a person has, without the trash."""
        statement = sa.select(sa.func.count()).where(col(Lora.account_id) == account_id, col(Lora.trashed_at).is_(None))
        return (await self._session.execute(statement)).scalar_one()

    async def list_usable(self, account_id: UUID, lora_ids: Iterable[UUID]) -> Sequence[Lora]:
        """Return those of these LoRAs that the person may use, in no order."""
        statement = sa.select(Lora).where(
            among(col(Lora.id), lora_ids), col(Lora.account_id) == account_id, col(Lora.trashed_at).is_(None)
        )
        return (await self._session.execute(statement)).scalars().all()
