"""All the work that was asked for: finding it, counting it, and ending or repeating much of it at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from synthlabel.db.repositories.activity import ActivityFilter
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor
from synthlabel.domain.generation import GenerationStatus
from synthlabel.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError, SynthLabelError
from synthlabel.services.generations import GenerationService, parse_cursor
from synthlabel.services.views import GenerationView, OwnerView, Page

__all__ = ["MAX_IDS", "ActivityFilter", "ActivityService", "Outcome"]

MAX_IDS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one generation of a bulk action: its view (of the retry, if it was retried), or why not."""

    id: str
    view: GenerationView | None = None
    error: SynthLabelError | None = None


class ActivityService:
    def __init__(self, uow: Callable[[], UnitOfWork], generations: GenerationService) -> None:
        self._uow = uow
        self._generations = generations

    async def list_page(
        self, actor: Actor, wanted: ActivityFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[GenerationView]:
        """Return a page of generations, newest first: the person's own; an administrator's may be everybody's.

        Then each says whose it is. Raises ForbiddenError if somebody else asks for that.
        """
        wanted = _allowed(actor, wanted or ActivityFilter())
        before = None if cursor is None else parse_cursor(cursor)
        async with self._uow() as work:
            rows = await work.activity.list_page(actor.user_id, wanted, before=before, limit=limit + 1)
            items = await self._generations.show(work, actor, rows[:limit])
            if wanted.is_of_others:
                items = await _with_owners(work, items, [row.account_id for row in rows])
        return Page(items, str(items[-1].id) if len(rows) > limit else None)

    async def counts(self, actor: Actor, wanted: ActivityFilter | None = None) -> Mapping[GenerationStatus, int]:
        """Return how many generations there are in each status, under the same filters but that of the status."""
        wanted = replace(_allowed(actor, wanted or ActivityFilter()), status=())
        async with self._uow() as work:
            found = await work.activity.count_by_status(actor.user_id, wanted)
        return {status: found.get(status, 0) for status in GenerationStatus}

    async def cancel(self, actor: Actor, ids: Sequence[str]) -> Sequence[Outcome]:
        """Cancel each of them; an administrator may cancel anybody's. Safe to repeat."""
        _check(ids)
        return [await _attempt(row_id, lambda one: self._generations.cancel(actor, one)) for row_id in ids]

    async def cancel_waiting(self, actor: Actor) -> Sequence[Outcome]:
        """Cancel all of the person's own that wait here and cost nothing yet. Safe to repeat."""
        views = await self._generations.cancel_waiting(actor)
        return [Outcome(str(view.id), view=view) for view in views]

    async def retry(self, actor: Actor, ids: Sequence[str], *, idempotency_key: str | None = None) -> Sequence[Outcome]:
        """Request each of one's own again, paid for anew. Safe to repeat with the same ``idempotency_key``.

        Not those that are unconfirmed: a retry of one may be paid twice, which a person decides one by one.
        """
        _check(ids)
        return [await _attempt(row_id, lambda one: self._retry(actor, one, idempotency_key)) for row_id in ids]

    async def _retry(self, actor: Actor, generation_id: str, idempotency_key: str | None) -> GenerationView:
        old = await self._generations.get(actor, generation_id)
        if old.status is GenerationStatus.UNKNOWN:
            message = "It may have been accepted, so a retry may be paid twice. Retry it by itself if you want that."
            raise ConflictError(message, code="may_be_paid_twice")
        key = None if idempotency_key is None else f"{idempotency_key[:200]} {old.id}"
        return await self._generations.retry(actor, generation_id, idempotency_key=key)


async def _attempt(row_id: str, act: Callable[[str], Awaitable[GenerationView]]) -> Outcome:
    try:
        return Outcome(row_id, view=await act(row_id))
    except SynthLabelError as error:
        return Outcome(row_id, error=error)


def _check(ids: Sequence[str]) -> None:
    if not 1 <= len(ids) <= MAX_IDS:
        raise InvalidInputError(FieldError("ids", f"Choose 1 to {MAX_IDS}."))


def _allowed(actor: Actor, wanted: ActivityFilter) -> ActivityFilter:
    if wanted.is_of_others and not actor.is_admin:
        raise ForbiddenError("Only administrators see what others do.")
    return wanted


async def _with_owners(
    work: UnitOfWork, items: Sequence[GenerationView], account_ids: Sequence[UUID]
) -> Sequence[GenerationView]:
    people = {
        row.id: OwnerView(id=row.id, name=row.name, email=row.email)
        for row in await work.accounts.list_of(set(account_ids))
    }
    return [replace(item, owner=people.get(owner)) for item, owner in zip(items, account_ids, strict=False)]
