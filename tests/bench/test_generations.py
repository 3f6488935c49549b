"""How many generations pass through API, database, queue, worker and storage when the provider takes no time."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.bench.conftest import Client
from tests.bench.figures import show
from tests.bench.workers import worker_processes
from tests.sandbox import KEY, SandboxProcess

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

COUNT = 150
SENDERS = 8
SIDE_PX = 256
ENDPOINT = "fal-ai/flux/schnell"


async def ask(client: Client) -> None:
    body = {"prompt": "a red fox", "model": "flux-schnell", "width": SIDE_PX, "height": SIDE_PX}
    (await client.http.post("/generations", json=body)).raise_for_status()


async def ask_sandbox(http: httpx.AsyncClient) -> None:
    """One request straight to the sandbox, answered with its result, and the picture: nobody can be faster."""
    body = {"prompt": "a red fox", "image_size": {"width": SIDE_PX, "height": SIDE_PX}}
    result = (await http.post(f"/run/{ENDPOINT}", json=body)).raise_for_status().json()
    (await http.get(result["images"][0]["url"])).raise_for_status()


async def seconds_of(one: Callable[[], Awaitable[None]]) -> float:
    """Let a few senders do ``COUNT`` requests together, each sender one at a time."""
    left = list(range(COUNT))

    async def work() -> None:
        while left:
            left.pop()
            await one()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(SENDERS)))
    return time.perf_counter() - began


async def until_done(client: Client, *, more_than: int) -> None:
    statement = "SELECT count(*) FILTER (WHERE status = 'done'), count(*) FROM generation"
    async for _ in client.studio.services.changes.stream(client.studio.actor.user_id, idle_s=1.0):
        done, total = (await client.studio.fetch(statement))[0]
        if done == total and total >= more_than:
            return


async def test_generations_per_second(client: Client, sandbox: SandboxProcess) -> None:
    sandbox.admin("settings", concurrency=SENDERS)
    headers = {"authorization": f"Key {KEY}"}
    async with httpx.AsyncClient(base_url=sandbox.base_url, headers=headers, trust_env=False, timeout=60) as http:
        alone = COUNT / await seconds_of(lambda: ask_sandbox(http))
    rows: list[tuple[object, ...]] = [("sandbox alone, no product", "", alone, "1.00")]
    total = 0
    for workers in (1, 2):
        with worker_processes(client.studio.settings, workers):
            await ask(client)  # the workers are up when this one is done
            await until_done(client, more_than=total + 1)
            began = time.perf_counter()
            accepted = COUNT / await seconds_of(lambda: ask(client))
            total += COUNT + 1
            await until_done(client, more_than=total)
            done = COUNT / (time.perf_counter() - began)
        rows.append((f"API + {workers} worker process" + "es" * (workers > 1), accepted, done, f"{done / alone:.2f}"))
    title = f"{COUNT} generations of one {SIDE_PX} × {SIDE_PX} image, everything on this machine"
    show(title, ("", "accepted/s", "done/s", "ratio"), rows)
