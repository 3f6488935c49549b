"""A browser's socket without a browser: what anybody can send to the event server."""

import asyncio
import json
import uuid
from types import TracebackType
from typing import Any, Self

import websockets
from websockets.asyncio.client import ClientConnection

PATIENCE_S = 20
HYDRATE = "reflex___state____state.hydrate_and_load"
TOAST = "reflex___state____state.synthlabel___ui___feedback____toast_state"


class RawSocket:
    """One tab. ``frames`` holds every update that came, as parsed JSON with ``delta`` and ``events``."""

    def __init__(self, port: int, *, token: str | None = None, cookie: str = "", origin: str | None = None) -> None:
        self.token = token or str(uuid.uuid4())
        self.frames: list[dict[str, Any]] = []
        self._address = f"ws://127.0.0.1:{port}/_event/?token={self.token}&EIO=4&transport=websocket"
        self._headers = {"Cookie": cookie} if cookie else {}
        self._origin = origin
        self._came = asyncio.Condition()
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            self._address,
            max_size=None,
            additional_headers=self._headers,
            origin=self._origin,  # type: ignore[arg-type]
        )
        await self._socket.recv()  # engine.io's greeting
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await self._socket.close()

    async def open_page(self, path: str = "/") -> None:
        """Do what a page does first: join, with the hydrate event in the very packet."""
        event = {"name": HYDRATE, "payload": {"hashes": [], "vars": {}}, "router_data": _router(path)}
        await self._socket.send("40/_event," + json.dumps({"event": event}))
        await self.until(lambda frame: bool(_values(frame).get("is_hydrated_rx_state_")))

    async def send(self, name: str, payload: dict[str, Any] | None = None, *, path: str = "/") -> None:
        event = {"name": name, "payload": payload or {}, "router_data": _router(path)}
        await self._socket.send("42/_event," + json.dumps(["event", event]))

    async def settle(self) -> None:
        """Wait until everything sent before has been handled: the events of one tab run one after the other."""
        marker = uuid.uuid4().hex
        await self.send(f"{TOAST}.show", {"text": marker, "tone": "neutral"})
        await self.until(lambda frame: marker in json.dumps(frame))

    async def until(self, wanted: Any) -> dict[str, Any]:
        """Return the first update that is wanted, also one that came before. Fails after a while."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            while True:
                for frame in self.frames:
                    if wanted(frame):
                        return frame
                await self._came.wait()

    def values(self) -> dict[str, Any]:
        """Return the page's vars as the browser would hold them now, by bare name."""
        held: dict[str, Any] = {}
        for frame in self.frames:
            held.update(_values(frame))
        return held

    def text(self) -> str:
        return json.dumps(self.frames)

    async def _read(self) -> None:
        async for message in self._socket:
            if message == "2":
                await self._socket.send("3")
            elif isinstance(message, str) and message.startswith("42/_event,"):
                name, update = json.loads(message.removeprefix("42/_event,"))
                async with self._came:
                    if name == "event":
                        self.frames.append(update)
                    self._came.notify_all()


def _router(path: str) -> dict[str, Any]:
    return {"pathname": path.partition("?")[0], "asPath": path, "query": {}}


def _values(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: value for state in (frame.get("delta") or {}).values() for name, value in state.items()}
