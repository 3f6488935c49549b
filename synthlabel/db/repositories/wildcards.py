"""People's named lists of words."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
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
        # One parameter for any number of names: a statement has 65,535 at most
        named = col(Wildcard.name) == sa.any_(sa.cast(list(names), ARRAY(sa.Text)))
        statement = sa.select(Wildcard).where(col(Wildcard.account_id) == account_id, named)
        return (await self._session.execute(statement)).scalars().all()

    async def get(self, account_id: UUID, name: str) -> Wildcard:
        """Return a person's own list. Raises NotFoundError."""
        row = await self._session.get(Wildcard, (account_id, name))
        if row is None:
            raise NotFoundError("There is no such list.")
        return row

    async def measure_others(self, account_id: UUID, name: str) -> tuple[int, int]:
        """Return how many lists the person has besides this one, and their bytes as JSON.

        Until commit, the person's other writers wait.
        """
        lock = sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(str(account_id)))
        await self._session.execute(sa.select(lock))
        size = sa.func.octet_length(sa.cast(col(Wildcard.values), sa.Text))
        statement = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(size), 0)).where(
            col(Wildcard.account_id) == account_id, col(Wildcard.name) != name
        )
        count, size_bytes = (await self._session.execute(statement)).one()
        return count, size_bytes

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
