"""Fixtures of the tests that talk to a sandbox as fal's own client does."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fal_client import client as fal_internals

from tests.sandbox import RedirectedClient, SandboxProcess, WebhookReceiver


@pytest.fixture
async def client(sandbox: SandboxProcess) -> AsyncIterator[RedirectedClient]:
    redirected = sandbox.client()
    yield redirected
    await (await redirected.http()).aclose()


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client repeats without pauses."""
    monkeypatch.setattr(fal_internals, "_get_retry_delay", lambda *_, **__: 0.0)


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    running = WebhookReceiver()
    yield running
    running.close()
