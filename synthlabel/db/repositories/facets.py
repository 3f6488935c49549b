"""How many of the images that a filter finds have a model, a tag, a rating, a place on a board."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
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

COUNTED = 100_000
"""Images that are looked at, the newest: beyond that the counts say which are frequent, not how many there are."""

Statement = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Facet:
    """A value by which a filter could be narrowed, as text: a model, a tag, a number of stars, a board's id."""

    kind: Literal["model", "tag", "rating", "board"]
    value: str
    name: str
    count: int


class FacetRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, account_id: UUID, wanted: ImageFilter) -> Sequence[Facet]:
        """Return the most frequent values of each kind, the most frequent first, each with at least one image."""
        everything = found_by(account_id, wanted)
        newest = everything.order_by(everything.selected_columns.id.desc()).limit(COUNTED)
        found = newest.cte("found").prefix_with("MATERIALIZED")
        kinds = (_models(found), _tags(found), _ratings(account_id, found), _boards(account_id, found))
        listed = [sa.select(kind.order_by(sa.desc("count")).limit(LISTED).subquery()) for kind in kinds]
        rows = await self._session.execute(sa.union_all(*listed))
        return [Facet(row[0], row[1], row[2], row[3]) for row in rows]


def _values(kind: str, value: Any, name: Any) -> Statement:
    count = sa.func.count().label("count")
    text = sa.cast(value, sa.String).label("value")
    return sa.select(sa.literal(kind).label("kind"), text, name.label("name"), count).group_by(value, name)


def _models(found: sa.CTE) -> Statement:
    return _values("model", found.c.model, found.c.model)


def _tags(found: sa.CTE) -> Statement:
    tag = col(ImageTag.tag)
    return _values("tag", tag, tag).join(found, found.c.id == col(ImageTag.image_id))


def _ratings(account_id: UUID, found: sa.CTE) -> Statement:
    rating = col(ImageMark.rating)
    statement = _values("rating", rating, sa.cast(rating, sa.String)).join(found, found.c.id == col(ImageMark.image_id))
    return statement.where(col(ImageMark.account_id) == account_id, rating.is_not(None))


def _boards(account_id: UUID, found: sa.CTE) -> Statement:
    statement = (
        _values("board", col(Board.id), col(Board.name))
        .join(BoardImage, col(BoardImage.board_id) == col(Board.id))
        .join(found, found.c.id == col(BoardImage.image_id))
    )
    return statement.where(board_visible_to(account_id))
