"""Boards: making them, showing them to the team, throwing them away without what is on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from synthlabel.db.repositories.boards import BoardFacts
from synthlabel.db.tables import Board
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.board import MAX_BOARDS, Visibility, clean_board_name
from synthlabel.domain.identifiers import parse_id
from synthlabel.domain.trash import KEPT_IN_TRASH
from synthlabel.errors import ConflictError, NotFoundError
from synthlabel.services.idempotency import once
from synthlabel.services.views import Views

__all__ = ["BoardService", "BoardView", "Visibility"]


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board as one person sees it. ``count`` and ``cover_url`` speak of the images that they see."""

    id: UUID
    name: str
    visibility: Visibility
    owner_id: UUID
    owner_name: str
    is_mine: bool
    count: int
    cover_url: str | None
    created_at: datetime
    trashed_at: datetime | None


_VIEW = TypeAdapter(BoardView)


class BoardService:
    def __init__(self, uow: Callable[[], UnitOfWork], views: Views) -> None:
        self._uow = uow
        self._views = views

    async def list_all(self, actor: Actor, *, trashed: bool = False) -> Sequence[BoardView]:
        """Return one's own boards and the team's by name; or one's own that are in the trash."""
        async with self._uow() as work:
            if trashed:
                since = datetime.now(UTC) - KEPT_IN_TRASH
                found = await work.boards.list_trashed(actor.user_id, trashed_after=since)
            else:
                found = await work.boards.list_visible(actor.user_id)
        return [self._view(actor, facts) for facts in found]

    async def list_of_image(self, actor: Actor, image_id: str) -> Sequence[BoardView]:
        """Return the boards that the person sees and on which an image is, by name. Raises NotFoundError."""
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.images.get(actor.user_id, row_id)
            found = await work.boards.list_of_image(actor.user_id, row_id)
        return [self._view(actor, facts) for facts in found]

    async def get(self, actor: Actor, board_id: str) -> BoardView:
        """Return a board that the person sees. Raises NotFoundError."""
        async with self._uow() as work:
            return self._view(actor, await work.boards.get(actor.user_id, parse_id(board_id, what="board")))

    async def create(
        self,
        actor: Actor,
        name: str,
        *,
        visibility: Visibility = Visibility.PRIVATE,
        idempotency_key: str | None = None,
    ) -> BoardView:
        """Make an empty board. Safe to repeat with the same ``idempotency_key``.

        Raises InvalidInputError, ConflictError if there are too many.
        """
        row = Board(account_id=actor.user_id, name=clean_board_name(name), visibility=visibility)
        what = ("board", row.name, visibility)
        async with self._uow() as work:
            view = await once(work, actor, idempotency_key, what, lambda: self._create(work, actor, row), answers=_VIEW)
            await work.commit()
        return view

    async def _create(self, work: UnitOfWork, actor: Actor, row: Board) -> BoardView:
        if await work.boards.count_own(actor.user_id) >= MAX_BOARDS:
            raise ConflictError(f"You can have at most {MAX_BOARDS} boards. Delete one first.")
        work.boards.add(row)
        await work.flush()
        await _tell(work, row)
        return self._view(actor, await work.boards.get(actor.user_id, row.id))

    async def update(
        self, actor: Actor, board_id: str, *, name: str | None = None, visibility: Visibility | None = None
    ) -> BoardView:
        """Rename an own board, or show it to the team or no longer; None leaves as it is. Safe to repeat.

        Made private, it loses what others have put there: they cannot take it off any more, and showing the board again
        must not show it again. Raises NotFoundError, InvalidInputError.
        """
        async with self._uow() as work:
            row = await work.boards.lock_own(actor.user_id, parse_id(board_id, what="board"))
            if row.trashed_at is not None:
                raise NotFoundError("There is no such board.")
            await _tell(work, row)  # also those who will not see it any more
            row.name = row.name if name is None else clean_board_name(name)
            row.visibility = visibility or row.visibility
            if row.visibility == Visibility.PRIVATE:
                await work.boards.keep_only_of(row.account_id, row.id)
            return await self._saved(work, actor, row)

    async def delete(self, actor: Actor, board_id: str) -> None:
        """Move an own board to the trash. What is on it stays in the gallery. Raises NotFoundError. Safe to repeat.

        The board loses what others have put there, as when it is made private: restored, it has the owner's own.
        """
        async with self._uow() as work:
            row = await work.boards.lock_own(actor.user_id, parse_id(board_id, what="board"))
            await _tell(work, row)
            row.trashed_at = row.trashed_at or datetime.now(UTC)
            await work.boards.keep_only_of(row.account_id, row.id)
            await work.flush()
            await work.commit()

    async def restore(self, actor: Actor, board_id: str) -> BoardView:
        """Bring an own board back that went to the trash within 30 days, with what its owner has put on it.

        Raises NotFoundError. Safe to repeat.
        """
        async with self._uow() as work:
            row = await work.boards.lock_own(actor.user_id, parse_id(board_id, what="board"))
            if row.trashed_at is not None and row.trashed_at <= datetime.now(UTC) - KEPT_IN_TRASH:
                raise NotFoundError("There is no such board.")
            row.trashed_at = None
            return await self._saved(work, actor, row)

    async def _saved(self, work: UnitOfWork, actor: Actor, row: Board) -> BoardView:
        await work.flush()
        await _tell(work, row)
        facts = await work.boards.get(actor.user_id, row.id)
        await work.commit()
        return self._view(actor, facts)

    def _view(self, actor: Actor, facts: BoardFacts) -> BoardView:
        board = facts.board
        return BoardView(
            id=board.id,
            name=board.name,
            visibility=Visibility(board.visibility),
            owner_id=board.account_id,
            owner_name=facts.owner_name,
            is_mine=board.account_id == actor.user_id,
            count=facts.count,
            cover_url=None if facts.cover is None else self._views.thumbnail(facts.cover),
            created_at=board.created_at,
            trashed_at=board.trashed_at,
        )


async def _tell(work: UnitOfWork, row: Board) -> None:
    """To everybody if the team sees the board: with it images appear and disappear."""
    for kind, row_id in (("board", row.id), ("image", None)):
        await work.notify(None if row.visibility == Visibility.TEAM else row.account_id, kind, row_id)
