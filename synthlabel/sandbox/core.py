"""The sandbox behind its routes: everything that lasts longer than one request to the server."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import asdict
from uuid import uuid4

from filelock import FileLock, Timeout

from synthlabel.sandbox.faults import FaultBoard
from synthlabel.sandbox.files import FileStore
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.journal import Journal
from synthlabel.sandbox.ledger import Ledger
from synthlabel.sandbox.line import Pace, WaitingLine
from synthlabel.sandbox.options import SandboxOptions
from synthlabel.sandbox.webhooks import Courier, Signer
from synthlabel.sandbox.workshop import Workshop, file_keys

_SWEEP_EVERY_S = 600


class DirectoryInUseError(Exception):
    """Another sandbox works in the data directory."""


class Sandbox:
    """Composition of the parts. ``start`` goes on where an earlier process, however it ended, left off."""

    def __init__(self, options: SandboxOptions) -> None:
        folder = options.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.base_url = options.base_url.rstrip("/")
        self.posts = 0
        self.refused: Counter[str] = Counter()
        self.faults = FaultBoard()
        self.files = FileStore(folder, limit_bytes=options.files_limit_bytes)
        self.ledger = Ledger(Journal(folder / "journal.jsonl"), retained=options.retained_jobs)
        self.signer = Signer(folder / "webhook-key")
        self._workshop = Workshop(self.files, file_url=self.file_url, file_seconds=options.file_seconds)
        self._sweeper: asyncio.Task[None] | None = None
        self._lock = FileLock(folder / "lock")

    async def start(self) -> None:
        """Raises DirectoryInUseError if a living process has the data directory."""
        options = self.options
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise DirectoryInUseError(f"{options.data_dir} is in use by another sandbox") from None
        self.ledger.open()
        self.courier = Courier(
            self.ledger,
            self.signer,
            retry_seconds=options.webhook_retry_seconds,
            attempts=options.webhook_attempts,
        )
        pace = Pace(options.speed, options.concurrency, options.queue_seconds, options.run_seconds)
        self.line = WaitingLine(self.ledger, pace, make=self._workshop.make, finished=self.courier.send)
        for job in list(self.ledger.jobs.values()):
            self._resume(job)
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        await self.line.close()
        await self.courier.close()
        await self.ledger.close()
        self._workshop.close()
        self._lock.release()

    async def accept(self, endpoint: str, arguments: Json, *, faults: dict[str, str], **terms: object) -> Job:
        """Take a request on: on disk when this returns. ``terms`` are the optional fields of Job."""
        job = Job(
            request_id=str(uuid4()),
            endpoint=endpoint,
            arguments=arguments,
            seed=_seed_of(arguments),
            submitted_at=time.time(),
            faults=faults,
            **terms,  # pyright: ignore[reportArgumentType]
        )
        await self.ledger.accept(job)
        # The ledger holds its own copy, made from what is on disk.
        job = self.ledger.jobs[job.request_id]
        self.line.enter(job)
        return job

    async def delete_payloads(self, job: Job) -> None:
        for key in file_keys(job):
            self.files.delete(key)
        await self.ledger.delete_payloads(job)

    async def reset(self) -> None:
        """Forget every request, file, fault and count. The signing key stays."""
        await self.line.close()
        await self.courier.stop()
        await self.ledger.clear()
        self.files.clear()
        self.faults.armed.clear()
        self.courier.counts.clear()
        self.refused.clear()
        self.posts = 0

    def file_url(self, key: str) -> str:
        return f"{self.base_url}/cdn/files/{key}"

    def stats(self) -> Json:
        """Counts since the last reset; ``posts``, ``refused`` and ``webhooks`` since this process began."""
        counts = self.ledger.counts
        pending = sum(job.webhook == "pending" and job.outcome is not None for job in self.ledger.jobs.values())
        return {
            "submissions": counts["submissions"],
            "posts": self.posts,
            "refused": dict(self.refused),
            "by_endpoint": dict(self.ledger.by_endpoint),
            "cancelled": counts["cancelled"],
            "completed": counts["completed"],
            "webhooks": {
                **{name: self.courier.counts[name] for name in ("attempts", "delivered", "failed", "dropped")},
                "pending": pending,
            },
            "pace": asdict(self.line.pace),
        }

    def _resume(self, job: Job) -> None:
        if job.outcome is None:
            self.line.enter(job)
        elif not job.outcome.cancelled:
            self.courier.send(job)

    async def _sweep(self) -> None:
        while True:
            await asyncio.to_thread(self.files.sweep)
            await asyncio.sleep(_SWEEP_EVERY_S)


def _seed_of(arguments: Json) -> int:
    try:
        return int(arguments["seed"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return random.getrandbits(31)
