"""Links by which anybody may see some images."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among
from synthlabel.db.tables import Account, Generation, Image, Share, ShareImage
from synthlabel.errors import NotFoundError

# What was thrown away, and what the provider blanked, is shown to nobody.
_SHOWN = (col(Image.trashed_at).is_(None), col(Image.filtered).is_(False))

_WITHOUT = [defer(getattr(Generation, name), raiseload=True) for name in ("arguments", "output", "log")]


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A link as its owner sees it. ``cover`` is the first of the images that it shows now."""

    share: Share
    count: int
    cover: Image | None


class ShareRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Share, image_ids: Sequence[UUID]) -> None:
        """Insert a link to images, in this order."""
        self._session.add(row)
        await self._session.flush()
        images = [
            {"share_id": row.id, "position": position, "image_id": image_id}
            for position, image_id in enumerate(image_ids)
        ]
        await self._session.execute(sa.insert(ShareImage), images)

    async def count_own(self, account_id: UUID, image_ids: Sequence[UUID]) -> int:
        """Return how many of these images are the person's own and not in the trash."""
        statement = sa.select(sa.func.count()).where(
            among(col(Image.id), image_ids), col(Image.account_id) == account_id, *_SHOWN
        )
        return (await self._session.execute(statement)).scalar_one()

    # --- for the owner ----------------------------------------------------------------------------------------------

    async def list_page(self, account_id: UUID, *, before: UUID | None, limit: int) -> Sequence[ShareFacts]:
        """Return a person's own links, newest first, also those that work no longer."""
        conditions = [col(Share.account_id) == account_id]
        if before is not None:
            conditions.append(col(Share.id) < before)
        return await self._facts(sa.and_(*conditions), limit=limit)

    async def get(self, account_id: UUID, share_id: UUID) -> ShareFacts:
        """Return a person's own link. Raises NotFoundError."""
        found = await self._facts((col(Share.id) == share_id) & (col(Share.account_id) == account_id), limit=1)
        if not found:
            raise NotFoundError("There is no such link.")
        return found[0]

    async def revoke(self, account_id: UUID, share_id: UUID, *, now: datetime) -> None:
        """End a person's own link. Raises NotFoundError. Safe to repeat: the first time counts."""
        statement = (
            sa.update(Share)
            .where(col(Share.id) == share_id, col(Share.account_id) == account_id)
            .values(revoked_at=sa.func.coalesce(col(Share.revoked_at), now))
            .returning(col(Share.id))
        )
        if (await self._session.execute(statement)).scalar_one_or_none() is None:
            raise NotFoundError("There is no such link.")

    # --- for everybody ----------------------------------------------------------------------------------------------

    async def find_open(self, share_id: UUID, *, now: datetime) -> Share | None:
        """Return a link that works: not revoked, not expired, of somebody who still has an account."""
        statement = sa.select(Share).where(*_works(share_id, now))
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def count_view(self, share_id: UUID, *, now: datetime) -> None:
        """Note that somebody has opened a link."""
        statement = (
            sa.update(Share).where(col(Share.id) == share_id).values(views=col(Share.views) + 1, last_viewed_at=now)
        )
        await self._session.execute(statement)

    async def list_images(self, share_id: UUID) -> Sequence[tuple[int, Image, Generation]]:
        """Return what a link shows now, in order, with its positions: those of missing images stay empty."""
        statement = (
            sa.select(col(ShareImage.position), Image, Generation)
            .options(*_WITHOUT)
            .join(Image, col(Image.id) == col(ShareImage.image_id))
            .join(Generation, col(Generation.id) == col(Image.generation_id))
            .where(col(ShareImage.share_id) == share_id, *_SHOWN)
            .order_by(col(ShareImage.position))
        )
        return [(row[0], row[1], row[2]) for row in await self._session.execute(statement)]

    async def find_image(
        self, share_id: UUID, position: int, *, now: datetime
    ) -> tuple[Share, Image, Generation] | None:
        """Return an image of a link that works, if it still shows it."""
        statement = (
            sa.select(Share, Image, Generation)
            .options(*_WITHOUT)
            .join(ShareImage, col(ShareImage.share_id) == col(Share.id))
            .join(Image, col(Image.id) == col(ShareImage.image_id))
            .join(Generation, col(Generation.id) == col(Image.generation_id))
            .where(*_works(share_id, now), col(ShareImage.position) == position, *_SHOWN)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1], row[2])

    async def _facts(self, condition: sa.ColumnElement[bool], *, limit: int) -> Sequence[ShareFacts]:
        shown = (
            sa.select(sa.func.count().label("count"), sa.func.min(col(ShareImage.position)).label("first"))
            .select_from(ShareImage)
            .join(Image, col(Image.id) == col(ShareImage.image_id))
            .where(col(ShareImage.share_id) == col(Share.id), *_SHOWN)
            .lateral("shown")
        )
        place: Any = aliased(ShareImage)
        cover: Any = aliased(Image)
        statement = (
            sa.select(Share, shown.c.count, cover)
            .select_from(Share)
            .join(shown, sa.true())
            .outerjoin(place, (place.share_id == col(Share.id)) & (place.position == shown.c.first))
            .outerjoin(cover, cover.id == place.image_id)
            .where(condition)
            .order_by(col(Share.id).desc())
            .limit(limit)
        )
        return [ShareFacts(row[0], row[1], row[2]) for row in await self._session.execute(statement)]


def _works(share_id: UUID, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    has_account = sa.exists().where(col(Account.id) == col(Share.account_id), col(Account.deactivated_at).is_(None))
    return (
        col(Share.id) == share_id,
        col(Share.revoked_at).is_(None),
        col(Share.expires_at) > now,
        has_account,
    )
