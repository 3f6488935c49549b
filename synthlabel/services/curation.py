"""What a person does to images: one at a time or ten thousand, once each, and back again."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from synthlabel.db.tables import GalleryAction
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.board import Visibility
from synthlabel.domain.curation import (
    IN_TRASH,
    MAX_IDS,
    MAX_SELECTED,
    MAX_TAGGED,
    OWN_ONLY,
    Action,
    ActionKind,
    Selection,
    clean_tags,
    clean_value,
)
from synthlabel.domain.identifiers import parse_id
from synthlabel.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from synthlabel.ports import Job
from synthlabel.services.curation_steps import Change, do, undo

PURGE = Job("purge", key="purge")
__all__ = ["MAX_IDS", "Action", "ActionKind", "ActionView", "CurationService", "Selection"]

NO_IMAGE = "There is no such image."
NO_TAG = "There is no such tag."
SUGGESTED = 100


@dataclass(frozen=True, slots=True)
class ActionView:
    """What an action came to. ``changed`` counts images: those that were as wanted already are not among them."""

    id: UUID
    kind: ActionKind
    changed: int
    undoable: bool


class CurationService:
    def __init__(self, uow: Callable[[], UnitOfWork]) -> None:
        self._uow = uow

    async def act(self, actor: Actor, action: Action) -> ActionView:
        """Do something to a selection. The same id again gives the first answer again, and does nothing.

        Of images that are chosen by id those that are gone are left out; raises NotFoundError if all of them are.
        Raises InvalidInputError; ConflictError if the id came with another action before, or if the images are not as
        many as was expected.
        """
        change = Change(actor.user_id, action.kind, clean_value(action.kind, action.value), datetime.now(UTC))
        fingerprint = _fingerprint(action)
        async with self._uow() as work:
            await work.actions.lock(actor.user_id)
            earlier = await work.actions.find(actor.user_id, action.id)
            if earlier is not None:
                return _first_answer(earlier, fingerprint)
            before = await do(work, change, await _choose(work, change, action))
            row = _row(action.id, change, before, fingerprint=fingerprint)
            work.actions.add(row)
            await _tell(work, change, before)
            await work.commit()
        return _view(row)

    async def undo(self, actor: Actor, action_id: str) -> ActionView:
        """Put back what was there before, where what the action did still stands. Safe to repeat.

        Raises NotFoundError; ConflictError for an action that cannot be undone, or not now: then it still can be later.
        """
        row_id = parse_id(action_id, what="action")
        async with self._uow() as work:
            await work.actions.lock(actor.user_id)
            row = await work.actions.find_whole(actor.user_id, row_id)
            if row is None:
                raise NotFoundError("There is no such action.")
            if row.kind == ActionKind.PURGE:
                raise ConflictError("What was deleted for good can't be brought back.")
            if row.undone_at is None:
                change = Change(actor.user_id, ActionKind(row.kind), row.value, row.created_at)
                row.restored = await undo(work, change, row.before)
                row.undone_at = datetime.now(UTC)
                await _tell(work, change, row.before)
                await work.commit()
        return ActionView(row.id, ActionKind(row.kind), row.restored, undoable=False)

    async def change(self, actor: Actor, image_id: str, wanted: Mapping[str, Any]) -> None:
        """Set ``rating``, ``favorite`` and ``tags`` of one image, of those that are given. Safe to repeat.

        Raises NotFoundError, for ``tags`` also if it is somebody else's; InvalidInputError.
        """
        row_id = parse_id(image_id, what="image")
        async with self._uow() as work:
            await work.actions.lock(actor.user_id)
            if not await work.actions.choose(actor.user_id, [row_id], own="tags" in wanted, trashed=None):
                raise NotFoundError(NO_IMAGE)
            for change in await _changes(work, actor, row_id, wanted):
                await do(work, change, [row_id])
            await work.notify(actor.user_id, "image", row_id)
            await work.commit()

    async def list_tags(self, actor: Actor, prefix: str = "") -> Sequence[tuple[str, int]]:
        """Return the person's tags that begin so, with the number of images, the most used first: at most 100."""
        begins = " ".join(prefix.split()).lower()
        async with self._uow() as work:
            return await work.tags.list_own(actor.user_id, prefix=begins, limit=SUGGESTED)

    async def rename_tag(self, actor: Actor, tag: str, to: str) -> tuple[str, int]:
        """Rename a tag on all of the person's images; if there is one of that name, the two become one.

        Returns it as it is called now, with the number of images. Raises NotFoundError, InvalidInputError.
        """
        (old,), (new,) = clean_tags([tag], name="tag"), clean_tags([to], name="to")
        async with self._uow() as work:
            await work.actions.lock(actor.user_id)
            if not await work.tags.count(actor.user_id, old):
                raise NotFoundError(NO_TAG)
            if old != new:
                await work.tags.rename(actor.user_id, old, new)
            await work.notify(actor.user_id, "image", None)
            count = await work.tags.count(actor.user_id, new)
            await work.commit()
        return new, count


