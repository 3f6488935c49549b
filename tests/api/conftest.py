"""Fixtures of the API's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.installation import Installation, Person, open_installation, settings_for


@pytest.fixture
async def installation(database_url: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with open_installation(settings_for(database_url, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def ada(installation: Installation) -> Person:
    return await installation.add_person("ada")


@pytest.fixture
async def bob(installation: Installation) -> Person:
    return await installation.add_person("bob")
