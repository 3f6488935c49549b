"""First answers to requests that may be sent twice."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import IdempotencyKey

KEPT = timedelta(hours=24)


class IdempotencyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, account_id: UUID, key: str) -> IdempotencyKey | None:
        """Return the stored answer. Until commit, a second request with this key waits here."""
        name = sa.func.hashtextextended(f"{account_id}:{key}", 0)
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
        statement = sa.select(IdempotencyKey).where(
            col(IdempotencyKey.account_id) == account_id,
            col(IdempotencyKey.key) == key,
            col(IdempotencyKey.created_at) > sa.func.now() - KEPT,
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def save(self, row: IdempotencyKey) -> None:
        """Store the first answer, in place of one that is a day old."""
        await self._session.merge(row)

    async def delete_old(self) -> None:
        statement = sa.delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < sa.func.now() - KEPT)
        await self._session.execute(statement)
