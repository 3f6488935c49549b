"""Pictures in our own storage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Generation, Image
from synthlabel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """What to list. ``before`` is the id after which the page starts: newest first."""

    model: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    trashed: bool = False
    before: UUID | None = None


class ImageRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_new(self, row: Image) -> None:
        """Insert unless this image of its generation is there already. Safe to repeat."""
        values = row.model_dump()
        await self._session.execute(
            insert(Image).values(**values).on_conflict_do_nothing(constraint="image_index_unique")
        )

    async def get(self, account_id: UUID, image_id: UUID) -> tuple[Image, Generation]:
        """Return a person's own image with its generation. Raises NotFoundError, also for somebody else's."""
        statement = (
            sa.select(Image, Generation)
            .join(Generation, col(Generation.id) == col(Image.generation_id))
            .where(col(Image.id) == image_id, col(Image.account_id) == account_id)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such image.")
        return row[0], row[1]

    async def list_page(
        self, account_id: UUID, wanted: ImageFilter, *, limit: int
    ) -> Sequence[tuple[Image, Generation]]:
        """Return at most ``limit`` images, newest first. Pictures that the provider blanked are left out."""
        image = Image
        conditions: list[Any] = [
            col(image.account_id) == account_id,
            col(image.filtered).is_(False),
            col(image.trashed_at).is_not(None) if wanted.trashed else col(image.trashed_at).is_(None),
        ]
        if wanted.model is not None:
            conditions.append(col(Generation.model) == wanted.model)
        if wanted.created_after is not None:
            conditions.append(col(image.created_at) > wanted.created_after)
        if wanted.created_before is not None:
            conditions.append(col(image.created_at) < wanted.created_before)
        if wanted.before is not None:
            conditions.append(col(image.id) < wanted.before)
        statement = (
            sa.select(image, Generation)
            .join(Generation, col(Generation.id) == col(image.generation_id))
            .where(*conditions)
            .order_by(col(image.id).desc())
            .limit(limit)
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def count(self, account_id: UUID) -> int:
        statement = sa.select(sa.func.count()).where(
            col(Image.account_id) == account_id, col(Image.trashed_at).is_(None), col(Image.filtered).is_(False)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def list_of_generations(self, generation_ids: Iterable[UUID]) -> dict[UUID, list[Image]]:
        """Return the images that are not in the trash, by generation, in order of their index."""
        statement = (
            sa.select(Image)
            .where(col(Image.generation_id).in_(list(generation_ids)), col(Image.trashed_at).is_(None))
            .order_by(col(Image.generation_id), col(Image.index))
        )
        found: dict[UUID, list[Image]] = {}
        for image in (await self._session.execute(statement)).scalars():
            found.setdefault(image.generation_id, []).append(image)
        return found

    async def trash(self, account_id: UUID, image_id: UUID, *, now: datetime) -> None:
        """Move to the trash. Raises NotFoundError. Safe to repeat: the first time counts."""
        trashed_at = sa.func.coalesce(col(Image.trashed_at), now)
        await self._set_trashed(account_id, image_id, trashed_at, sa.true())

    async def restore(self, account_id: UUID, image_id: UUID, *, trashed_after: datetime) -> None:
        """Bring back from the trash. Raises NotFoundError, also for what was thrown away before. Safe to repeat."""
        still_there = col(Image.trashed_at).is_(None) | (col(Image.trashed_at) > trashed_after)
        await self._set_trashed(account_id, image_id, sa.null(), still_there)

    async def list_trashed(self, *, before: datetime, limit: int) -> Sequence[Image]:
        """Return at most ``limit`` images, of anybody, that went to the trash at or before a time."""
        statement = sa.select(Image).where(col(Image.trashed_at) <= before).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def delete(self, image_ids: Sequence[UUID]) -> None:
        """Delete rows for good. Safe to repeat."""
        await self._session.execute(sa.delete(Image).where(col(Image.id).in_(image_ids)))

    async def _set_trashed(
        self, account_id: UUID, image_id: UUID, value: sa.ColumnElement[Any], condition: sa.ColumnElement[bool]
    ) -> None:
        statement = (
            sa.update(Image)
            .where(col(Image.id) == image_id, col(Image.account_id) == account_id, condition)
            .values(trashed_at=value)
            .returning(col(Image.id))
        )
        if (await self._session.execute(statement)).scalar_one_or_none() is None:
            raise NotFoundError("There is no such image.")
