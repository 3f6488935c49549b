"""What the unit tests share."""

import pytest

from tests.unit.studio_world import World, open_world


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A tab of Ada's at the Studio, freshly opened: nothing read yet."""
    return await open_world(monkeypatch)
