"""Pictures in our own storage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from synthlabel.db.repositories.image_filters import (
    COLUMNS,
    IMAGES,
    Columns,
    Condition,
    Way,
    among,
    halves,
    tests,
    visible_to,
    ways,
)
from synthlabel.db.tables import Generation, GenerationSource, Image, Upload
from synthlabel.domain.gallery_query import CHUNK, ImageFilter
from synthlabel.errors import NotFoundError

__all__ = ["Anchors", "ImageFilter", "ImageRepository", "found_by", "visible_to"]

WALKED = 10_000
"""How many images a page looks at one after the other before it asks for all that the filter finds."""

# What nobody who looks at images needs, and what may be long
_WITHOUT = [defer(getattr(Generation, name), raiseload=True) for name in ("arguments", "output", "log", "output_text")]


@dataclass(frozen=True, slots=True)
class Anchors:
    """How many images there are, and every ``CHUNK``-th id: where the next chunk begins, newest first."""

    total: int
    ids: Sequence[UUID]


class ImageRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_new(self, row: Image) -> None:
        """Insert unless this image of its generation is there already. Safe to repeat."""
        values = row.model_dump()
        await self._session.execute(
            insert(Image).values(**values).on_conflict_do_nothing(constraint="image_index_unique")
        )

    # --- reading ----------------------------------------------------------------------------------------------------

    async def get(self, account_id: UUID, image_id: UUID) -> tuple[Image, Generation]:
        """Return an image that the person sees, with its generation. Raises NotFoundError for all others."""
        found = await self.list_visible(account_id, [image_id])
        if not found:
            raise NotFoundError("There is no such image.")
        return found[0]

    async def list_visible(self, account_id: UUID, image_ids: Sequence[UUID]) -> Sequence[tuple[Image, Generation]]:
        """Return those of these images that the person sees, newest first."""
        return await self._rows(among(col(Image.id), image_ids), visible_to(account_id))

    async def list_page(
        self, account_id: UUID, wanted: ImageFilter, *, limit: int
    ) -> Sequence[tuple[Image, Generation]]:
        """Return at most ``limit`` images, newest first. Pictures that the provider blanked are left out."""
        found = await self.list_ids(account_id, wanted, limit=limit)
        return await self._rows(among(col(Image.id), found)) if found else []

    async def list_ids(self, account_id: UUID, wanted: ImageFilter, *, limit: int) -> Sequence[UUID]:
        """Return the ids of at most ``limit`` images, newest first.

        The newest are looked through first: a common word is found at once. Only if that does not fill the page, all
        that match are collected and sorted, which is quick for the opposite reason: they are few. One statement would
        leave the choice to estimates, which for prefixes and for what only old images have are far off.
        """
        near = (await self._session.execute(_walk(account_id, wanted, limit))).scalars().all()
        if len(near) >= limit or _is_walk_enough(account_id, wanted):
            return near
        found = found_by(account_id, wanted).cte("found").prefix_with("MATERIALIZED")
        statement = sa.select(found.c.id).order_by(found.c.id.desc()).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def list_all_ids(self, account_id: UUID, wanted: ImageFilter, *, limit: int) -> Sequence[UUID]:
        """Return all that a filter finds, at most ``limit``, in no order."""
        found = found_by(account_id, wanted).subquery("found")
        return (await self._session.execute(sa.select(found.c.id).limit(limit))).scalars().all()

    async def anchors(self, account_id: UUID, wanted: ImageFilter) -> Anchors:
        """Count what a filter finds, and return where its chunks begin, except the first one."""
        found = found_by(account_id, wanted).subquery("found")
        # Counting rows, not ranks: without it the server looks for equals of each
        place = sa.func.row_number().over(order_by=found.c.id.desc(), rows=(None, 0)).label("place")
        placed = sa.select(found.c.id, place).subquery("placed")
        statement = sa.select(placed.c.id).where(placed.c.place % CHUNK == 0).order_by(placed.c.place)
        ids = (await self._session.execute(statement)).scalars().all()
        rest = await self._count(account_id, replace(wanted, before=ids[-1]) if ids else wanted)
        return Anchors(CHUNK * len(ids) + rest, ids if rest else ids[:-1])

    async def _count(self, account_id: UUID, wanted: ImageFilter) -> int:
        found = found_by(account_id, wanted).subquery("found")
        return (await self._session.execute(sa.select(sa.func.count()).select_from(found))).scalar_one()

    async def count(self, account_id: UUID) -> int:
        """Return how many images a person has, without the trash."""
        statement = sa.select(sa.func.count()).where(
            COLUMNS.account_id == account_id, COLUMNS.trashed_at.is_(None), ~COLUMNS.filtered
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

    async def list_sources(self, account_id: UUID, generation_id: UUID) -> Sequence[tuple[Image | None, Upload | None]]:
        """Return what went into a generation, in order, as far as the person sees it: an image or an upload each."""
        statement = (
            sa.select(Image, Upload)
            .select_from(GenerationSource)
            .outerjoin(Image, (col(Image.id) == col(GenerationSource.image_id)) & visible_to(account_id))
            .outerjoin(
                Upload, (col(Upload.id) == col(GenerationSource.upload_id)) & (col(Upload.account_id) == account_id)
            )
            .where(col(GenerationSource.generation_id) == generation_id)
            .order_by(col(GenerationSource.position))
        )
        rows = (await self._session.execute(statement)).all()
        return [(image, upload) for image, upload in cast("list[tuple[Any, Any]]", rows) if image or upload]

    async def list_uses(
        self, account_id: UUID, image_id: UUID, *, limit: int
    ) -> Sequence[tuple[Generation, Image | None]]:
        """Return what an image went into, newest first: generations with the images of them that the person sees.

        Generations of others count only with such images; one's own also without any.
        """
        uses = sa.select(col(GenerationSource.generation_id)).where(col(GenerationSource.image_id) == image_id)
        shown = visible_to(account_id) & COLUMNS.trashed_at.is_(None) & ~COLUMNS.filtered
        statement = (
            sa.select(Generation, Image)
            .options(*_WITHOUT)
            .outerjoin(Image, (col(Image.generation_id) == col(Generation.id)) & shown)
            .where(
                col(Generation.id).in_(uses),
                (col(Generation.account_id) == account_id) | col(Image.id).is_not(None),
            )
            .order_by(col(Generation.id).desc(), col(Image.index))
            .limit(limit)
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def _rows(self, *conditions: Condition) -> Sequence[tuple[Image, Generation]]:
        statement = (
            sa.select(Image, Generation)
            .options(*_WITHOUT)
            .join(Generation, col(Generation.id) == col(Image.generation_id))
            .where(*conditions)
            .order_by(col(Image.id).desc())
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    # --- the trash --------------------------------------------------------------------------------------------------

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
        statement = sa.select(Image).where(col(Image.trashed_at) <= before).order_by(col(Image.trashed_at)).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def delete(self, image_ids: Sequence[UUID]) -> None:
        """Delete rows for good. Safe to repeat."""
        await self._session.execute(sa.delete(Image).where(among(col(Image.id), image_ids)))

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


def _is_walk_enough(account_id: UUID, wanted: ImageFilter) -> bool:
    """True if a walk that does not fill the page has come to the end: there is nothing that it might have refused."""
    walked = ways(account_id, wanted, reach=WALKED)
    return all(way.is_whole and not tests(COLUMNS, account_id, way.rest) for way in walked)


def _walk(account_id: UUID, wanted: ImageFilter, limit: int) -> sa.Select[Any]:
    """Look through the newest images one by one until a page is full, or ``WALKED`` have been looked at."""
    walks = [_walk_along(account_id, way, limit) for way in ways(account_id, wanted, reach=WALKED)]
    found = sa.union_all(*walks).subquery() if len(walks) > 1 else walks[0].subquery()
    return sa.select(found.c.id).order_by(found.c.id.desc()).limit(limit)


def _walk_along(account_id: UUID, way: Way, limit: int) -> sa.Select[Any]:
    ordered = sa.select(IMAGES).select_from(way.tables).where(*way.conditions).order_by(*way.order, way.id.desc())
    is_tested = bool(tests(COLUMNS, account_id, way.rest))
    # The inner limit keeps the planner from choosing another way than the order's.
    near = ordered.limit(WALKED if is_tested else limit).subquery("near")
    rest = tests(cast("Columns", near.c), account_id, way.rest)
    return sa.select(near.c.id).where(*rest).order_by(near.c.id.desc()).limit(limit)


def found_by(account_id: UUID, wanted: ImageFilter) -> sa.Select[*tuple[Any, ...]]:
    """Select ``id`` and ``model`` of all that a filter finds, in no order."""
    rest = tests(COLUMNS, account_id, wanted)
    parts = [sa.select(COLUMNS.id, COLUMNS.model).where(*half, *rest) for half in halves(account_id, wanted)]
    if len(parts) == 1:
        return parts[0]
    both = sa.union_all(*parts).subquery("both")
    return sa.select(both.c.id, both.c.model)
