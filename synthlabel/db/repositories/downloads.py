"""Zips that people have asked for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among, visible_to
from synthlabel.db.tables import Download, GenerationSource, Image
from synthlabel.errors import NotFoundError


class DownloadRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Download) -> None:
        self._session.add(row)

    async def get(self, account_id: UUID, download_id: UUID, *, now: datetime) -> Download:
        """Return a person's own download that has not expired. Raises NotFoundError."""
        statement = sa.select(Download).where(
            col(Download.id) == download_id, col(Download.account_id) == account_id, col(Download.expires_at) > now
        )
        row = (await self._session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such download, or it has expired.")
        return row

    async def delete_expired(self, *, before: datetime) -> None:
        await self._session.execute(sa.delete(Download).where(col(Download.expires_at) < before))

    async def count_visible(self, account_id: UUID, image_ids: Sequence[UUID]) -> int:
        """Return how many of these images the person sees."""
        statement = sa.select(sa.func.count(col(Image.id))).where(
            among(col(Image.id), image_ids), visible_to(account_id)
        )
        return int((await self._session.execute(statement)).scalar_one())

    async def size_of(self, image_ids: Sequence[UUID]) -> int:
        """Return how many bytes the stored files of images have together."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(col(Image.size_bytes)), 0)).where(
            among(col(Image.id), image_ids)
        )
        return int((await self._session.execute(statement)).scalar_one())

    async def made_from_sources(self, generation_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Return which of these generations other images went into."""
        statement = sa.select(col(GenerationSource.generation_id)).where(
            among(col(GenerationSource.generation_id), generation_ids)
        )
        return frozenset((await self._session.execute(statement)).scalars().all())
