"""The whole product as its user runs it: ``synthlabel up`` in a copy of the checkout."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.processes import ROOT

READY = "SynthLabel is ready"
UP = (sys.executable, "-m", "synthlabel.cli", "up")
_NAMES = ("SYNTHLABEL_FRONTEND_PORT", "SYNTHLABEL_BACKEND_PORT", "SYNTHLABEL_SANDBOX_PORT")


def copied_project(target: Path) -> Path:
    """Copy what a clone would bring, and what is not committed yet: nothing that was built or installed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


class Application:
    """One installation that can be started and stopped again. ``ports``: frontend, backend, sandbox."""

    def __init__(self, project: Path, data_dir: Path, *, ports: tuple[int, int, int]) -> None:
        self.project = project
        self.data_dir = data_dir
        self.frontend, self.backend, self.sandbox = (f"http://localhost:{port}" for port in ports)
        self.backend_port = ports[1]
        self.cookie = ""
        self._ports = ports
        self._process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, command: Sequence[str] = UP, **environment: str) -> dict[str, float]:
        """Start, and return when it says that it is ready: the seconds after which each line was printed."""
        began = time.monotonic()
        output = subprocess.PIPE
        self._process = subprocess.Popen(
            command,
            cwd=self.project,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        said: dict[str, float] = {}
        for line in self._process.stdout:
            said[line.strip()] = time.monotonic() - began
            if READY in line:
                return said
        raise AssertionError("it ended instead of starting:\n" + "\n".join(said))

    def stop(self) -> None:
        """Stop as Ctrl-C does, which reaches make as well. Safe to repeat."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGINT)
            self._process.communicate(timeout=60)
            self._process = None

    def register(self, email: str, password: str) -> None:
        """Make the first account and open a session. Safe to repeat: the second time it only signs in."""
        known = {"email": email, "password": password}
        with httpx.Client(base_url=f"{self.backend}/api/v1", headers={"Origin": self.frontend}) as client:
            client.post("/auth/register", json={**known, "name": "Ada Lovelace"})
            client.post("/auth/sign-in", json=known).raise_for_status()
            self.cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    def pace(self, **settings: float) -> None:
        """Change how fast the sandbox works."""
        httpx.post(f"{self.sandbox}/admin/settings", json=settings).raise_for_status()

    def finish_times(self) -> list[float]:
        """Return when the sandbox finished each request, in UNIX seconds, in that order."""
        return finish_times(self.data_dir / "sandbox")

    def resident_mb(self, command: str) -> float:
        """Return the memory that the process of one of our commands holds."""
        listing = subprocess.run(["ps", "-axo", "ppid=,rss=,command="], capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
        return next(int(rss) / 1024 for parent, rss, line in rows if parent == str(self.pid) and line.endswith(command))

    def _environment(self) -> Mapping[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("SYNTHLABEL_")}
        ports = dict(zip(_NAMES, map(str, self._ports), strict=True))
        return {**ours, **ports, "SYNTHLABEL_DATA_DIR": str(self.data_dir)}


def finish_times(sandbox_dir: Path) -> list[float]:
    return [record["outcome"]["finished_at"] for record in _journal(sandbox_dir) if record["event"] == "finished"]


def finish_time(sandbox_dir: Path, request_id: str) -> float:
    """Return when the sandbox finished one request, in UNIX seconds."""
    return next(
        record["outcome"]["finished_at"]
        for record in _journal(sandbox_dir)
        if record["event"] == "finished" and record["request_id"] == request_id
    )


def _journal(sandbox_dir: Path) -> Iterator[dict[str, Any]]:
    with (sandbox_dir / "journal.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
