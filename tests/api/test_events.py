"""Following a generation by server-sent events."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from synthlabel.domain.generation import GenerationStatus
from tests.api.installation import RECIPE, Installation, Person
from tests.api.live import serve


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_each_change_arrives_as_an_event_until_the_end(installation: Installation, ada: Person) -> None:
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    path = f"/api/v1/generations/{made['id']}/events"
    seen: list[tuple[str, Any, Any]] = []
    async with (
        serve(installation.app) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as client,
        client.stream("GET", path, headers=ada.cookies) as response,
        aclosing(_events(response)) as events,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        async for name, body in events:
            seen.append((name, body["status"], body["progress"]))
            if len(seen) == 1:
                assert body == made
                await installation.change(made["id"], status=GenerationStatus.RUNNING, progress=0.25)
            elif len(seen) == 2:
                await installation.change(made["id"], progress=0.75)
            elif len(seen) == 3:
                await installation.change(made["id"], status=GenerationStatus.UNKNOWN)
            elif len(seen) == 4:
                await installation.services.generations.cancel(ada.actor, made["id"])
    assert seen == [
        ("generation", "queued", None),
        ("generation", "running", 0.25),
        ("generation", "running", 0.75),
        ("generation", "unknown", 0.75),
        ("generation", "cancelled", 0.75),
    ]


async def test_a_finished_one_is_told_once(installation: Installation, ada: Person) -> None:
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    await installation.client.post(f"/api/v1/generations/{made['id']}/cancel", headers=ada.cookies)
    answer = await installation.client.get(f"/api/v1/generations/{made['id']}/events", headers=ada.cookies)
    assert answer.text.count("event: generation") == 1
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_quiet_stream_is_kept_alive_by_comments(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    async with (
        serve(installation.app) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as client,
        client.stream("GET", f"/api/v1/generations/{made['id']}/events", headers=ada.cookies) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith(":"):
                break


async def test_a_reader_that_leaves_is_forgotten(installation: Installation, ada: Person) -> None:
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    async with (
        serve(installation.app) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as client,
        client.stream("GET", f"/api/v1/generations/{made['id']}/events", headers=ada.cookies) as response,
    ):
        await anext(_events(response))
        assert len(installation.services.changes._readers) == 1
    assert not installation.services.changes._readers


async def test_nobody_follows_somebody_elses(installation: Installation, ada: Person, bob: Person) -> None:
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    answer = await installation.client.get(f"/api/v1/generations/{made['id']}/events", headers=bob.cookies)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_quiet_stream_ends_once_its_reader_is_signed_out(
    installation: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthlabel.api.routers.generations.LOOK_AGAIN_S", 0.02)
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    async with (
        serve(installation.app) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as client,
        client.stream("GET", f"/api/v1/generations/{made['id']}/events", headers=ada.cookies) as response,
        aclosing(_events(response)) as events,
    ):
        await anext(events)
        await installation.services.accounts.end_session(ada.actor)
        assert [event async for event in events] == []


async def test_a_reader_who_is_signed_out_hears_no_more_news(installation: Installation, ada: Person) -> None:
    made = (await installation.client.post("/api/v1/generations", json=RECIPE, headers=ada.cookies)).json()
    async with (
        serve(installation.app) as address,
        httpx.AsyncClient(base_url=address, timeout=20, trust_env=False) as client,
        client.stream("GET", f"/api/v1/generations/{made['id']}/events", headers=ada.cookies) as response,
        aclosing(_events(response)) as events,
    ):
        await anext(events)
        await installation.services.accounts.end_session(ada.actor)
        await installation.change(made["id"], status=GenerationStatus.RUNNING)
        assert [event async for event in events] == []
