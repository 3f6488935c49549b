"""Following requests at the provider to their end, and bringing the images home.

Woken by webhook, by its own appointments and by the sweeper; all three come to ``follow``, and a lease lets one of
them work at a time. Everything here is safe to repeat: it reads the provider, and writes under fixed keys.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from synthlabel.db.tables import Generation
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.generation import GenerationStatus, advance
from synthlabel.domain.pace import GIVE_UP_AFTER
from synthlabel.domain.progress import read_progress
from synthlabel.errors import (
    DatabaseUnavailableError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageError,
)
from synthlabel.logs import get_logger
from synthlabel.ports import (
    ImageProvider,
    Job,
    Progress,
    Submission,
    WebhookVerifier,
)
from synthlabel.services.dispatch import attach, reconcile_job
from synthlabel.services.generations import follow_job
from synthlabel.services.ingestion import Ingestion, submission_of
from synthlabel.services.outcome import finish

LEASE = timedelta(seconds=30)
LOG_LINES_KEPT = 200
LISTING_SLACK = timedelta(minutes=2)
LOST_AFTER_MISSES = 10
"""A paid request that the provider does not know *yet* must not be given up at the first look."""

BUSY_ELSEWHERE_S = 1.0

log = get_logger(__name__)


class ResultService:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        provider: ImageProvider,
        ingestion: Ingestion,
        webhooks: WebhookVerifier,
    ) -> None:
        self._uow = uow
        self._provider = provider
        self._ingestion = ingestion
        self._webhooks = webhooks

    # --- waking ---------------------------------------------------------------------------------------------------

    async def accept_webhook(self, headers: Mapping[str, str], body: bytes, token: str | None) -> bool:
        """Note that the provider has news. False if the request is not ours. Safe to repeat.

        The signature says who is calling; the news itself is fetched from the provider, never read from the body.
        Raises NotSignedInError for a forged or stale call.
        """
        event = await self._webhooks.verify(headers, body)
        async with self._uow() as work:
            row = await work.generations.lock_by_request(event.request_id, _uuid(token))
            if row is None:
                return False
            if row.request_id is None:
                await self._heal(work, row, event.request_id)
            await work.enqueue(follow_job(row.id))
            await work.commit()
        return True

    async def _heal(self, work: UnitOfWork, row: Generation, request_id: str) -> None:
        """The answer to the POST was lost or is late; the webhook brings the request id instead."""
        await attach(work, row, self._provider.submission(row.endpoint, request_id))

    async def reconcile(self, generation_id: UUID) -> None:
        """Look for an ``unknown`` request in the provider's own list. Safe to repeat; never sends."""
        row = await self._note_search(generation_id)
        if row is None:
            return
        candidates = await self._candidates(row)
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.status != GenerationStatus.UNKNOWN:
                return
            found = await self._choose(work, row, candidates)
            if found is not None:
                await attach(work, row, found)
                await work.commit()

    async def _note_search(self, generation_id: UUID) -> Generation | None:
        """Set the next search before this one: whatever becomes of it, the row is not searched for without a pause."""
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.status != GenerationStatus.UNKNOWN:
                return None
            row.looks += 1
            delay_s = min(10.0 * 2 ** min(row.looks, 12), 3600.0)
            row.next_look_at = datetime.now(UTC) + timedelta(seconds=delay_s)
            await work.flush()
            await work.enqueue(reconcile_job(row.id, delay_s=delay_s))
            await work.commit()
        return row

    async def _candidates(self, row: Generation) -> Sequence[Submission]:
        sent_at = row.submit_started_at or row.created_at
        try:
            return await self._provider.find(
                row.endpoint, row.arguments, since=sent_at - LISTING_SLACK, until=sent_at + LISTING_SLACK
            )
        except ProviderError as error:
            log.info("the provider's list can't be read", reason=error.user_message)
            return ()

    async def _choose(self, work: UnitOfWork, row: Generation, candidates: Sequence[Submission]) -> Submission | None:
        """Return the one request that can only be this row's: equal bodies (a fixed seed, a retry) look the same."""
        known = await work.generations.list_known_requests([found.request_id for found in candidates])
        unknown = [found for found in candidates if found.request_id not in known]
        if len(unknown) != 1 or await work.generations.has_unresolved_twin(row):
            return None
        return unknown[0]

    async def enqueue_overdue(self) -> int:
        """Line up a look at every request that is overdue for one: the net under lost jobs. Safe to repeat."""
        async with self._uow() as work:
            overdue = await work.generations.list_overdue()
            for generation_id, status in overdue:
                unknown = status == GenerationStatus.UNKNOWN
                await work.enqueue(
                    Job("reconcile", id=generation_id, key=f"reconcile:{generation_id}")
                    if unknown
                    else follow_job(generation_id)
                )
            await work.commit()
        return len(overdue)

    # --- looking --------------------------------------------------------------------------------------------------

    async def follow(self, generation_id: UUID) -> None:
        """Look at a request once, and do what its state asks for. Safe to repeat and to run twice at once."""
        async with self._uow() as work:
            row = await work.generations.lease(generation_id, duration=LEASE)
            await work.commit()
        if row is None:
            await self._come_back_if_leased(generation_id)
            return
        holding = asyncio.create_task(self._hold(row.id))
        try:
            await self._advance(row)
        except (ProviderUnavailableError, StorageError) as error:
            log.info("will look again", generation_id=str(row.id), reason=error.user_message)
            await self._look_later(row.id, missed=row.status == GenerationStatus.INGESTING)
        finally:
            holding.cancel()

    async def _hold(self, generation_id: UUID) -> None:
        """Keep the lease while images are on their way, however long that takes."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            with suppress(DatabaseUnavailableError):
                async with self._uow() as work:
                    await work.generations.renew_lease(generation_id, duration=LEASE)
                    await work.commit()

    async def _advance(self, row: Generation) -> None:
        if row.status == GenerationStatus.INGESTING:
            await self._ingestion.resume(row)
            return
        submission = submission_of(row)
        if row.cancel_requested_at is not None:
            await self._ask_to_cancel(submission)
        try:
            progress = await self._provider.progress(submission)
            if progress.state != "finished":
                await self._note_progress(row.id, progress)
                return
            output = await self._provider.output(submission)
        except ProviderRefusedError as error:
            if error.code == "provider_lost" and row.misses < LOST_AFTER_MISSES:
                await self._look_later(row.id, missed=True)
            else:
                await self._failed(row, error)
            return
        row.status = GenerationStatus.INGESTING
        await self._ingestion.begin(row, output)

    async def _ask_to_cancel(self, submission: Submission) -> None:
        """Whatever comes of the wish, the look that follows tells what became of the request."""
        try:
            await self._provider.cancel(submission)
        except ProviderError as error:
            log.info("cancelling was not taken", reason=error.user_message)

    async def _failed(self, row: Generation, error: ProviderRefusedError) -> None:
        cancelled = row.cancel_requested_at is not None and error.code in ("provider_cancelled", "provider_lost")
        async with self._uow() as work:
            locked = await work.generations.lock(row.id)
            if locked is None or GenerationStatus(locked.status) not in _FOLLOWED:
                return
            charged = self._ingestion.charge(locked, error.billable_units, default_micros=0)
            if cancelled:
                note = "cancelled at the provider"
                await finish(work, locked, GenerationStatus.CANCELLED, charged_micros=charged, note=note)
            else:
                note = f"failed at the provider: {error.code}"
                await finish(work, locked, GenerationStatus.FAILED, charged_micros=charged, note=note, error=error)
            await work.commit()

    async def _note_progress(self, generation_id: UUID, progress: Progress) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or GenerationStatus(row.status) not in _FOLLOWED:
                return
            row.misses = 0
            if _apply(row, progress):
                await work.notify(row.account_id, "generation", row.id)
            gave_up = await self._gave_up(work, row)
            if not gave_up:
                await self._appoint(work, row)
            await work.commit()
        if gave_up:
            await self._ask_to_cancel(submission_of(row))

    async def _gave_up(self, work: UnitOfWork, row: Generation) -> bool:
        """End a request that the provider itself says is still not done. Once it ran, it counts as spent."""
        if datetime.now(UTC) - (row.submitted_at or row.created_at) < GIVE_UP_AFTER:
            return False
        hours = GIVE_UP_AFTER.total_seconds() / 3600
        error = ProviderRefusedError(
            f"The provider gave no result within {hours:.0f} hours.", code="timed_out", retryable=True
        )
        charged = row.price_micros if row.status == GenerationStatus.RUNNING else 0
        await finish(work, row, GenerationStatus.FAILED, charged_micros=charged, note="no result in time", error=error)
        return True

    async def _look_later(self, generation_id: UUID, *, missed: bool = False) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or GenerationStatus(row.status) not in _FOLLOWED | {GenerationStatus.INGESTING}:
                return
            row.misses += missed
            await self._appoint(work, row)
            await work.notify(row.account_id, "generation", row.id)
            await work.commit()

    async def _appoint(self, work: UnitOfWork, row: Generation) -> None:
        """Give the lease back and set the next look."""
        row.looks += 1
        delay_s = look_delay_s(row.looks)
        row.lease_until = None
        row.next_look_at = datetime.now(UTC) + timedelta(seconds=delay_s)
        await work.flush()
        await work.enqueue(follow_job(row.id, delay_s=delay_s))

    async def _come_back_if_leased(self, generation_id: UUID) -> None:
        """Somebody else is looking at it, perhaps at what was true before this wake-up: look once more after."""
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is not None and GenerationStatus(row.status) in _FOLLOWED | {GenerationStatus.INGESTING}:
                # With a key of its own: an appointment for later that waits already must not swallow this one
                await work.enqueue(
                    Job("follow", id=generation_id, key=f"follow:{generation_id}:again", delay_s=BUSY_ELSEWHERE_S)
                )
                await work.commit()


_FOLLOWED = frozenset({GenerationStatus.SUBMITTED, GenerationStatus.RUNNING})


def look_delay_s(looks: int) -> float:
    """How long to wait before the next look: a second at first, so that progress moves; then ever longer."""
    return 1.0 if looks <= 30 else min(1.3 ** min(looks - 30, 20), 30.0)


def _apply(row: Generation, progress: Progress) -> bool:
    """Write what a look has told. True if a person would see a difference."""
    before = (row.status, row.queue_position, row.progress, row.phase, len(row.log))
    row.log = list(progress.log[-LOG_LINES_KEPT:])
    if progress.state == "queued":
        row.queue_position = progress.queue_position
        row.first_position = progress.queue_position if row.first_position is None else row.first_position
        return before != (row.status, row.queue_position, row.progress, row.phase, len(row.log))
    if row.status == GenerationStatus.SUBMITTED:
        row.status = advance(GenerationStatus.SUBMITTED, GenerationStatus.RUNNING)
    row.queue_position = None
    step = read_progress(progress.log)
    row.progress = max(step.fraction, row.progress or 0.0) if step.fraction is not None else row.progress
    row.phase = step.phase or row.phase or "running"
    return before != (row.status, row.queue_position, row.progress, row.phase, len(row.log))


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text is not None and _UUID.fullmatch(text) else None
