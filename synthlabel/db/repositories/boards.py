"""Boards and what is on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from synthlabel.db.repositories.image_filters import among, board_visible_to, visible_to
from synthlabel.db.tables import Account, Board, BoardImage, Image
from synthlabel.domain.board import Visibility
from synthlabel.errors import NotFoundError

OnBoard = tuple[UUID, UUID, datetime]
"""An image, who put it there, and when."""

_OF_TEAM = (col(Board.visibility) == Visibility.TEAM, col(Board.trashed_at).is_(None))

_ADD = sa.text("""
    INSERT INTO board_image (board_id, image_id, added_by, added_at)
    SELECT :board, added.image_id, added.added_by, added.added_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:times AS timestamptz[]))
        AS added (image_id, added_by, added_at)
    JOIN image ON image.id = added.image_id
    ORDER BY added.image_id
    ON CONFLICT DO NOTHING
    RETURNING image_id
""")


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """A board as one person sees it: only the images that they see count, the newest of them is its cover."""

    board: Board
    owner_name: str
    count: int
    cover: Image | None


class BoardRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Board) -> None:
        self._session.add(row)

    async def count_own(self, account_id: UUID) -> int:
        statement = sa.select(sa.func.count()).where(
            col(Board.account_id) == account_id, col(Board.trashed_at).is_(None)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def lock_own(self, account_id: UUID, board_id: UUID) -> Board:
        """Return a person's own board, also from the trash, held until commit. Raises NotFoundError."""
        statement = sa.select(Board).where(col(Board.id) == board_id, col(Board.account_id) == account_id)
        row = (await self._session.execute(statement.with_for_update())).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such board.")
        return row

    async def lock_visible(self, account_id: UUID, board_id: UUID) -> Board:
        """Return a board that the person sees; until commit it stays as it is. Raises NotFoundError."""
        statement = sa.select(Board).where(col(Board.id) == board_id, board_visible_to(account_id))
        row = (await self._session.execute(statement.with_for_update(read=True))).scalar_one_or_none()
        if row is None:
            raise NotFoundError("There is no such board.")
        return row

    async def list_visible(self, account_id: UUID) -> Sequence[BoardFacts]:
        """Return one's own boards and the team's, by name."""
        return await self._facts(account_id, board_visible_to(account_id))

    async def list_of_image(self, account_id: UUID, image_id: UUID) -> Sequence[BoardFacts]:
        """Return the boards that the person sees and on which they see an image, by name."""
        is_there = sa.exists().where(
            col(BoardImage.board_id) == col(Board.id),
            col(BoardImage.image_id) == image_id,
            col(BoardImage.image_id) == col(Image.id),
            visible_to(account_id),
        )
        return await self._facts(account_id, board_visible_to(account_id) & is_there)

    async def list_trashed(self, account_id: UUID, *, trashed_after: datetime) -> Sequence[BoardFacts]:
        """Return a person's own boards that can still be brought back, by name."""
        return await self._facts(
            account_id, (col(Board.account_id) == account_id) & (col(Board.trashed_at) > trashed_after)
        )

    async def get(self, account_id: UUID, board_id: UUID) -> BoardFacts:
        """Return a board that the person sees, or their own from the trash. Raises NotFoundError."""
        own = col(Board.account_id) == account_id
        found = await self._facts(account_id, (col(Board.id) == board_id) & (own | board_visible_to(account_id)))
        if not found:
            raise NotFoundError("There is no such board.")
        return found[0]

    async def put(self, board_id: UUID, added: Sequence[OnBoard]) -> Sequence[UUID]:
        """Put images on a board. Return those that were not there before. Safe to repeat."""
        values = {
            "board": board_id,
            "ids": [image_id for image_id, _, _ in added],
            "people": [account_id for _, account_id, _ in added],
            "times": [time for _, _, time in added],
        }
        return (await self._session.execute(_ADD, values)).scalars().all()

    async def take(
        self, board_id: UUID, image_ids: Sequence[UUID], *, added_by: UUID | None = None, at: datetime | None = None
    ) -> Sequence[OnBoard]:
        """Take images off a board, if need be only what one person put there, or what was put there at a time.

        Returns what was there before. Safe to repeat.
        """
        conditions = [col(BoardImage.board_id) == board_id, among(col(BoardImage.image_id), image_ids)]
        if added_by is not None:
            conditions.append(col(BoardImage.added_by) == added_by)
        if at is not None:
            conditions.append(col(BoardImage.added_at) == at)
        statement = (
            sa.delete(BoardImage)
            .where(*conditions)
            .returning(col(BoardImage.image_id), col(BoardImage.added_by), col(BoardImage.added_at))
        )
        return [(row[0], row[1], row[2]) for row in await self._session.execute(statement)]

    async def keep_only_of(self, account_id: UUID, board_id: UUID) -> None:
        """Take off a board what anybody but one person has put there. Safe to repeat."""
        of_others = (col(BoardImage.board_id) == board_id) & (col(BoardImage.added_by) != account_id)
        await self._session.execute(sa.delete(BoardImage).where(of_others))

    async def is_team(self, board_id: UUID) -> bool:
        """True if the team sees a board that is not in the trash."""
        statement = sa.select(sa.exists().where(col(Board.id) == board_id, *_OF_TEAM))
        return bool((await self._session.execute(statement)).scalar_one())

    async def any_shown(self, image_ids: Collection[UUID]) -> bool:
        """True if the team may be looking at one of these images, or was before it went to the trash."""
        statement = sa.select(
            sa.exists().where(
                among(col(BoardImage.image_id), image_ids),
                col(BoardImage.board_id) == col(Board.id),
                *_OF_TEAM,
            )
        )
        return bool((await self._session.execute(statement)).scalar_one())

    async def delete_trashed(self, *, before: datetime) -> None:
        """Delete boards for good, of anybody, that went to the trash before a time. Safe to repeat."""
        await self._session.execute(sa.delete(Board).where(col(Board.trashed_at) <= before))

    async def _facts(self, account_id: UUID, condition: sa.ColumnElement[bool]) -> Sequence[BoardFacts]:
        seen = visible_to(account_id) & col(Image.trashed_at).is_(None) & ~col(Image.filtered)
        on_board = col(BoardImage.board_id) == col(Board.id)
        # OFFSET 0 makes it one look at each image on the board, not one at all that there are
        image = sa.select(sa.literal(1)).where(col(Image.id) == col(BoardImage.image_id), seen).offset(0).lateral()
        count = sa.select(sa.func.count()).select_from(BoardImage).join(image, sa.true()).where(on_board)
        newest = (
            sa.select(Image)
            .join(BoardImage, col(BoardImage.image_id) == col(Image.id))
            .where(on_board, seen)
            .order_by(col(BoardImage.image_id).desc())
            .limit(1)
            .correlate(Board)
            .lateral("newest")
        )
        cover = aliased(Image, newest)
        statement = (
            sa.select(Board, col(Account.name), count.correlate(Board).scalar_subquery(), cover)
            .join(Account, col(Account.id) == col(Board.account_id))
            .outerjoin(newest, sa.true())
            .where(condition)
            .order_by(sa.func.lower(col(Board.name)), col(Board.id))
        )
        return [BoardFacts(row[0], row[1], row[2], row[3]) for row in await self._session.execute(statement)]
