"""Fixtures of the API's tests."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from synthlabel.db.migrations import upgrade
from synthlabel.embedded import EmbeddedPostgres
from tests.api.installation import Installation, Person, open_installation, settings_for
from tests.postgres import create_database, drop_database, postgres_server

TEMPLATE = "api_template"


@pytest.fixture(scope="session")
def api_server() -> Iterator[EmbeddedPostgres]:
    with postgres_server() as server:
        upgrade(create_database(server, TEMPLATE))
        yield server


@pytest.fixture
def api_database(api_server: EmbeddedPostgres) -> Iterator[str]:
    """The address of an empty, migrated database."""
    name = f"api_{secrets.token_hex(6)}"
    yield create_database(api_server, name, template=TEMPLATE)
    drop_database(api_server, name)


@pytest.fixture
async def installation(api_database: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with open_installation(settings_for(api_database, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def ada(installation: Installation) -> Person:
    return await installation.add_person("ada")


@pytest.fixture
async def bob(installation: Installation) -> Person:
    return await installation.add_person("bob")
