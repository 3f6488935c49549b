"""How long it takes from the provider's last stroke until another process knows."""

import asyncio
import time
from contextlib import aclosing

import pytest

from synthlabel.services.views import GenerationView
from tests.bench.application import finish_time
from tests.bench.conftest import Client
from tests.bench.figures import show, spread_ms
from tests.bench.workers import worker_processes
from tests.sandbox import SandboxProcess

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

COUNT = 40
RUN_SECONDS = 0.3


async def watch(client: Client, generation: GenerationView) -> dict[str, float]:
    """Return when each status was first seen by a process that listens, in UNIX seconds."""
    seen: dict[str, float] = {}
    studio = client.studio
    async with aclosing(studio.services.changes.stream(studio.actor.user_id)) as changes:
        async for change in changes:
            if change.kind == "image":
                continue
            view = await studio.view(generation)
            seen.setdefault(view.status, time.time())
            if view.finished:
                return seen
    raise AssertionError("the stream of changes has ended")


async def delays(client: Client, sandbox: SandboxProcess) -> tuple[list[float], list[float]]:
    """Return the seconds from the provider's end to the first news of it, and to the stored image."""
    known: list[float] = []
    stored: list[float] = []
    for _ in range(COUNT):
        generation = await client.studio.request()
        seen = await watch(client, generation)
        request_id = (await client.studio.row(generation.id)).request_id or ""
        finished = await asyncio.to_thread(finish_time, sandbox.data_dir, request_id)
        known.append(min(seen.get("ingesting", seen["done"]), seen["done"]) - finished)
        stored.append(seen["done"] - finished)
    return known, stored


async def test_from_the_providers_end_to_a_listening_process(client: Client, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", speed=1.0, queue_seconds=0.0, run_seconds=RUN_SECONDS)
    rows: list[tuple[object, ...]] = []
    with worker_processes(client.studio.settings, 1):
        for name in ("webhook", "polling only"):
            if name == "polling only":
                sandbox.arm("webhook-dropped", always=True)
            known, stored = await delays(client, sandbox)
            rows.append((name, *spread_ms(known), *spread_ms(stored)))
    columns = ("woken by", "known p50 ms", "p95", "image stored p50 ms", "p95")
    show(f"Provider finished → another process has read it, {COUNT} requests each", columns, rows)
