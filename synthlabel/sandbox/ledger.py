"""All requests of a sandbox: in memory for reading, in the journal for good."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

from synthlabel.sandbox.jobs import Job, Outcome
from synthlabel.sandbox.journal import Journal, Record

_ACCEPTED = tuple(
    field.name for field in fields(Job) if field.name not in {"started_at", "run_seconds", "outcome", "webhook"}
)


class Ledger:
    """Each change is a record that goes to disk first and is applied second; a start applies them all again.

    Finished requests beyond ``retained`` are forgotten, oldest first; what was counted stays counted.
    """

    def __init__(self, journal: Journal, *, retained: int) -> None:
        self._journal = journal
        self._retained = retained
        self.jobs: dict[str, Job] = {}
        self.counts: Counter[str] = Counter()
        self.by_endpoint: Counter[str] = Counter()

    def open(self) -> None:
        """Read what an earlier process left, and write it back without what was overtaken."""
        for record in self._journal.read():
            self._apply(record)
        self._compact()

    async def accept(self, job: Job) -> None:
        """Return once the request is on disk: only then may the client be told so."""
        await self._record({"event": "accepted", **{name: getattr(job, name) for name in _ACCEPTED}})

    async def finish(self, job: Job, outcome: Outcome) -> None:
        await self._record({"event": "finished", "request_id": job.request_id, "outcome": asdict(outcome)})

    async def note_webhook(self, job: Job, state: str) -> None:
        await self._record({"event": "webhook", "request_id": job.request_id, "state": state})

    async def delete_payloads(self, job: Job) -> None:
        await self._record({"event": "payloads_deleted", "request_id": job.request_id})

    async def clear(self) -> None:
        await self._journal.settle()
        self.jobs.clear()
        self.counts.clear()
        self.by_endpoint.clear()
        self._compact()

    async def close(self) -> None:
        await self._journal.settle()
        self._journal.close()

    async def _record(self, record: Record) -> None:
        await self._journal.append(record)
        self._apply(record)
        if self._journal.length > 8 * self._retained + 1000:
            await self._journal.settle()
            self._compact()

    def _apply(self, record: Record) -> None:
        match record["event"]:
            case "counted":
                self.counts.update(record["counts"])
                self.by_endpoint.update(record["by_endpoint"])
            case "accepted":
                self._apply_accepted(record)
            case event:
                job = self.jobs.get(record["request_id"])
                if job is not None:
                    self._apply_change(job, event, record)

    def _apply_accepted(self, record: Record) -> None:
        job = Job(**{name: record[name] for name in _ACCEPTED})
        job.webhook = "pending" if job.webhook_url else "none"
        self.jobs[job.request_id] = job
        self.counts["submissions"] += 1
        self.by_endpoint[job.endpoint] += 1
        self._forget_surplus()

    def _apply_change(self, job: Job, event: str, record: Record) -> None:
        if event == "finished":
            job.outcome = Outcome(**record["outcome"])
            self.counts["cancelled" if job.outcome.cancelled else "completed"] += 1
        elif event == "webhook":
            job.webhook = record["state"]
        elif event == "payloads_deleted":
            job.keeps_payloads, job.arguments = False, {}
            if job.outcome is not None:
                gone = {"detail": "The payloads of this request were deleted."}
                job.outcome = replace(job.outcome, status=404, body=gone)

    def _forget_surplus(self) -> None:
        surplus = len(self.jobs) - self._retained
        # A tenth at a time: looking for the oldest finished ones walks past those that still run.
        if surplus <= self._retained // 10:
            return
        finished = [job.request_id for job in self.jobs.values() if job.outcome and job.webhook != "pending"]
        for request_id in finished[:surplus]:
            del self.jobs[request_id]

    def _compact(self) -> None:
        self._journal.rewrite(list(self._snapshot()))

    def _snapshot(self) -> Iterator[Record]:
        """The shortest journal that leads to the present state."""
        counts, by_endpoint = Counter(self.counts), Counter(self.by_endpoint)
        for job in self.jobs.values():
            counts["submissions"] -= 1
            by_endpoint[job.endpoint] -= 1
            if job.outcome is not None:
                counts["cancelled" if job.outcome.cancelled else "completed"] -= 1
        yield {"event": "counted", "counts": +counts, "by_endpoint": +by_endpoint}
        for job in self.jobs.values():
            yield from _records_of(job)


def _records_of(job: Job) -> Iterator[dict[str, Any]]:
    yield {"event": "accepted", **{name: getattr(job, name) for name in _ACCEPTED}}
    if job.outcome is not None:
        yield {"event": "finished", "request_id": job.request_id, "outcome": asdict(job.outcome)}
    if job.webhook not in ("none", "pending"):
        yield {"event": "webhook", "request_id": job.request_id, "state": job.webhook}
