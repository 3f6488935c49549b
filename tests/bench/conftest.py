"""Figures are printed by ``make bench`` only: an ordinary test run does not even collect these files."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from synthlabel.services.registry import Services
from tests.bench.application import Application, copied_project
from tests.factories import Studio, free_port
from tests.postgres import open_directory

EMAIL = "ada@example.com"
PASSWORD = "seven wet umbrellas"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    wanted = config.option.markexpr == "bench"
    return None if wanted or not collection_path.name.startswith("test_") else True


@dataclass(frozen=True, slots=True)
class Client:
    """The API as a program sees it, and the studio of the same person."""

    http: httpx.AsyncClient
    studio: Studio


@pytest.fixture
async def client(studio: Studio, services: Services, backend: None) -> AsyncIterator[Client]:
    """The API on a real port, with an access token."""
    await services.accounts.register(EMAIL, PASSWORD, "Ada")
    token = (await services.accounts.issue_token(EMAIL, PASSWORD, client="127.0.0.1")).token
    address = f"http://127.0.0.1:{services.settings.backend_port}/api/v1"
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as http:
        yield Client(http, replace(studio, actor=await services.accounts.local_actor()))


@pytest.fixture(scope="session")
def application() -> Iterator[Application]:
    """The whole product in a copy of this checkout, with this Python. Started by the tests."""
    with open_directory() as directory:
        project = copied_project(directory / "checkout")
        running = Application(project, directory / "data", ports=(free_port(), free_port(), free_port()))
        yield running
        running.stop()


@pytest.fixture
async def opened(application: Application) -> Application:
    """The running product, with somebody registered."""
    if not application.is_running:
        await asyncio.to_thread(application.start)
    await asyncio.to_thread(application.register, EMAIL, PASSWORD)
    return application
