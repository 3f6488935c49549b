"""What people have begun to fill in."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Draft


class DraftRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, account_id: UUID, name: str) -> dict[str, Any] | None:
        row = await self._session.get(Draft, (account_id, name))
        return None if row is None else row.data

    async def save(self, account_id: UUID, name: str, data: dict[str, Any]) -> None:
        """Insert, or replace the fields that ``data`` has; the others stay. Safe to repeat."""
        statement = insert(Draft).values(account_id=account_id, name=name, data=data)
        merged = col(Draft.data).op("||")(statement.excluded.data)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["account_id", "name"], set_={"data": merged, "updated_at": sa.func.now()}
            )
        )
