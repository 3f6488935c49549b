"""Fixtures of the tests that talk to a sandbox."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fal_client import client as fal_internals

from tests.contract.sandbox_process import INSTANT, RedirectedClient, SandboxProcess, WebhookReceiver


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
