"""Health, readiness and metrics."""

import asyncio
import dataclasses

import httpx
import pytest

from synthlabel.api.app import create_api
from tests.api.installation import RECIPE, Installation, Person


async def test_the_process_is_alive_whatever_its_dependencies_do() -> None:
    def unbuilt() -> None:
        raise AssertionError("liveness must touch nothing")

    transport = httpx.ASGITransport(app=create_api(unbuilt))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readiness_names_every_dependency(installation: Installation) -> None:
    answer = await installation.client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "ready")
    assert {name: check["status"] for name, check in body["checks"].items()} == {
        "database": "ok",
        "schema": "ok",
        "storage": "ok",
    }


async def test_a_broken_or_silent_dependency_makes_it_unready_without_telling_secrets(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise OSError("postgresql://ada:canary@db.internal refused")

    async def silent() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("synthlabel.api.routers.health.CHECK_TIMEOUT_S", 0.05)
    checks = {**installation.services.checks, "bucket": broken, "redis": silent}
    services = dataclasses.replace(installation.services, checks=checks)
    transport = httpx.ASGITransport(app=create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/readyz")
    found = {name: check["status"] for name, check in answer.json()["checks"].items()}
    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
    assert found == {"database": "ok", "schema": "ok", "storage": "ok", "bucket": "failed", "redis": "timed_out"}
    assert "canary" not in answer.text


async def test_readiness_that_is_asked_often_checks_seldom(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = 0

    async def count() -> None:
        nonlocal checked
        checked += 1

    services = dataclasses.replace(installation.services, checks={"storage": count})
    transport = httpx.ASGITransport(app=create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        await asyncio.gather(*(client.get("/readyz") for _ in range(5)))
        await client.get("/readyz")
        assert checked == 1

    monkeypatch.setattr("synthlabel.api.routers.health.KEPT_S", 0.0)
    transport = httpx.ASGITransport(app=create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        for _ in range(2):
            await client.get("/readyz")
    assert checked == 3, "what is too old is checked again"


async def test_readiness_leaves_nothing_in_the_store(installation: Installation) -> None:
    await installation.client.get("/readyz")
    assert not (installation.settings.data_dir / "objects").exists()


async def test_metrics_count_generations_money_and_requests_without_names(
    installation: Installation, ada: Person
) -> None:
    transport = httpx.ASGITransport(app=create_api(lambda: installation.services))
    async with httpx.AsyncClient(transport=transport, base_url="http://here", headers=ada.cookies) as client:
        made = [(await client.post("/api/v1/generations", json=RECIPE)).json() for _ in "ab"]
        await client.post(f"/api/v1/generations/{made[0]['id']}/cancel")
        text = (await client.get("/metrics")).text
    assert 'synthlabel_generations{status="queued"} 1.0' in text
    assert 'synthlabel_generations{status="cancelled"} 1.0' in text
    assert f"synthlabel_budget_reserved_usd {made[1]['price_usd']}\n" in text
    assert "synthlabel_budget_spent_usd 0.0" in text
    route = "/api/v1/generations/{generation_id}/cancel"
    assert f'synthlabel_http_requests_total{{method="POST",route="{route}",status="202"}} 1.0' in text
    assert made[0]["id"] not in text
    assert ada.email not in text


async def test_metrics_are_not_for_the_outside(installation: Installation) -> None:
    proxied = await installation.client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"})
    transport = httpx.ASGITransport(app=installation.app, client=("93.184.216.34", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        public = await client.get("/metrics")
    assert (proxied.status_code, public.status_code) == (404, 404)


async def test_answers_are_not_sniffed_or_kept(installation: Installation, ada: Person) -> None:
    answer = await installation.client.get("/api/v1/me", headers=ada.cookies)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_what_is_mounted_behind_the_api_stays_untouched(installation: Installation) -> None:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    pages = Starlette(routes=[Route("/{path:path}", lambda request: PlainTextResponse(request.url.path))])
    app = create_api(lambda: installation.services)
    app.mount("", pages)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
        page = await client.get("/gallery")
        health = await client.get("/healthz")
        unknown = await client.get("/api/v1/nothing")
    assert (page.status_code, page.text) == (200, "/gallery")
    assert "cache-control" not in page.headers
    assert health.json() == {"status": "ok"}
    assert unknown.json()["code"] == "not_found"
