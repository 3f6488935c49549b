"""A sandbox in a process of its own, and the real client pointed at it."""

import asyncio
import base64
import contextlib
import hashlib
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fal_client
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fal_client import client as fal_internals

KEY = "sandbox:local"
INSTANT = {"speed": 1e9, "concurrency": 4, "queue_seconds": 1.0, "run_seconds": 2.5}
_START = """
import json, sys
from pathlib import Path
from synthlabel.sandbox.server import SandboxOptions, serve
options = json.loads(sys.argv[1])
port = options.pop("port")
serve(SandboxOptions(**{**options, "data_dir": Path(options["data_dir"])}), port=port)
"""
_PATHS = {"queue.fal.run": "/queue", "fal.run": "/run", "rest.fal.ai": "/rest", "v3.fal.media": "/cdn"}


class _ToSandbox(httpx.AsyncHTTPTransport):
    """Sends what is meant for one of fal's hosts to that host's path on the sandbox."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = httpx.URL(base_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = _PATHS.get(request.url.host)
        if path is not None:
            request.url = self._base.copy_with(raw_path=path.encode() + request.url.raw_path)
            request.headers["host"] = request.url.netloc.decode()
        return await super().handle_async_request(request)


class RedirectedClient(fal_client.AsyncClient):
    """The real client; only its connections are different."""

    def __init__(self, base_url: str, key: str, *, timeout_s: float) -> None:
        super().__init__(key=key, default_timeout=timeout_s)
        self._base_url = base_url
        self._inner: httpx.AsyncClient | None = None
        self._tokens: Any = None

    def _connect(self, headers: dict[str, str]) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=_ToSandbox(self._base_url),
            timeout=self.default_timeout,
            headers={"user-agent": fal_internals.USER_AGENT, **headers},
        )

    @property
    def _client(self) -> Awaitable[httpx.AsyncClient]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.http()

    async def http(self) -> httpx.AsyncClient:
        if self._inner is None:
            self._inner = self._connect({"authorization": f"Key {self.key}"})
        return self._inner

    def _cdn_client(self) -> Any:
        return self._connect({})

    @property
    def _token_manager(self) -> Awaitable[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._make_tokens()

    async def _make_tokens(self) -> Any:
        if self._tokens is None:
            self._tokens = fal_internals.AsyncCDNTokenManager(await self._auth)
            self._tokens._url = self._tokens._url.replace(fal_internals.REST_URL, self._base_url + "/rest")
        return self._tokens


class SandboxProcess:
    """A sandbox that can be stopped, killed and started again on the same port and directory."""

    def __init__(self, data_dir: Path, **options: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data_dir = data_dir
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._options = {"base_url": self.base_url, "data_dir": str(data_dir), "port": self.port, **options}
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", _START, json.dumps(self._options)])
        while True:
            assert self._process.poll() is None, "the sandbox ended instead of starting"
            with contextlib.suppress(httpx.TransportError):
                self._http.get("/health").raise_for_status()
                return
            time.sleep(0.02)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=20)

    def close(self) -> None:
        self.kill()
        self._http.close()

    def client(self, *, key: str = KEY, timeout_s: float = 20.0) -> RedirectedClient:
        return RedirectedClient(self.base_url, key, timeout_s=timeout_s)

    def get(self, path: str, *, headers: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        return self.call("GET", path, headers=headers, params=params)

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """``path`` may be a whole URL."""
        return self._http.request(method, path, headers={"authorization": f"Key {KEY}", **(headers or {})}, **more)

    def admin(self, path: str, **body: Any) -> Any:
        """POST to ``/admin``."""
        return self._http.post(f"/admin/{path}", json=body).raise_for_status().json()

    def arm(self, fault: str, **order: Any) -> None:
        self.admin("faults", fault=fault, **order)

    def stats(self) -> dict[str, Any]:
        return self._http.get("/admin/stats").json()

    def requests(self) -> list[dict[str, Any]]:
        return self._http.get("/admin/requests").json()

    def request(self, request_id: str) -> dict[str, Any]:
        return next(each for each in self.requests() if each["request_id"] == request_id)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when ``condition`` holds; the test's time limit ends a wait that is in vain."""
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - the event is in another process
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Delivery:
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


def verify(delivery: Delivery, jwks: dict[str, Any]) -> None:
    """Raises InvalidSignature unless the sandbox signed exactly this body."""
    names = ("request-id", "user-id", "timestamp")
    parts = [delivery.headers[f"x-fal-webhook-{name}"] for name in names]
    message = "\n".join([*parts, hashlib.sha256(delivery.body).hexdigest()]).encode()
    x = jwks["keys"][0]["x"]
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))
    key.verify(bytes.fromhex(delivery.headers["x-fal-webhook-signature"]), message)


class WebhookReceiver:
    """Answers each delivery with the next of ``statuses``, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self._deliveries: queue.Queue[Delivery] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._deliveries.put(Delivery(headers, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?job=a%20b"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    async def next(self) -> Delivery:
        return await asyncio.to_thread(self._deliveries.get, timeout=20)

    @property
    def idle(self) -> bool:
        return self._deliveries.empty()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
