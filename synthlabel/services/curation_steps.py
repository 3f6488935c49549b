"""Each kind of action on images: doing it, with what was there before; and putting that back.

What was there before is JSON, a list of lists, each of which begins with an image's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from synthlabel.db.repositories.boards import OnBoard
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.curation import ActionKind
from synthlabel.errors import ConflictError, NotFoundError

Before = list[Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What a person does, and when: its marks in the rows bear this time. ``value`` is as the domain cleans it."""

    account_id: UUID
    kind: ActionKind
    value: dict[str, Any]
    at: datetime

    @property
    def board_id(self) -> UUID:
        return UUID(self.value["board_id"])


async def do(work: UnitOfWork, change: Change, image_ids: Sequence[UUID]) -> Before:
    """Do it to images to which the person may do it. Return what was there before, of those that it changed."""
    me, value = change.account_id, change.value
    match change.kind:
        case ActionKind.RATE:
            rated = await work.marks.rate(me, image_ids, value["rating"], now=change.at)
            return [[str(image_id), rating] for image_id, rating in rated]
        case ActionKind.FAVORITE:
            return _ids(await work.marks.favorite(me, image_ids, value["favorite"], now=change.at))
        case ActionKind.ADD_TAGS:
            return _pairs(await work.tags.add(me, _with_tags(image_ids, value["tags"])))
        case ActionKind.REMOVE_TAGS:
            return _pairs(await work.tags.remove(me, _with_tags(image_ids, value["tags"])))
        case ActionKind.ADD_TO_BOARD:
            added = [(image_id, me, change.at) for image_id in image_ids]
            return _ids(await work.boards.put(change.board_id, added))
        case ActionKind.REMOVE_FROM_BOARD:
            return _on_board(await _take_off(work, change, image_ids))
        case ActionKind.TRASH:
            return _ids(await work.actions.trash(me, image_ids, now=change.at))
        case ActionKind.RESTORE:
            restored = await work.actions.restore(me, image_ids, now=change.at)
            return [[str(image_id), time.isoformat()] for image_id, time in restored]
        case ActionKind.PURGE:
            return _ids(await work.actions.purge(me, image_ids, now=change.at))


async def undo(work: UnitOfWork, change: Change, before: Before) -> int:
    """Put back what was there before, where the action's own value still stands. Return the number of images.

    Raises ConflictError if that cannot be done now.
    """
    me, value = change.account_id, change.value
    ids = [UUID(entry[0]) for entry in before]
    now = change.at
    match change.kind:
        case ActionKind.RATE:
            rated = [(UUID(entry[0]), entry[1]) for entry in before]
            return await work.marks.put_ratings_back(me, rated, instead_of=value["rating"], now=now)
        case ActionKind.FAVORITE:
            return len(await work.marks.favorite(me, ids, not value["favorite"], now=now))
        case ActionKind.ADD_TAGS:
            return _images(await work.tags.remove(me, _read_pairs(before)))
        case ActionKind.REMOVE_TAGS:
            return _images(await work.tags.add(me, _read_pairs(before)))
        case ActionKind.ADD_TO_BOARD:
            return len(await work.boards.take(change.board_id, ids, added_by=me, at=change.at))
        case ActionKind.REMOVE_FROM_BOARD:
            return await _put_on_again(work, change, before)
        case ActionKind.TRASH:
            return await work.actions.take_from_trash(me, ids, since=change.at)
        case ActionKind.RESTORE:
            times = [(UUID(entry[0]), datetime.fromisoformat(entry[1])) for entry in before]
            return await work.actions.throw_back(me, times)
        case ActionKind.PURGE:
            return 0


async def _take_off(work: UnitOfWork, change: Change, image_ids: Sequence[UUID]) -> Sequence[OnBoard]:
    """The owner of a board clears it as they like; others take off what they have put there."""
    board = await work.boards.lock_visible(change.account_id, change.board_id)
    added_by = None if board.account_id == change.account_id else change.account_id
    return await work.boards.take(board.id, image_ids, added_by=added_by)


async def _put_on_again(work: UnitOfWork, change: Change, before: Before) -> int:
    """Only what the person had put there: others may want theirs off by now, and could not take it off meanwhile.

    Raises ConflictError while the board is not there.
    """
    try:
        board = await work.boards.lock_visible(change.account_id, change.board_id)
    except NotFoundError as error:
        message = "The board is not there now. If it is in the trash, bring it back first; then this can be undone."
        raise ConflictError(message) from error
    added = [(UUID(image_id), UUID(person), datetime.fromisoformat(time)) for image_id, person, time in before]
    own = [entry for entry in added if entry[1] == change.account_id]
    return len(await work.boards.put(board.id, own))


def _ids(image_ids: Sequence[UUID]) -> Before:
    return [[str(image_id)] for image_id in image_ids]


def _with_tags(image_ids: Sequence[UUID], tags: Sequence[str]) -> list[tuple[UUID, str]]:
    return [(image_id, tag) for image_id in image_ids for tag in tags]


def _pairs(tagged: Sequence[tuple[UUID, str]]) -> Before:
    return [[str(image_id), tag] for image_id, tag in tagged]


def _read_pairs(before: Before) -> list[tuple[UUID, str]]:
    return [(UUID(image_id), tag) for image_id, tag in before]


def _on_board(entries: Sequence[OnBoard]) -> Before:
    return [[str(image_id), str(person), time.isoformat()] for image_id, person, time in entries]


def _images(tagged: Sequence[tuple[UUID, str]]) -> int:
    return len({image_id for image_id, _ in tagged})
