"""Words that owners put on their images."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Image, ImageTag

Tagged = tuple[UUID, str]

_ADD = sa.text("""
    INSERT INTO image_tag (image_id, tag, account_id)
    SELECT image.id, pair.tag, image.account_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:tags AS text[])) AS pair (image_id, tag)
    JOIN image ON image.id = pair.image_id AND image.account_id = :account
    ORDER BY image.id, pair.tag
    ON CONFLICT DO NOTHING
    RETURNING image_id, tag
""")

_REMOVE = sa.text("""
    DELETE FROM image_tag
    USING unnest(CAST(:ids AS uuid[]), CAST(:tags AS text[])) AS pair (image_id, tag)
    WHERE image_tag.image_id = pair.image_id AND image_tag.tag = pair.tag AND image_tag.account_id = :account
    RETURNING image_tag.image_id, image_tag.tag
""")

_RENAME = sa.text("""
    WITH old AS (DELETE FROM image_tag WHERE account_id = :account AND tag = :tag RETURNING image_id)
    INSERT INTO image_tag (image_id, tag, account_id)
    SELECT image_id, :to, :account FROM old ORDER BY image_id
    ON CONFLICT DO NOTHING
""")


class TagRepository:
    """Tags of one person change one action at a time, see ``ActionRepository.lock``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_own(self, account_id: UUID, *, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return a person's tags with the number of images outside the trash, the most used first."""
        count = sa.func.count()
        trashed = sa.select(col(Image.id)).where(
            col(Image.account_id) == account_id, col(Image.trashed_at).is_not(None)
        )
        statement = (
            sa.select(col(ImageTag.tag), count)
            .where(
                col(ImageTag.account_id) == account_id,
                col(ImageTag.tag).startswith(prefix, autoescape=True),
                # Little is in the trash: leaving that out is quicker than looking at all that is not
                col(ImageTag.image_id).not_in(trashed),
            )
            .group_by(col(ImageTag.tag))
            .order_by(count.desc(), col(ImageTag.tag))
            .limit(limit)
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def list_of(self, image_id: UUID) -> Sequence[str]:
        statement = sa.select(col(ImageTag.tag)).where(col(ImageTag.image_id) == image_id)
        return (await self._session.execute(statement)).scalars().all()

    async def add(self, account_id: UUID, pairs: Sequence[Tagged]) -> Sequence[Tagged]:
        """Put tags on a person's own images. Return what was not there before. Safe to repeat."""
        return await self._change(_ADD, account_id, pairs)

    async def remove(self, account_id: UUID, pairs: Sequence[Tagged]) -> Sequence[Tagged]:
        """Take tags off a person's own images. Return what was there before. Safe to repeat."""
        return await self._change(_REMOVE, account_id, pairs)

    async def rename(self, account_id: UUID, tag: str, to: str) -> None:
        """Rename a person's tag; if there is one of that name, they become one. Safe to repeat."""
        await self._session.execute(_RENAME, {"account": account_id, "tag": tag, "to": to})

    async def count(self, account_id: UUID, tag: str) -> int:
        """Return on how many of a person's images a tag is, in the trash or not."""
        statement = sa.select(sa.func.count()).where(col(ImageTag.account_id) == account_id, col(ImageTag.tag) == tag)
        return (await self._session.execute(statement)).scalar_one()

    async def _change(self, statement: sa.TextClause, account_id: UUID, pairs: Sequence[Tagged]) -> Sequence[Tagged]:
        values = {
            "account": account_id,
            "ids": [image_id for image_id, _ in pairs],
            "tags": [tag for _, tag in pairs],
        }
        return [(row[0], row[1]) for row in await self._session.execute(statement, values)]
