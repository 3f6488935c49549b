"""The waiting line: who is next, who runs, and when."""

import asyncio
import logging
import time
from bisect import bisect_left, insort
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from synthlabel.sandbox.faults import number
from synthlabel.sandbox.jobs import Job, Outcome, cancelled
from synthlabel.sandbox.ledger import Ledger

_log = logging.getLogger(__name__)
_Place = tuple[bool, int, str]


@dataclass(slots=True)
class Pace:
    """How fast and how many at once. May be changed while jobs run; what has started keeps its time."""

    speed: float
    concurrency: int
    queue_seconds: float
    run_seconds: float

    def run_seconds_of(self, job: Job) -> float:
        if "seconds" in job.faults:
            return number(job.faults["seconds"], 10.0)
        return self.run_seconds / self.speed


class WaitingLine:
    """First come, first served, after those of normal priority. All calls on one event loop.

    ``make`` produces the outcome of a job, ``finished`` hears of every job that ended and was not cancelled.
    """

    def __init__(
        self,
        ledger: Ledger,
        pace: Pace,
        *,
        make: Callable[[Job], Awaitable[Outcome]],
        finished: Callable[[Job], None],
    ) -> None:
        self.pace = pace
        self._ledger = ledger
        self._make = make
        self._finished = finished
        self._waiting: list[_Place] = []
        self._places: dict[str, _Place] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stuck: set[str] = set()
        # Decided, but not on disk yet: whoever comes second, the run or a cancellation, is too late.
        self._decided: set[str] = set()
        self._listeners: dict[str, list[asyncio.Future[None]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._entered = 0

    def enter(self, job: Job) -> None:
        self._entered += 1
        place = (job.low_priority, self._entered, job.request_id)
        self._places[job.request_id] = place
        insort(self._waiting, place)
        self.advance()

    def position(self, job: Job) -> int:
        """The number of requests ahead of a waiting one."""
        place = self._places.get(job.request_id)
        return 0 if place is None else bisect_left(self._waiting, place)

    def advance(self) -> None:
        """Start whoever may start. Safe to repeat; call it after changing the pace."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and len(self._running) - len(self._stuck) < self.pace.concurrency:
            job = self._ledger.jobs[self._waiting[0][2]]
            early = job.submitted_at + self.pace.queue_seconds / self.pace.speed - time.time()
            if early > 0:
                self._timer = asyncio.get_running_loop().call_later(early, self.advance)
                return
            self._leave(job.request_id)
            self._start(job)

    async def cancel(self, job: Job) -> bool:
        """Take a job back, waiting or running. False if it had finished."""
        if job.outcome is not None or job.request_id in self._decided:
            return False
        self._decided.add(job.request_id)
        self._leave(job.request_id)
        task = self._running.get(job.request_id)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        await self._settle(job, cancelled(time.time()))
        return True

    async def wait(self, job: Job) -> Outcome:
        """Return the outcome once there is one."""
        while job.outcome is None:
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._listeners.setdefault(job.request_id, []).append(told)
            await told
        return job.outcome

    async def close(self) -> None:
        """Stop without finishing anything: what was under way starts again with the next process."""
        if self._timer is not None:
            self._timer.cancel()
        self._waiting.clear()
        self._places.clear()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for told in (each for listeners in self._listeners.values() for each in listeners):
            told.cancel()
        self._listeners.clear()

    def _leave(self, request_id: str) -> None:
        place = self._places.pop(request_id, None)
        if place is not None:
            del self._waiting[bisect_left(self._waiting, place)]

    def _start(self, job: Job) -> None:
        job.started_at = time.time()
        job.run_seconds = self.pace.run_seconds_of(job)
        if "stuck" in job.faults:
            self._stuck.add(job.request_id)
        task = asyncio.create_task(self._run(job))
        self._running[job.request_id] = task
        task.add_done_callback(lambda ended: self._ended(job, ended))

    async def _run(self, job: Job) -> None:
        if "stuck" in job.faults:
            await asyncio.Event().wait()
        outcome, _ = await asyncio.gather(self._outcome(job), asyncio.sleep(job.run_seconds))
        self._decided.add(job.request_id)
        await asyncio.shield(self._settle(job, replace(outcome, finished_at=time.time())))
        self._finished(job)

    async def _outcome(self, job: Job) -> Outcome:
        try:
            return await self._make(job)
        except Exception:  # noqa: BLE001 - a bug in a renderer is a failed run, as it is at fal
            _log.exception("The sandbox failed to make %s", job.request_id)
            now = time.time()
            body = {"detail": [{"loc": ["body"], "msg": "Internal server error", "type": "internal_server_error"}]}
            return Outcome(500, body, job.started_at or now, now, headers={"x-fal-retryable": "true"})

    async def _settle(self, job: Job, outcome: Outcome) -> None:
        try:
            await self._ledger.finish(job, outcome)
        finally:
            self._decided.discard(job.request_id)
        for told in self._listeners.pop(job.request_id, ()):
            if not told.done():
                told.set_result(None)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._running.pop(job.request_id, None)
        self._stuck.discard(job.request_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("The outcome of %s could not be kept", job.request_id, exc_info=error)
        self.advance()
