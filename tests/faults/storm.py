"""A studio in bad weather: all that is outside the test are processes that can be killed; the invariants must hold."""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from synthlabel.db.migrations import upgrade
from synthlabel.domain.generation import GenerationStatus
from synthlabel.embedded import EmbeddedPostgres
from synthlabel.errors import DatabaseUnavailableError
from synthlabel.services.views import GenerationView
from tests.factories import Studio, free_port, make_settings, open_backend, open_studio
from tests.postgres import postgres_server
from tests.programs import Program, worker_program
from tests.sandbox import SandboxProcess

SEED = 20261125
PLACES = 4
REQUESTS = 16
WEATHER: tuple[tuple[str, ...], ...] = ((), (), ("webhook-dropped",), ("webhook-doubled",), ("webhook-late=2",))
"""What some of the requests meet besides."""


@dataclass(frozen=True, slots=True)
class Storm:
    studio: Studio
    sandbox: SandboxProcess
    database: EmbeddedPostgres
    worker: Program
    chance: random.Random

    async def request_some(self, count: int = REQUESTS) -> list[GenerationView]:
        return [
            await self.studio.request(*WEATHER[index % len(WEATHER)], count=1 + index % 2) for index in range(count)
        ]

    async def some_news(self) -> None:
        """Return after a few changes, how many is up to chance: so kills hit every kind of moment."""
        remaining = self.chance.randint(1, 6)
        async with aclosing(self.studio.services.changes.stream(idle_s=2.0)) as changes:
            async for change in changes:
                remaining -= 1
                if remaining <= 0 or change.kind == "nothing":
                    return

    async def calm(self) -> None:
        """Return once nothing is left to be done; the test's time limit ends a wait in vain."""
        async with aclosing(self.studio.services.changes.stream(idle_s=0.5)) as changes:
            async for _ in changes:
                assert self.worker.is_running, "the worker has ended"
                try:
                    if not await self._unsettled():
                        return
                except DatabaseUnavailableError:
                    continue

    async def _unsettled(self) -> bool:
        """True while a request is on its way, or unknown although the provider has it."""
        accepted = await asyncio.to_thread(self.accepted_seeds)
        rows = await self.studio.fetch("SELECT status, seed FROM generation WHERE finished_at IS NULL")
        return any(status != GenerationStatus.UNKNOWN or seed in accepted for status, seed in rows)

    def accepted_seeds(self) -> Counter[int]:
        return Counter(request["seed"] for request in self.sandbox.requests())

    # --- what must hold afterwards --------------------------------------------------------------------------------

    async def check(self, views: Sequence[GenerationView]) -> Counter[str]:
        """Check everything; return how many ended in which status."""
        accepted = self.accepted_seeds()
        assert set(accepted.values()) <= {1}, "a generation was submitted twice"
        rows = {row[0]: row for row in await self.studio.fetch("SELECT id, status, seed, count FROM generation")}
        assert set(rows) == {view.id for view in views}, "a generation was lost"
        for generation_id, status, seed, count in rows.values():
            assert status in ("done", "unknown"), f"{status} for no reason"
            assert (status == "done") == (seed in accepted), "what was paid for was not brought home"
            if status == "done":
                await self._check_images(generation_id, count)
        await self._check_books()
        await self._check_nothing_is_forgotten()
        return Counter(row[1] for row in rows.values())

    async def _check_images(self, generation_id: object, count: int) -> None:
        images = await self.studio.fetch(
            'SELECT "index", storage_key, sha256 FROM image WHERE generation_id = :id ORDER BY 1', id=generation_id
        )
        assert [image[0] for image in images] == list(range(count))
        for _, key, sha256 in images:
            assert hashlib.sha256(await self.studio.services.storage.get(key)).hexdigest() == sha256

    async def _check_books(self) -> None:
        unbalanced = await self.studio.fetch("""
            SELECT g.id, g.status FROM generation g LEFT JOIN ledger_entry e ON e.generation_id = g.id
            GROUP BY g.id
            HAVING coalesce(sum(e.amount_micros) FILTER (WHERE e.kind = 'reserve'), 0) <> g.price_micros
                OR (g.finished_at IS NOT NULL) <> (
                    sum(CASE WHEN e.kind IN ('reserve', 'extra') THEN amount_micros ELSE -amount_micros END) = 0
                )
        """)
        assert unbalanced == []

    async def _check_nothing_is_forgotten(self) -> None:
        forgotten = await self.studio.fetch("""
            SELECT id, status FROM generation
            WHERE finished_at IS NULL AND lease_until IS NULL AND next_look_at IS NULL
        """)
        assert forgotten == []


@asynccontextmanager
async def open_storm(directory: Path) -> AsyncGenerator[Storm, None]:
    """A durable database, a sandbox that takes its time, the API in this process and one worker in another."""
    sandbox = SandboxProcess(directory / "sandbox", webhook_retry_seconds=0.5, run_seconds=0.4, queue_seconds=0.1)
    with postgres_server() as database:
        upgrade(database.url)
        sandbox.start()
        settings = make_settings(
            database.url,
            directory,
            fal_url=sandbox.base_url,
            backend_port=free_port(),
            submit_timeout_s=1.0,
            provider_concurrency=PLACES,
        )
        try:
            async with open_studio(settings) as studio, open_backend(studio.services):
                with worker_program(settings, log=directory / "worker.log") as worker:
                    yield Storm(studio, sandbox, database, worker, random.Random(SEED))
        finally:
            sandbox.close()
