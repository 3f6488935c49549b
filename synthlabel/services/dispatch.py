"""Sending: whose turn it is, and the one paid POST.

The claim is committed before the POST, and what came of it afterwards. Whatever dies in between leaves a row in
``submitting`` whose lease runs out: it becomes ``unknown`` and is never sent again by a machine. Only what died before
its sources were up was certainly not sent, and waits again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from synthlabel.db.tables import Generation
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.generation import TERMINAL, GenerationStatus, advance
from synthlabel.errors import (
    DatabaseUnavailableError,
    ProviderBusyError,
    ProviderError,
    ProviderRefusedError,
    SubmissionLostError,
    SynthLabelError,
)
from synthlabel.logs import get_logger
from synthlabel.ports import ImageProvider, Job, ObjectStorage, Submission
from synthlabel.services.generations import follow_job
from synthlabel.services.outcome import DISPATCH, finish
from synthlabel.services.preparation import Preparation, is_claimed_by

MAX_ATTEMPTS = 12
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 300.0
RECORD_AGAIN_S = 0.5
LEASE_MARGIN = timedelta(seconds=15)
FIRST_LOOK_S = 1.0
UNKNOWN_LOOK_S = 10.0

_UNANSWERED = frozenset({GenerationStatus.SUBMITTING, GenerationStatus.UNKNOWN})

S = TypeVar("S")
T = TypeVar("T")

log = get_logger(__name__)


class DispatchService:
    def __init__(
        self,
        uow: Callable[[], UnitOfWork],
        provider: ImageProvider,
        storage: ObjectStorage,
        *,
        concurrency: int,
        submit_timeout: timedelta,
        webhook_url: Callable[[UUID], str | None],
    ) -> None:
        self._uow = uow
        self._provider = provider
        self._concurrency = concurrency
        self._lease = submit_timeout + LEASE_MARGIN
        self._preparation = Preparation(uow, provider, storage, lease=self._lease)
        self._webhook_url = webhook_url

    async def submit_next(self) -> bool:
        """Send the request whose turn it is. False if none waits, or all places at the provider are taken.

        Safe to repeat: each call claims another request.
        """
        row = await self._claim()
        if row is None:
            return False
        if row.sources_sent or await self._prepare(row):
            await self._submit(row)
        return True

    async def _prepare(self, claimed: Generation) -> bool:
        """Put the sources up. False if that did not work: the row is back in the line, or has ended."""
        try:
            return await self._preparation.complete(claimed)
        except ProviderError as error:
            await self._write(self._unprepared, claimed, error)
        except asyncio.CancelledError:
            # The worker is told to stop, and nothing was sent
            await self._write(self._unprepared, claimed, None)
            raise
        return False

    async def _submit(self, row: Generation) -> None:
        """Make the one paid call."""
        try:
            submission = await self._provider.submit(
                row.endpoint, row.arguments, webhook_url=self._webhook_url(row.submit_token)
            )
        except ProviderBusyError as error:
            await self._write(self._send_later, row.id, error)
        except ProviderRefusedError as error:
            await self._write(self._refused, row.id, error)
        except SubmissionLostError as error:
            await self._write(self._lost, row.id, error)
        except asyncio.CancelledError:
            # The worker is told to stop while the POST is out: nobody knows whether it arrived.
            await self._write(self._lost, row.id, SubmissionLostError(_LOST))
            raise
        else:
            await self._write(self.record, row.id, submission)

    async def _write(self, step: Callable[[S, T], Awaitable[None]], subject: S, outcome: T) -> None:
        """Store what came of a POST, also while the worker is told to stop: it is known nowhere else."""
        writing = asyncio.ensure_future(self._write_again(step, subject, outcome))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise

    async def _write_again(self, step: Callable[[S, T], Awaitable[None]], subject: S, outcome: T) -> None:
        """The database may be away for a moment. Once the claim has run out, others have judged the row."""
        give_up_at = asyncio.get_running_loop().time() + self._lease.total_seconds()
        while True:
            try:
                await step(subject, outcome)
            except DatabaseUnavailableError:
                if asyncio.get_running_loop().time() > give_up_at:
                    raise
                await asyncio.sleep(RECORD_AGAIN_S)
            else:
                return

    async def record(self, generation_id: UUID, submission: Submission) -> None:
        """Store that the provider has accepted a request. Safe to repeat, also after a webhook did it."""
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.request_id is not None:
                return
            given_up = GenerationStatus(row.status) in TERMINAL
            await attach(work, row, submission)
            await work.commit()
        if given_up:
            await self._call_off(submission)

    async def _call_off(self, submission: Submission) -> None:
        """A person gave up before the answer came: nobody waits for these images any more."""
        try:
            await self._provider.cancel(submission)
        except ProviderError as error:
            log.warning("a request that was given up can't be cancelled", reason=error.user_message)

    async def expire_claims(self) -> int:
        """Move requests whose sender died during the POST to ``unknown``. Safe to repeat.

        Those whose sources were not at the provider yet were certainly not sent: they go back into the line.
        """
        async with self._uow() as work:
            abandoned = await work.generations.list_abandoned_submissions()
        for generation_id in abandoned:
            await self._lost(generation_id, SubmissionLostError(_LOST), only_expired=True)
        return len(abandoned)

    async def enqueue_waiting(self) -> None:
        """Start sending again if requests wait while there is a place: the net under lost wake-ups."""
        async with self._uow() as work:
            if await work.generations.count_free_places(concurrency=self._concurrency):
                await work.enqueue(DISPATCH)
                await work.commit()

    async def _claim(self) -> Generation | None:
        async with self._uow() as work:
            row = await work.generations.lock_next(concurrency=self._concurrency)
            if row is None:
                return None
            row.status = advance(GenerationStatus(row.status), GenerationStatus.SUBMITTING)
            row.submit_attempts += 1
            row.submit_started_at = await work.generations.now()
            row.lease_until = row.submit_started_at + self._lease
            row.next_look_at = None
            await work.flush()
            await work.notify(row.account_id, "generation", row.id)
            # The next one in line, by whichever worker is free
            await work.enqueue(DISPATCH)
            await work.commit()
        return row

    async def _unprepared(self, claimed: Generation, error: ProviderError | None) -> None:
        """Store that the sources are not up, because of an error or of a worker that stops. Nothing was sent."""
        async with self._uow() as work:
            row = await work.generations.lock(claimed.id)
            if row is None or not is_claimed_by(row, claimed):
                return
            if isinstance(error, ProviderBusyError) and not _is_over(row):
                await self._requeue(work, row, error)
            elif error is None:
                await self._back_into_line(work, row)
            else:
                await _end_unsent(work, row, error)
            await work.commit()

    async def _send_later(self, generation_id: UUID, error: ProviderBusyError) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or GenerationStatus(row.status) not in _UNANSWERED or row.request_id is not None:
                return
            if row.cancel_requested_at is not None:
                note = "cancelled; the provider had taken nothing"
                await finish(work, row, GenerationStatus.CANCELLED, charged_micros=0, note=note)
            elif row.submit_attempts >= MAX_ATTEMPTS or row.status == GenerationStatus.UNKNOWN:
                note = "the provider took nothing"
                await finish(work, row, GenerationStatus.FAILED, charged_micros=0, note=note, error=error)
            else:
                await self._requeue(work, row, error)
            await work.commit()

    async def _requeue(self, work: UnitOfWork, row: Generation, error: ProviderBusyError) -> None:
        # The whole line waits (see the repository): one knock at a time, by the one that was turned away most often
        tries = max(row.submit_attempts, await work.generations.most_attempts_waiting())
        delay_s = min(FIRST_RETRY_S * 2 ** min(tries - 1, 20), LONGEST_RETRY_S)
        delay_s = max(delay_s, min(error.retry_after_s or 0.0, LONGEST_RETRY_S))
        row.status = advance(GenerationStatus(row.status), GenerationStatus.QUEUED)
        row.lease_until = None
        row.next_look_at = datetime.now(UTC) + timedelta(seconds=delay_s)
        row.phase = error.user_message
        await work.flush()
        await work.notify(row.account_id, "generation", row.id)
        await work.enqueue(Job("dispatch", key="dispatch:later", delay_s=delay_s))

    async def _back_into_line(self, work: UnitOfWork, row: Generation) -> None:
        """Its sender is gone before the call, so it waits again: not for ever, for it may be what senders die of."""
        if _is_over(row):
            await _end_unsent(work, row, ProviderBusyError("It could not be sent. Nothing was made or billed."))
            return
        row.status = advance(GenerationStatus(row.status), GenerationStatus.QUEUED)
        row.lease_until = row.next_look_at = None
        await work.flush()
        await work.notify(row.account_id, "generation", row.id)
        await work.enqueue(DISPATCH)

    async def _refused(self, generation_id: UUID, error: ProviderRefusedError) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or GenerationStatus(row.status) not in _UNANSWERED or row.request_id is not None:
                return
            note = "refused by the provider before anything was made"
            await finish(work, row, GenerationStatus.FAILED, charged_micros=0, note=note, error=error)
            await work.commit()

    async def _lost(self, generation_id: UUID, error: SynthLabelError, *, only_expired: bool = False) -> None:
        async with self._uow() as work:
            row = await work.generations.lock(generation_id)
            if row is None or row.status != GenerationStatus.SUBMITTING:
                return
            if only_expired and row.lease_until is not None and row.lease_until > await work.generations.now():
                return
            if not row.sources_sent:
                await self._back_into_line(work, row)
                await work.commit()
                return
            row.status = advance(GenerationStatus(row.status), GenerationStatus.UNKNOWN)
            row.error_code, row.error_message, row.error_retryable = error.code, error.user_message, False
            row.lease_until = None
            row.looks = 0
            row.next_look_at = datetime.now(UTC) + timedelta(seconds=UNKNOWN_LOOK_S)
            await work.flush()
            await work.notify(row.account_id, "generation", row.id)
            await work.enqueue(reconcile_job(row.id, delay_s=UNKNOWN_LOOK_S))
            await work.enqueue(DISPATCH)
            await work.commit()
        log.warning("the answer to a paid request was lost", generation_id=str(generation_id))


def _is_over(row: Generation) -> bool:
    """Return whether a request that was not sent is not to be tried again."""
    return row.cancel_requested_at is not None or row.submit_attempts >= MAX_ATTEMPTS


async def _end_unsent(work: UnitOfWork, row: Generation, error: ProviderError) -> None:
    if row.cancel_requested_at is not None:
        await finish(work, row, GenerationStatus.CANCELLED, charged_micros=0, note="cancelled before sending")
    else:
        await finish(work, row, GenerationStatus.FAILED, charged_micros=0, note="nothing was sent", error=error)


_LOST = (
    "We do not know whether the provider took this request. It is not sent again by itself, "
    "since that could be paid twice. We keep looking for it."
)


def reconcile_job(generation_id: UUID, *, delay_s: float) -> Job:
    return Job("reconcile", id=generation_id, key=f"reconcile:{generation_id}:later", delay_s=delay_s)


async def attach(work: UnitOfWork, row: Generation, submission: Submission) -> None:
    """Give a locked row its provider request and line up the first look. The caller commits.

    A row that was given up only keeps the request's id.
    """
    row.request_id = submission.request_id
    row.status_url = submission.status_url
    row.response_url = submission.response_url
    row.cancel_url = submission.cancel_url
    if GenerationStatus(row.status) in TERMINAL:
        log.warning("a request was accepted after it was given up", generation_id=str(row.id))
        return
    row.status = advance(GenerationStatus(row.status), GenerationStatus.SUBMITTED)
    row.submitted_at = datetime.now(UTC)
    row.error_code = row.error_message = None
    row.lease_until = None
    row.looks = row.misses = 0
    row.next_look_at = row.submitted_at + timedelta(seconds=FIRST_LOOK_S)
    await work.flush()
    await work.notify(row.account_id, "generation", row.id)
    delay_s = 0.0 if row.cancel_requested_at else FIRST_LOOK_S
    await work.enqueue(follow_job(row.id, delay_s=delay_s))
