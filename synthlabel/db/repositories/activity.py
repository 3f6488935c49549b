"""Generations as a list that is looked through: filters, pages, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Generation
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationStatus


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What to list. ``search``: text that the prompt, or what it was made of, holds. Empty: no limit."""

    status: tuple[GenerationStatus, ...] = ()
    model: tuple[str, ...] = ()
    task: tuple[Task, ...] = ()
    batch_id: UUID | None = None
    search: str = ""
    everyone: bool = False
    account_id: UUID | None = None
    """Only this person's."""

    @property
    def is_of_others(self) -> bool:
        return self.everyone or self.account_id is not None


class ActivityRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_page(
        self, account_id: UUID, wanted: ActivityFilter, *, before: UUID | None, limit: int
    ) -> Sequence[Generation]:
        """Return at most ``limit`` generations, newest first, starting after the id ``before``."""
        conditions = _conditions(account_id, wanted)
        if before is not None:
            conditions.append(col(Generation.id) < before)
        statement = sa.select(Generation).where(*conditions).order_by(col(Generation.id).desc()).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def count_by_status(self, account_id: UUID, wanted: ActivityFilter) -> dict[str, int]:
        status = col(Generation.status)
        statement = sa.select(status, sa.func.count()).where(*_conditions(account_id, wanted)).group_by(status)
        return {str(row[0]): int(row[1]) for row in await self._session.execute(statement)}


def _conditions(account_id: UUID, wanted: ActivityFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[Any] = []
    if wanted.account_id is not None:
        conditions.append(col(Generation.account_id) == wanted.account_id)
    elif not wanted.everyone:
        conditions.append(col(Generation.account_id) == account_id)
    if wanted.status:
        conditions.append(col(Generation.status).in_(wanted.status))
    if wanted.model:
        conditions.append(col(Generation.model).in_(wanted.model))
    if wanted.task:
        conditions.append(col(Generation.task).in_(wanted.task))
    if wanted.batch_id is not None:
        conditions.append(col(Generation.batch_id) == wanted.batch_id)
    if wanted.search:
        holds = [
            column.icontains(wanted.search, autoescape=True)
            for column in (col(Generation.prompt), col(Generation.template))
        ]
        conditions.append(sa.or_(*holds))
    return conditions
