"""What every suite may use: one PostgreSQL and one sandbox for the session, a fresh database for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from synthlabel.db.migrations import upgrade
from synthlabel.embedded import EmbeddedPostgres
from synthlabel.services.registry import Services
from synthlabel.settings import Settings
from tests.factories import Studio, database_name, free_port, make_settings, open_backend, open_studio, open_worker
from tests.postgres import create_database, drop_database, forgo_durability, postgres_server
from tests.sandbox import INSTANT, SandboxProcess

TEMPLATE = "migrated"

# How long an example takes says more about the machine than about the code
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.load_profile("tests")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server with a migrated database, of which each test gets a copy."""
    with postgres_server() as server:
        forgo_durability(server)
        upgrade(create_database(server, TEMPLATE))
        yield server


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The address of a database without a single table."""
    name = database_name()
    yield create_database(postgres, name)
    drop_database(postgres, name)


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The address of an empty, migrated database."""
    name = database_name()
    yield create_database(postgres, name, template=TEMPLATE)
    drop_database(postgres, name)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"), webhook_retry_seconds=0.05, webhook_attempts=4)
    process.start()
    yield process
    process.close()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """An empty sandbox that answers at once. ``sandbox.admin("settings", …)`` makes it slower."""
    sandbox_process.admin("reset")
    sandbox_process.admin("settings", **INSTANT)
    return sandbox_process


@pytest.fixture
def settings(database_url: str, sandbox: SandboxProcess, tmp_path: Path) -> Settings:
    return make_settings(
        database_url, tmp_path, fal_url=sandbox.base_url, backend_port=free_port(), submit_timeout_s=1.0
    )


@pytest.fixture
async def studio(settings: Settings) -> AsyncIterator[Studio]:
    async with open_studio(settings) as opened:
        yield opened


@pytest.fixture
def services(studio: Studio) -> Services:
    return studio.services


@pytest.fixture
async def worker(services: Services) -> AsyncIterator[None]:
    async with open_worker(services):
        yield


@pytest.fixture
async def backend(services: Services) -> AsyncIterator[None]:
    """The API, where webhooks arrive."""
    async with open_backend(services):
        yield
