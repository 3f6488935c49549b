"""A studio to test on: real services on a database and a sandbox of its own, people in it, and workers on demand."""

import asyncio
import secrets
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from synthlabel.adapters.queue import ProcrastinateQueue
from synthlabel.api.app import create_api
from synthlabel.bootstrap import running
from synthlabel.db.engine import create_engine, libpq_url
from synthlabel.db.tables import Account, Generation, Image
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor, Role
from synthlabel.domain.generation import GenerationSpec
from synthlabel.jobs.app import create_jobs, run_worker
from synthlabel.services.registry import Services
from synthlabel.services.views import GenerationView
from synthlabel.settings import Settings

SECRET = "a secret of the tests, long enough for them"
PROMPT = "a red lighthouse at dusk"
LOOK_AGAIN_S = 0.5


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_settings(database_url: str, data_dir: Path, **changes: Any) -> Settings:
    return Settings.model_validate({"database_url": database_url, "data_dir": data_dir, "secret": SECRET, **changes})


def make_spec(*faults: str, **changes: Any) -> GenerationSpec:
    """A small, cheap request; ``faults`` are what the sandbox is asked to do to it."""
    tokens = "".join(f" [[fault:{fault}]]" for fault in faults)
    wanted: dict[str, Any] = {"prompt": PROMPT + tokens, "model": "flux-schnell", "width_px": 256, "height_px": 256}
    return GenerationSpec(**{**wanted, **changes})


@dataclass(frozen=True, slots=True)
class Studio:
    """Services, somebody who uses them, and a way to look behind them."""

    services: Services
    engine: AsyncEngine
    actor: Actor

    @property
    def settings(self) -> Settings:
        return self.services.settings

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.engine, ProcrastinateQueue())

    async def add_person(self, name: str) -> Actor:
        async with self.uow() as work:
            account = Account(email=f"{name}@example.com", name=name.title(), role=Role.MEMBER)
            work.accounts.add(account)
            await work.commit()
        return Actor(account.id, Role.MEMBER)

    async def request(self, *faults: str, actor: Actor | None = None, **changes: Any) -> GenerationView:
        return await self.services.generations.request(actor or self.actor, make_spec(*faults, **changes))

    async def view(self, generation: GenerationView) -> GenerationView:
        return await self.services.generations.get(self.actor, str(generation.id))

    async def row(self, generation_id: UUID) -> Generation:
        async with self.uow() as work:
            row = await work.generations.lock(generation_id)
        assert row is not None
        return row

    async def images(self, generation_id: UUID) -> Sequence[Image]:
        async with self.uow() as work:
            return (await work.images.list_of_generations([generation_id])).get(generation_id, [])

    async def change(self, generation_id: UUID, **values: Any) -> None:
        """Write into a generation what only time could bring about."""
        async with self.engine.begin() as connection:
            table = sa.table("generation", *(sa.column(name) for name in ("id", *values)))
            await connection.execute(sa.update(table).where(table.c.id == generation_id).values(**values))

    async def now(self) -> datetime:
        """Return the database's time, by which leases run out."""
        async with self.uow() as work:
            return await work.generations.now()

    async def fetch(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(sa.text(statement), parameters)).all())

    async def ledger(self, generation_id: UUID) -> dict[str, int]:
        """Return the generation's entries: kind → micro-dollars."""
        found = await self.fetch(
            "SELECT kind, amount_micros FROM ledger_entry WHERE generation_id = :id", id=generation_id
        )
        return {row[0]: row[1] for row in found}

    async def jobs(self, task: str) -> int:
        """Return how many jobs of this name wait."""
        found = await self.fetch("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :n", n=task)
        return len(found)

    # --- by hand ---------------------------------------------------------------------------------------------------

    async def send(self, *faults: str, **changes: Any) -> GenerationView:
        """Request, and make the one paid call as a worker would."""
        view = await self.request(*faults, **changes)
        assert await self.services.dispatch.submit_next()
        return await self.view(view)

    async def follow(self, generation: GenerationView, *, until: Callable[[GenerationView], bool]) -> GenerationView:
        """Look at the provider again and again, as a worker's appointments would, until something holds."""
        while not until(view := await self.view(generation)):
            await self.services.results.follow(generation.id)
        return view

    async def finish(self, generation: GenerationView) -> GenerationView:
        return await self.follow(generation, until=lambda view: view.finished)

    # --- with a worker ---------------------------------------------------------------------------------------------

    async def wait(
        self,
        generation: GenerationView,
        until: Callable[[GenerationView], bool] = lambda view: view.finished or view.status == "unknown",
        *,
        actor: Actor | None = None,
    ) -> GenerationView:
        """Return the generation once something holds: woken by news, as pages are. The test's time limit ends it."""
        owner = actor or self.actor
        async with aclosing(self.services.changes.stream(owner.user_id, idle_s=LOOK_AGAIN_S)) as changes:
            async for _ in changes:
                view = await self.services.generations.get(owner, str(generation.id))
                if until(view):
                    return view
        raise AssertionError("the stream of changes has ended")


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncGenerator[Studio, None]:
    engine = create_engine(settings.database_url or "")
    async with running(settings) as services:
        listening = asyncio.create_task(services.changes.run())
        try:
            yield Studio(services, engine, await services.accounts.local_actor())
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await engine.dispose()


@asynccontextmanager
async def open_worker(services: Services) -> AsyncGenerator[None, None]:
    """Run a worker in this loop, with the real tasks and sweeps."""
    app = create_jobs(libpq_url(services.settings.database_url or ""), lambda: services)
    working = asyncio.create_task(run_worker(app))
    try:
        yield
        assert not working.done(), "the worker has ended by itself"
    finally:
        # Not by a signal: it would reach only the last of several workers in this process
        working.cancel()
        await asyncio.wait({working})
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(name)
    if not working.cancelled():
        working.result()


@asynccontextmanager
async def open_backend(services: Services) -> AsyncGenerator[None, None]:
    """Serve the API on the configured port, so that the sandbox's webhooks arrive."""
    api = create_api(lambda: services)
    config = uvicorn.Config(api, host="127.0.0.1", port=services.settings.backend_port, log_config=None, lifespan="off")
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await server.is_up.wait()
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Says when it listens, and leaves the signals alone: they are the worker's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


def database_name() -> str:
    return f"test_{secrets.token_hex(6)}"
