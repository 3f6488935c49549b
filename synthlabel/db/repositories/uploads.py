"""Files that browsers send straight to storage."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Generation, GenerationSource, Upload
from synthlabel.domain.generation import TERMINAL
from synthlabel.domain.upload import UploadStatus
from synthlabel.errors import NotFoundError


class UploadRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Upload) -> None:
        self._session.add(row)

    async def get(self, account_id: UUID, upload_id: UUID) -> Upload:
        """Return a person's own upload. Raises NotFoundError, also for somebody else's."""
        return await self._one(sa.select(Upload), account_id, upload_id)

    async def lock(self, account_id: UUID, upload_id: UUID) -> Upload:
        """Return a person's own upload, locked until the transaction's end. Raises NotFoundError."""
        return await self._one(sa.select(Upload).with_for_update(), account_id, upload_id)

    async def list_ready(self, account_id: UUID, upload_ids: Iterable[UUID]) -> Sequence[Upload]:
        """Return those of a person's own uploads that may be used, in no order."""
        statement = sa.select(Upload).where(
            col(Upload.account_id) == account_id,
            col(Upload.id).in_(list(upload_ids)),
            col(Upload.status) == UploadStatus.READY,
        )
        return (await self._session.execute(statement)).scalars().all()

    async def is_in_use(self, upload_id: UUID) -> bool:
        """Return whether a generation that is not finished needs the file."""
        statement = sa.select(_needed(sa.literal(upload_id, sa.Uuid())))
        return bool((await self._session.execute(statement)).scalar_one())

    async def list_forgotten(self, *, expired_before: datetime, unused_since: datetime, limit: int) -> Sequence[Upload]:
        """Return uploads of anybody that nobody will miss: never sent or refused, or unused for long."""
        upload_id = col(Upload.id)
        unsent = (col(Upload.status) != UploadStatus.READY) & (col(Upload.expires_at) < expired_before)
        used_lately = sa.exists().where(
            col(GenerationSource.upload_id) == upload_id,
            col(GenerationSource.generation_id) == col(Generation.id),
            col(Generation.created_at) >= unused_since,
        )
        unused = (col(Upload.status) == UploadStatus.READY) & (col(Upload.created_at) < unused_since) & ~used_lately
        statement = sa.select(Upload).where(unsent | unused, ~_needed(upload_id)).order_by(upload_id).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def delete(self, upload_ids: Sequence[UUID]) -> None:
        """Delete rows for good. Safe to repeat."""
        await self._session.execute(sa.delete(Upload).where(col(Upload.id).in_(upload_ids)))

    async def _one(self, statement: Any, account_id: UUID, upload_id: UUID) -> Upload:
        own = statement.where(col(Upload.id) == upload_id, col(Upload.account_id) == account_id)
        row = (await self._session.execute(own)).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such upload.")
        return row


def _needed(upload_id: Any) -> Any:
    return sa.exists().where(
        col(GenerationSource.upload_id) == upload_id,
        col(GenerationSource.generation_id) == col(Generation.id),
        col(Generation.status).not_in(list(TERMINAL)),
    )
