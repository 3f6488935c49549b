"""The append-only ledger."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import LedgerEntry
from synthlabel.domain.ledger import ADDS, LedgerKind


class LedgerRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: LedgerEntry) -> None:
        self._session.add(row)

    async def sum_settled(self, account_id: UUID | None = None, *, since: datetime | None = None) -> int:
        """Return what a person, or everybody, has spent since then, in micro-dollars."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(col(LedgerEntry.amount_micros)), 0)).where(
            col(LedgerEntry.kind) == LedgerKind.SETTLE
        )
        if account_id is not None:
            statement = statement.where(col(LedgerEntry.account_id) == account_id)
        if since is not None:
            statement = statement.where(col(LedgerEntry.created_at) >= since)
        return int((await self._session.execute(statement)).scalar_one())

    async def sum_open_reservations(self, account_id: UUID | None = None) -> int:
        """Return the money that is spoken for: reserved, and neither charged nor given back yet."""
        signed = sa.case(
            (col(LedgerEntry.kind).in_(ADDS), col(LedgerEntry.amount_micros)),
            else_=-col(LedgerEntry.amount_micros),
        )
        statement = sa.select(sa.func.coalesce(sa.func.sum(signed), 0))
        if account_id is not None:
            statement = statement.where(col(LedgerEntry.account_id) == account_id)
        return int((await self._session.execute(statement)).scalar_one())