async def _choose(work: UnitOfWork, change: Change, action: Action) -> Sequence[UUID]:
    """Return the images of a selection to which the person may do this. They stay until commit."""
    own = change.kind in OWN_ONLY or await _is_sharing(work, change)
    wanted = await _selected(work, change, action)
    chosen = await work.actions.choose(change.account_id, wanted, own=own, trashed=change.kind in IN_TRASH)
    if action.selection.ids and not chosen and not await work.images.list_visible(change.account_id, wanted):
        raise NotFoundError(NO_IMAGE)
    action.selection.check_count(len(chosen))
    if len(chosen) * len(change.value.get("tags", ())) > MAX_TAGGED:
        message = f"This would be more than {MAX_TAGGED:,} tags at once. Use fewer tags, or fewer images at a time."
        raise InvalidInputError(FieldError("value.tags", message))
    return chosen


async def _selected(work: UnitOfWork, change: Change, action: Action) -> Sequence[UUID]:
    selection = action.selection
    if selection.wanted is None:
        return selection.ids or ()
    left_out = frozenset(selection.excluded)
    limit = MAX_SELECTED + len(left_out) + 1
    found = await work.images.list_all_ids(change.account_id, selection.wanted, limit=limit)
    chosen = [image_id for image_id in found if image_id not in left_out]
    if len(chosen) > MAX_SELECTED:
        message = f"This finds more than {MAX_SELECTED:,} images. Narrow it, and do it in parts."
        raise InvalidInputError(FieldError("selection.filter", message))
    return chosen


async def _is_sharing(work: UnitOfWork, change: Change) -> bool:
    """True if it shows images to the team, which only their owners may. Raises NotFoundError without such a board."""
    if change.kind not in (ActionKind.ADD_TO_BOARD, ActionKind.REMOVE_FROM_BOARD):
        return False
    board = await work.boards.lock_visible(change.account_id, change.board_id)
    return change.kind == ActionKind.ADD_TO_BOARD and board.visibility == Visibility.TEAM


async def _changes(work: UnitOfWork, actor: Actor, image_id: UUID, wanted: Mapping[str, Any]) -> Sequence[Change]:
    """Return what sets one image's marks and tags to the wanted ones."""
    pairs: list[tuple[ActionKind, dict[str, Any]]] = []
    if "rating" in wanted:
        pairs.append((ActionKind.RATE, {"rating": wanted["rating"]}))
    if "favorite" in wanted:
        pairs.append((ActionKind.FAVORITE, {"favorite": wanted["favorite"]}))
    if "tags" in wanted:
        tags, present = clean_tags(wanted["tags"]), await work.tags.list_of(image_id)
        pairs.append((ActionKind.ADD_TAGS, {"tags": [tag for tag in tags if tag not in present]}))
        pairs.append((ActionKind.REMOVE_TAGS, {"tags": [tag for tag in present if tag not in tags]}))
    now = datetime.now(UTC)
    return [Change(actor.user_id, kind, value, now) for kind, value in pairs]


async def _tell(work: UnitOfWork, change: Change, before: Sequence[Any]) -> None:
    """One piece of news for a whole selection; to everybody, if what the team sees may have changed."""
    if not before:
        return
    if change.kind == ActionKind.PURGE:
        await work.enqueue(PURGE)
    await work.notify(None if await _is_public(work, change, before) else change.account_id, "image", None)


async def _is_public(work: UnitOfWork, change: Change, before: Sequence[Any]) -> bool:
    if change.kind in (ActionKind.RATE, ActionKind.FAVORITE, ActionKind.PURGE):
        return False
    if change.kind in (ActionKind.ADD_TO_BOARD, ActionKind.REMOVE_FROM_BOARD):
        return await work.boards.is_team(change.board_id)
    return await work.boards.any_shown({UUID(entry[0]) for entry in before})


def _fingerprint(action: Action) -> str:
    return hashlib.sha256(json.dumps(asdict(action), sort_keys=True, default=str).encode()).hexdigest()


def _row(action_id: UUID, change: Change, before: list[Any], *, fingerprint: str) -> GalleryAction:
    return GalleryAction(
        account_id=change.account_id,
        id=action_id,
        kind=change.kind,
        request_hash=fingerprint,
        value=change.value,
        before=[] if change.kind == ActionKind.PURGE else before,
        changed=len({entry[0] for entry in before}),
        created_at=change.at,
    )


def _first_answer(row: GalleryAction, fingerprint: str) -> ActionView:
    if row.request_hash != fingerprint:
        raise ConflictError("This id was used for another action.", code="idempotency_conflict")
    return _view(row)


def _view(row: GalleryAction) -> ActionView:
    undoable = row.kind != ActionKind.PURGE and row.undone_at is None
    return ActionView(row.id, ActionKind(row.kind), row.changed, undoable=undoable)
