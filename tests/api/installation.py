"""An installation to test the API on: a database of its own, the real services, and people in it."""

import asyncio
import hashlib
import io
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import argon2
import httpx
from fastapi import FastAPI
from PIL import Image as Picture
from starlette.types import ASGIApp, Receive, Scope, Send

from synthlabel.adapters.queue import ProcrastinateQueue
from synthlabel.api.app import create_api
from synthlabel.api.routers.health import Readings
from synthlabel.bootstrap import running
from synthlabel.db.engine import create_engine
from synthlabel.db.tables import Account, Generation, Image, Session
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor, Role
from synthlabel.services.registry import Services
from synthlabel.settings import Settings

PASSWORD = "seven wet umbrellas"
ORIGIN = "http://localhost:3000"
SECRET = "a secret of the tests, long enough for them"
RECIPE: dict[str, Any] = {"prompt": "a red lighthouse at dusk", "model": "flux-schnell", "width": 512, "height": 512}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account and an open session."""

    id: UUID
    email: str
    token: str
    actor: Actor

    @property
    def cookies(self) -> dict[str, str]:
        return {"Cookie": f"synthlabel_session={self.token}", "Origin": ORIGIN}


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings
    services: Services
    app: ASGIApp
    client: httpx.AsyncClient
    uow: Callable[[], UnitOfWork]

    async def add_person(self, name: str = "ada", *, role: Role = Role.MEMBER) -> Person:
        """Add somebody without the cost of hashing a password."""
        now = datetime.now(UTC)
        account = Account(email=f"{name}@example.com", name=name.title(), role=role, password_hash=password_hash())
        token = secrets.token_urlsafe(32)
        session = Session(
            account_id=account.id,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=7),
        )
        async with self.uow() as work:
            work.accounts.add(account)
            await work.flush()
            work.accounts.add(session)
            await work.commit()
        return Person(account.id, account.email, token, Actor(account.id, role, session.id))

    async def add_image(self, person: Person, *, prompt: str = RECIPE["prompt"]) -> Image:
        """Add a finished picture, with its file in the store."""
        answer = await self.client.post(
            "/api/v1/generations", json={**RECIPE, "prompt": prompt}, headers=person.cookies
        )
        generation_id = UUID(answer.json()["id"])
        image = _image_row(person, generation_id, prompt=prompt)
        data = png()
        await self.services.storage.put(image.storage_key, data, content_type="image/png")
        image.size_bytes, image.sha256 = len(data), hashlib.sha256(data).hexdigest()
        async with self.uow() as work:
            await work.images.add_new(image)
            await work.commit()
        return image

    async def change(self, generation_id: str, **values: Any) -> None:
        """Write into a generation what a worker would, and tell."""
        async with self.uow() as work:
            row = await work.generations.lock(UUID(generation_id))
            assert row is not None
            for name, value in values.items():
                setattr(row, name, value)
            await work.flush()
            await work.notify(row.account_id, "generation", row.id)
            await work.commit()

    async def stored(self, generation_id: str) -> Generation:
        async with self.uow() as work:
            row = await work.generations.lock(UUID(generation_id))
        assert row is not None
        return row


def _image_row(person: Person, generation_id: UUID, *, prompt: str) -> Image:
    return Image(
        account_id=person.id,
        generation_id=generation_id,
        index=0,
        storage_key=f"users/{person.id}/generations/{generation_id}/0.png",
        content_type="image/png",
        width_px=8,
        height_px=8,
        size_bytes=0,
        sha256="",
        thumbhash="",
        seed=7,
        prompt=prompt,
        model=RECIPE["model"],
    )


def png() -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", (8, 8), (200, 40, 30)).save(buffer, "PNG")
    return buffer.getvalue()


@cache
def password_hash() -> str:
    return argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)


def settings_for(database_url: str, data_dir: Path, **changes: Any) -> Settings:
    return Settings(database_url=database_url, data_dir=data_dir, secret=SECRET, **changes)


_ASKED: ContextVar[Services] = ContextVar("asked")


@cache
def shared_api() -> FastAPI:
    """The API, of whichever installation is asked: building its routes takes longer than most tests do."""
    return create_api(_ASKED.get)


def _app_of(services: Services) -> ASGIApp:
    api = shared_api()
    api.state.readings = Readings()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        _ASKED.set(services)
        await api(scope, receive, send)

    return app


@asynccontextmanager
async def open_installation(settings: Settings) -> AsyncGenerator[Installation, None]:
    engine = create_engine(settings.database_url or "")
    queue = ProcrastinateQueue()
    async with running(settings) as services:
        app = _app_of(services)
        listening = asyncio.create_task(services.changes.run())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
            yield Installation(settings, services, app, client, lambda: UnitOfWork(engine, queue))
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    await engine.dispose()
