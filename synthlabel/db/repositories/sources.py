"""What goes into generations: source images."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among, visible_to
from synthlabel.db.tables import GenerationSource, Image, Upload

Shown = tuple[GenerationSource, Image | Upload | None]
"""A source, with the row that has its thumbnails, as far as the person sees it."""


class SourceRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: GenerationSource) -> None:
        self._session.add(row)

    async def hold(self, ids: Sequence[UUID]) -> None:
        """Keep images and uploads from being deleted until commit. Whoever is deleting one now is waited for."""
        for table in (Image, Upload):
            statement = sa.select(col(table.id)).where(among(col(table.id), ids)).order_by(col(table.id))
            await self._session.execute(statement.with_for_update(read=True, key_share=True))

    async def list_of(self, generation_id: UUID) -> Sequence[GenerationSource]:
        """Return what goes into a generation, in order."""
        statement = (
            sa.select(GenerationSource)
            .where(col(GenerationSource.generation_id) == generation_id)
            .order_by(col(GenerationSource.position))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def list_shown(self, account_id: UUID, generation_ids: Iterable[UUID]) -> dict[UUID, list[Shown]]:
        """Return what went into generations, by generation, in order."""
        statement = (
            sa.select(GenerationSource, Image, Upload)
            .select_from(GenerationSource)
            .outerjoin(Image, (col(Image.id) == col(GenerationSource.image_id)) & visible_to(account_id))
            .outerjoin(
                Upload, (col(Upload.id) == col(GenerationSource.upload_id)) & (col(Upload.account_id) == account_id)
            )
            .where(among(col(GenerationSource.generation_id), generation_ids))
            .order_by(col(GenerationSource.generation_id), col(GenerationSource.position))
        )
        found: dict[UUID, list[Shown]] = {}
        for row, image, upload in cast("list[tuple[Any, Any, Any]]", (await self._session.execute(statement)).all()):
            found.setdefault(row.generation_id, []).append((row, image or upload))
        return found
