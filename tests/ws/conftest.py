"""A real backend for the socket's tests: own process, own database, no worker."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from synthlabel.db.migrations import upgrade
from tests.postgres import create_database, postgres_server

ROOT = Path(__file__).parents[2]
PASSWORD = "seven wet umbrellas"
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Backend:
    port: int
    origin: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self) -> "Person":
        """Register somebody new and open a session."""
        email = f"{secrets.token_hex(4)}@example.com"
        known = {"email": email, "password": PASSWORD}
        with httpx.Client(base_url=self.address, headers={"Origin": self.origin}) as client:
            client.post("/api/v1/auth/register", json={**known, "name": "Ada Lovelace"}).raise_for_status()
            client.post("/api/v1/auth/sign-in", json=known).raise_for_status()
            cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return Person(self, email, cookie)


@dataclass(frozen=True, slots=True)
class Person:
    backend: Backend
    email: str
    cookie: str

    @property
    def secret(self) -> str:
        return self.cookie.partition("=")[2]

    def post(self, path: str, body: object = None) -> httpx.Response:
        headers = {"Origin": self.backend.origin, "Cookie": self.cookie}
        return httpx.post(f"{self.backend.address}/api/v1{path}", json=body, headers=headers)


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    port, frontend_port = _free_ports(2)
    with postgres_server() as server:
        url = create_database(server, "ws")
        upgrade(url)
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "SYNTHLABEL_DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "SYNTHLABEL_BACKEND_PORT": str(port),
            "SYNTHLABEL_FRONTEND_PORT": str(frontend_port),
            "SYNTHLABEL_OPEN_REGISTRATION": "1",
            "REFLEX_WEB_WORKDIR": str(tmp_path_factory.mktemp("web")),
        }
        command = [sys.executable, "-m", "synthlabel.cli", "backend"]
        with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
            try:
                _wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
                yield Backend(port, f"http://localhost:{frontend_port}")
            finally:
                process.terminate()


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the backend ended"
        try:
            if httpx.get(address).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the backend did not become ready")
