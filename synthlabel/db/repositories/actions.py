"""What people did to selections of images, and the few statements that change many images at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from synthlabel.db.repositories.image_filters import COLUMNS, among, visible_to
from synthlabel.db.tables import GalleryAction, Image
from synthlabel.domain.trash import KEPT_IN_TRASH

KEPT = timedelta(days=30)
_A_DAY = timedelta(days=1)
"""More than clocks can differ."""

Trashed = tuple[UUID, datetime]

_RESTORE = sa.text("""
    WITH old AS (
        SELECT id, trashed_at FROM image
        WHERE account_id = :account AND id = ANY(CAST(:ids AS uuid[])) AND trashed_at > :after
        ORDER BY id FOR UPDATE
    ), written AS (
        UPDATE image SET trashed_at = NULL FROM old WHERE image.id = old.id
    )
    SELECT id, trashed_at FROM old
""")

_THROW_BACK = sa.text("""
    UPDATE image SET trashed_at = old.trashed_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS old (id, trashed_at)
    WHERE image.account_id = :account AND image.id = old.id AND image.trashed_at IS NULL
""")


class ActionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, account_id: UUID) -> None:
        """Let the person's other actions wait until commit: they apply in one order, whole."""
        name = sa.func.hashtextextended(f"curation:{account_id}", 0)
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))

    async def find(self, account_id: UUID, action_id: UUID) -> GalleryAction | None:
        """Return an action without what was there before."""
        before: Any = GalleryAction.before
        return await self._session.get(GalleryAction, (account_id, action_id), options=[defer(before, raiseload=True)])

    async def find_whole(self, account_id: UUID, action_id: UUID) -> GalleryAction | None:
        """Return an action with what was there before."""
        return await self._session.get(GalleryAction, (account_id, action_id))

    def add(self, row: GalleryAction) -> None:
        self._session.add(row)

    async def delete_old(self) -> None:
        """Forget actions that nobody will want to undo any more. Safe to repeat."""
        statement = sa.delete(GalleryAction).where(col(GalleryAction.created_at) < sa.func.now() - KEPT)
        await self._session.execute(statement)

    async def choose(
        self, account_id: UUID, image_ids: Sequence[UUID], *, own: bool, trashed: bool | None
    ) -> Sequence[UUID]:
        """Return those of the images to which the person may do something; until commit they are not deleted.

        ``own``: only their own, else all that they see. ``trashed``: only in the trash, only outside, or None for both.
        """
        conditions = [among(col(Image.id), image_ids), visible_to(account_id)]
        if own:
            conditions.append(COLUMNS.account_id == account_id)
        if trashed is not None:
            conditions.append(COLUMNS.trashed_at.is_not(None) if trashed else COLUMNS.trashed_at.is_(None))
        statement = (
            sa.select(col(Image.id))
            .where(*conditions)
            .order_by(col(Image.id))
            .with_for_update(read=True, key_share=True)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def trash(self, account_id: UUID, image_ids: Sequence[UUID], *, now: datetime) -> Sequence[UUID]:
        """Move a person's own images to the trash. Return those that were not there yet. Safe to repeat."""
        statement = (
            sa.update(Image)
            .where(*_own(account_id, image_ids), col(Image.trashed_at).is_(None))
            .values(trashed_at=now)
            .returning(col(Image.id))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def take_from_trash(self, account_id: UUID, image_ids: Sequence[UUID], *, since: datetime) -> int:
        """Bring back what went to the trash at that very moment. Return how many. Safe to repeat."""
        statement = (
            sa.update(Image).where(*_own(account_id, image_ids), col(Image.trashed_at) == since).values(trashed_at=None)
        )
        return _count(await self._session.execute(statement))

    async def restore(self, account_id: UUID, image_ids: Sequence[UUID], *, now: datetime) -> Sequence[Trashed]:
        """Bring a person's images back from the trash. Return since when they were there. Safe to repeat."""
        values = {"account": account_id, "ids": list(image_ids), "after": now - KEPT_IN_TRASH}
        return [(row[0], row[1]) for row in await self._session.execute(_RESTORE, values)]

    async def throw_back(self, account_id: UUID, before: Sequence[Trashed]) -> int:
        """Put images into the trash again as if they had been there all the time. Return how many. Safe to repeat."""
        values = {
            "account": account_id,
            "ids": [image_id for image_id, _ in before],
            "times": [time for _, time in before],
        }
        return _count(await self._session.execute(_THROW_BACK, values))

    async def purge(self, account_id: UUID, image_ids: Sequence[UUID], *, now: datetime) -> Sequence[UUID]:
        """End the time in the trash of a person's images: nothing brings them back. Return which. Safe to repeat."""
        statement = (
            sa.update(Image)
            .where(*_own(account_id, image_ids), col(Image.trashed_at) > now - KEPT_IN_TRASH)
            .values(trashed_at=now - KEPT_IN_TRASH - _A_DAY)
            .returning(col(Image.id))
        )
        return (await self._session.execute(statement)).scalars().all()


def _own(account_id: UUID, image_ids: Sequence[UUID]) -> list[sa.ColumnElement[bool]]:
    return [col(Image.account_id) == account_id, among(col(Image.id), image_ids)]


def _count(result: Any) -> int:
    return int(result.rowcount)
