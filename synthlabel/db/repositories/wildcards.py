"""People's named lists of words."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Wildcard
from synthlabel.errors import NotFoundError

_LOCK = 7_301_005


class WildcardRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_all(self, account_id: UUID) -> Sequence[Wildcard]:
        """Return a person's lists in the order of their names."""
        statement = sa.select(Wildcard).where(col(Wildcard.account_id) == account_id).order_by(col(Wildcard.name))
        return (await self._session.execute(statement)).scalars().all()

    async def list_named(self, account_id: UUID, names: Iterable[str]) -> Sequence[Wildcard]:
        """Return those of a person's lists that have one of these names."""
        statement = sa.select(Wildcard).where(col(Wildcard.account_id) == account_id, col(Wildcard.name).in_(names))
        return (await self._session.execute(statement)).scalars().all()

    async def get(self, account_id: UUID, name: str) -> Wildcard:
        """Return a person's own list. Raises NotFoundError."""
        row = await self._session.get(Wildcard, (account_id, name))
        if row is None:
            raise NotFoundError("There is no such list.")
        return row

    async def count_others(self, account_id: UUID, name: str) -> int:
        """Return how many lists the person has besides this one. Until commit, the person's other writers wait."""
        lock = sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(str(account_id)))
        await self._session.execute(sa.select(lock))
        statement = sa.select(sa.func.count()).where(col(Wildcard.account_id) == account_id, col(Wildcard.name) != name)
        return (await self._session.execute(statement)).scalar_one()

    async def save(self, account_id: UUID, name: str, values: Sequence[str]) -> None:
        """Insert or replace. Safe to repeat."""
        statement = insert(Wildcard).values(account_id=account_id, name=name, values=list(values))
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["account_id", "name"],
                set_={"values": statement.excluded["values"], "updated_at": sa.func.now()},
            )
        )

    async def delete(self, account_id: UUID, name: str) -> None:
        """Delete for good. Safe to repeat."""
        await self._session.execute(
            sa.delete(Wildcard).where(col(Wildcard.account_id) == account_id, col(Wildcard.name) == name)
        )
