"""What people make of images: their ratings, their favourites, and the whole as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among
from synthlabel.db.tables import Account, Image, ImageMark, ImageTag

Rated = tuple[UUID, int | None]


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image as one person sees it: their own marks, everybody's mean, the owner and the owner's tags."""

    owner_id: UUID
    owner_name: str
    is_mine: bool
    rating: int | None = None
    favorite: bool = False
    rating_mean: float | None = None
    rating_count: int = 0
    tags: tuple[str, ...] = ()


_RATE = sa.text("""
    WITH old AS (
        SELECT chosen.id, mark.rating
        FROM unnest(CAST(:ids AS uuid[])) AS chosen (id)
        LEFT JOIN image_mark AS mark ON mark.account_id = :account AND mark.image_id = chosen.id
        WHERE mark.rating IS DISTINCT FROM CAST(:rating AS smallint)
    ), written AS (
        INSERT INTO image_mark (account_id, image_id, rating, favorite, updated_at)
        SELECT :account, id, CAST(:rating AS smallint), false, :now FROM old ORDER BY id
        ON CONFLICT (account_id, image_id) DO UPDATE SET rating = excluded.rating, updated_at = excluded.updated_at
    )
    SELECT id, rating FROM old
""")

_RATE_BACK = sa.text("""
    UPDATE image_mark AS mark SET rating = old.rating, updated_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ratings AS smallint[])) AS old (id, rating)
    WHERE mark.account_id = :account AND mark.image_id = old.id
      AND mark.rating IS NOT DISTINCT FROM CAST(:rating AS smallint)
""")

_FAVORITE = sa.text("""
    INSERT INTO image_mark AS mark (account_id, image_id, rating, favorite, updated_at)
    SELECT :account, chosen.id, NULL, :favorite, :now
    FROM unnest(CAST(:ids AS uuid[])) AS chosen (id)
    JOIN image ON image.id = chosen.id
    LEFT JOIN image_mark AS old ON old.account_id = :account AND old.image_id = chosen.id
    WHERE coalesce(old.favorite, false) <> :favorite
    ORDER BY chosen.id
    ON CONFLICT (account_id, image_id) DO UPDATE SET favorite = excluded.favorite, updated_at = excluded.updated_at
    RETURNING mark.image_id
""")


class MarkRepository:
    """Marks of one person change one action at a time, see ``ActionRepository.lock``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def facts(self, account_id: UUID, image_ids: Sequence[UUID]) -> Mapping[UUID, ImageFacts]:
        """Return what a page shows of images besides the images: three queries for any number of them."""
        owners = await self._owners(account_id, image_ids)
        marks = await self._marks(account_id, image_ids)
        tags = await self._tags(image_ids)
        return {
            image_id: replace(facts, tags=tags.get(image_id, ()), **marks.get(image_id, {}))
            for image_id, facts in owners.items()
        }

    async def _owners(self, account_id: UUID, image_ids: Sequence[UUID]) -> dict[UUID, ImageFacts]:
        statement = (
            sa.select(col(Image.id), col(Account.id), col(Account.name))
            .join(Account, col(Account.id) == col(Image.account_id))
            .where(among(col(Image.id), image_ids))
        )
        rows = await self._session.execute(statement)
        return {row[0]: ImageFacts(row[1], row[2], is_mine=row[1] == account_id) for row in rows}

    async def _marks(self, account_id: UUID, image_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        own = col(ImageMark.account_id) == account_id
        rating = col(ImageMark.rating)
        statement = (
            sa.select(
                col(ImageMark.image_id),
                sa.func.max(rating).filter(own),
                sa.func.coalesce(sa.func.bool_or(col(ImageMark.favorite)).filter(own), False),
                sa.func.avg(rating),
                sa.func.count(rating),
            )
            .where(col(ImageMark.image_id).in_(image_ids))
            .group_by(col(ImageMark.image_id))
        )
        return {
            row[0]: {
                "rating": row[1],
                "favorite": row[2],
                "rating_mean": None if row[3] is None else round(float(row[3]), 2),
                "rating_count": row[4],
            }
            for row in await self._session.execute(statement)
        }

    async def _tags(self, image_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
        tag = col(ImageTag.tag)
        statement = (
            sa.select(col(ImageTag.image_id), sa.func.array_agg(aggregate_order_by(tag, tag)))
            .where(col(ImageTag.image_id).in_(image_ids))
            .group_by(col(ImageTag.image_id))
        )
        return {row[0]: tuple(row[1]) for row in await self._session.execute(statement)}

    async def rate(
        self, account_id: UUID, image_ids: Sequence[UUID], rating: int | None, *, now: datetime
    ) -> Sequence[Rated]:
        """Set the person's rating. Return what was there before, of those that it changed. Safe to repeat."""
        values = {"account": account_id, "ids": list(image_ids), "rating": rating, "now": now}
        return [(row[0], row[1]) for row in await self._session.execute(_RATE, values)]

    async def put_ratings_back(
        self, account_id: UUID, before: Sequence[Rated], *, instead_of: int | None, now: datetime
    ) -> int:
        """Set earlier ratings again where the later one still stands. Return of how many. Safe to repeat."""
        values = {
            "account": account_id,
            "ids": [image_id for image_id, _ in before],
            "ratings": [rating for _, rating in before],
            "rating": instead_of,
            "now": now,
        }
        return _count(await self._session.execute(_RATE_BACK, values))

    async def favorite(
        self, account_id: UUID, image_ids: Sequence[UUID], favorite: bool, *, now: datetime
    ) -> Sequence[UUID]:
        """Mark as the person's favourite, or no longer. Return those that it changed. Safe to repeat."""
        values = {"account": account_id, "ids": list(image_ids), "favorite": favorite, "now": now}
        return (await self._session.execute(_FAVORITE, values)).scalars().all()


def _count(result: Any) -> int:
    return int(result.rowcount)
