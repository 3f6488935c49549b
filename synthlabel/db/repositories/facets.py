"""How many of the images that a filter finds have a model, a tag, a rating, a place on a board."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.repositories.image_filters import board_visible_to
from synthlabel.db.repositories.images import found_by
from synthlabel.db.tables import Board, BoardImage, ImageMark, ImageTag
from synthlabel.domain.gallery_query import ImageFilter

LISTED = 20
"""Values of one kind: those with the most images."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Value, name and number of images, the most frequent first."""

    models: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    tags: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    ratings: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    boards: list[tuple[UUID, str, int]] = field(default_factory=list[tuple[UUID, str, int]])


class FacetRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, account_id: UUID, wanted: ImageFilter) -> Facets:
        return Facets(
            models=await self._rows(_models(account_id, wanted)),
            tags=await self._rows(_tags(account_id, wanted)),
            ratings=await self._rows(_ratings(account_id, wanted)),
            boards=await self._rows(_boards(account_id, wanted)),
        )

    async def _rows(self, statement: sa.Select[*tuple[Any, ...]]) -> list[Any]:
        return [tuple(row) for row in await self._session.execute(statement)]


_COUNT = sa.func.count()


def _most(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    return statement.order_by(_COUNT.desc()).limit(LISTED)


def _models(account_id: UUID, wanted: ImageFilter) -> sa.Select[*tuple[Any, ...]]:
    found = found_by(account_id, wanted).subquery("found")
    return _most(sa.select(found.c.model, _COUNT).group_by(found.c.model))


def _tags(account_id: UUID, wanted: ImageFilter) -> sa.Select[*tuple[Any, ...]]:
    found = found_by(account_id, wanted).subquery("found")
    tag = col(ImageTag.tag)
    return _most(sa.select(tag, _COUNT).join(found, found.c.id == col(ImageTag.image_id)).group_by(tag))


def _ratings(account_id: UUID, wanted: ImageFilter) -> sa.Select[*tuple[Any, ...]]:
    found = found_by(account_id, wanted).subquery("found")
    rating = col(ImageMark.rating)
    statement = (
        sa.select(rating, _COUNT)
        .join(found, found.c.id == col(ImageMark.image_id))
        .where(col(ImageMark.account_id) == account_id, rating.is_not(None))
        .group_by(rating)
    )
    return statement.order_by(rating.desc())


def _boards(account_id: UUID, wanted: ImageFilter) -> sa.Select[*tuple[Any, ...]]:
    found = found_by(account_id, wanted).subquery("found")
    statement = (
        sa.select(col(Board.id), col(Board.name), _COUNT)
        .join(BoardImage, col(BoardImage.board_id) == col(Board.id))
        .join(found, found.c.id == col(BoardImage.image_id))
        .where(board_visible_to(account_id))
        .group_by(col(Board.id))
    )
    return _most(statement)
