"""The product as a person starts it: ``synthlabel up`` as a process, on free ports and in an empty directory."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.factories import free_port
from tests.processes import ROOT

PATIENCE_S = 60.0
START_PATIENCE_S = 150.0
STOP_PATIENCE_S = 60.0
SWIFT = {"speed": 1000.0, "concurrency": 8, "queue_seconds": 1.0, "run_seconds": 2.5}
"""A sandbox that answers at once."""

Value = TypeVar("Value")


async def eventually(look: Callable[[], Awaitable[Value]], holds: Callable[[Value], bool]) -> Value:
    """Return what ``look`` gives as soon as it holds. Fails after ``PATIENCE_S`` with what it gave last."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(value := await look()):
        assert time.monotonic() < deadline, f"in vain, this was the last: {value}"
        await asyncio.sleep(0.1)
    return value


class Product:
    """Everything that ``up`` starts, and the sandbox's levers."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        frontend, backend, sandbox = (free_port() for _ in range(3))
        # By this name, as the launcher prints it: the session's cookie belongs to it.
        self.page_url = f"http://localhost:{frontend}"
        self.api_url = f"http://localhost:{backend}/api/v1"
        self._backend_url = f"http://127.0.0.1:{backend}"
        self._sandbox = httpx.AsyncClient(base_url=f"http://127.0.0.1:{sandbox}/admin", trust_env=False)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SYNTHLABEL_", "FAL_"))},
            "SYNTHLABEL_DATA_DIR": str(data_dir),
            "SYNTHLABEL_FRONTEND_PORT": str(frontend),
            "SYNTHLABEL_BACKEND_PORT": str(backend),
            "SYNTHLABEL_SANDBOX_PORT": str(sandbox),
            "SYNTHLABEL_SANDBOX_SPEED": str(SWIFT["speed"]),
            "SYNTHLABEL_OPEN_REGISTRATION": "1",
        }
        self._log = data_dir / "up.log"
        self._process: subprocess.Popen[bytes] | None = None

    # --- its life ----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Build the pages if need be, start everything, and return when it can be used."""
        self._process = self._launch()
        deadline = time.monotonic() + START_PATIENCE_S
        while not (await self._answers(f"{self._backend_url}/readyz") and await self._answers(self.page_url)):
            is_starting = self._process.poll() is None and time.monotonic() < deadline
            assert is_starting, self._log.read_text()
            await asyncio.sleep(0.2)

    def _launch(self) -> "subprocess.Popen[bytes]":
        with self._log.open("wb") as log:
            return subprocess.Popen(
                self.command("up"), cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def stop(self) -> int:
        """Press Ctrl-C, so to speak. Return the exit code."""
        await self._sandbox.aclose()
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return await asyncio.to_thread(self._process.wait, STOP_PATIENCE_S)

    def kill_all(self) -> None:
        """Leave nothing behind, whatever happened. Safe to repeat."""
        assert self._process is not None
        pids = self.processes() if self._process.poll() is None else []
        self._process.kill()
        for pid in pids:
            _kill(pid)

    def processes(self) -> list[int]:
        """Return the ids of all that runs below the launcher."""
        assert self._process is not None
        return list(_below(self._process.pid, _parents()))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "synthlabel.cli", *arguments]

    async def _answers(self, address: str) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(address)).is_success
        except httpx.TransportError:
            return False

    # --- what may happen to it ---------------------------------------------------------------------------------------

    def kill(self, part: str) -> None:
        """Kill ``backend``, ``worker``, ``sandbox`` or ``postgres`` without a warning."""
        assert self._process is not None
        _kill(next(pid for pid in _children(self._process.pid, _parents()) if _is_part(pid, part)))

    async def is_ready(self) -> bool:
        return await self._answers(f"{self._backend_url}/readyz")

    # --- its sandbox -------------------------------------------------------------------------------------------------

    async def pace(self, **changes: float) -> None:
        """Change the sandbox's pace from ``SWIFT``. ``concurrency=0`` lets nothing start."""
        (await self._sandbox.post("/settings", json={**SWIFT, **changes})).raise_for_status()

    async def hold(self) -> None:
        """Let whatever is sent to the provider wait there."""
        await self.pace(concurrency=0)

    async def release(self) -> None:
        """Disarm every fault and work at full speed."""
        await self.pace()
        (await self._sandbox.delete("/faults")).raise_for_status()

    async def arm(self, fault: str, **order: Any) -> None:
        """Let the next request meet a fault; the names are in ``synthlabel.sandbox.faults``."""
        (await self._sandbox.post("/faults", json={"fault": fault, **order})).raise_for_status()

    async def requests(self, prompt: str) -> list[dict[str, Any]]:
        """Return what the provider was sent with this prompt."""
        answer = (await self._sandbox.get("/requests")).raise_for_status()
        return [request for request in answer.json() if request["input"].get("prompt") == prompt]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _is_part(pid: int, part: str) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    return Path(words[0]).name == part or words[-2:] == ["synthlabel.cli", part]


def _parents() -> dict[int, int]:
    """Return the parent of each process of this machine (Linux)."""
    found: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The second field is the name in parentheses, which may hold anything
            found[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
    return found


def _children(pid: int, parents: dict[int, int]) -> list[int]:
    return [child for child, parent in parents.items() if parent == pid]


def _below(pid: int, parents: dict[int, int]) -> Iterator[int]:
    for child in _children(pid, parents):
        yield child
        yield from _below(child, parents)
