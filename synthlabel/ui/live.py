"""News from the database into open tabs.

A page that shows rows registers a listener; the shell joins each tab when its page loads::

    @live.listener("generation")
    async def _on_generation(root: rx.State, change: Change) -> None:
        studio = await root.get_state(StudioState)
        await studio._refresh(change.id)

The listener runs inside ``app.modify_state`` for every tab of the change's account, one tab at a time, with
``current_actor(root)`` as usual. It should look whether its page is the open one (``root.router.url.path``) before it
reads anything. ``change.kind == "everything"``: changes may have been missed (a start, a lost connection), read again
all that is shown; every listener gets it. Changes of one row that come within an eighth of a second are one call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import reflex as rx
from reflex.state import BaseState

from synthlabel.errors import NotSignedInError
from synthlabel.logs import get_logger
from synthlabel.ports import Change
from synthlabel.services.registry import get_services

PAUSE_S = 0.125
"""Between two pushes into one tab: at most eight a second."""

Listener = Callable[[rx.State, Change], Awaitable[None]]

_log = get_logger(__name__)
_listeners: dict[str, list[Listener]] = {}
_once: set[Listener] = set()


def listener(*kinds: str, once: bool = False) -> Callable[[Listener], Listener]:
    """Register a coroutine for changes of these kinds. See the module's text.

    ``once``: of several rows that changed together only the first is told, for those that count or read all again.
    """

    def register(call: Listener) -> Listener:
        for kind in kinds:
            _listeners.setdefault(kind, []).append(call)
        if once:
            _once.add(call)
        return call

    return register


def listeners_of(kind: str) -> list[Listener]:
    """Return whom a change concerns; ``everything`` concerns all, each once."""
    if kind != "everything":
        return _listeners.get(kind, [])
    return list(dict.fromkeys(call for calls in _listeners.values() for call in calls))


@dataclass(slots=True)
class Tab:
    """An open tab: whose it is, and what it has not been told yet (in order, each row once)."""

    account_id: UUID
    waiting: dict[Change, None] = field(default_factory=dict[Change, None])
    task: asyncio.Task[None] | None = None


_tabs: dict[str, Tab] = {}


def join(token: str, account_id: UUID) -> None:
    """Let a tab hear of its person's changes. Call with the verified person. Safe to repeat."""
    tab = _tabs.get(token)
    if tab is None or tab.account_id != account_id:
        _tabs[token] = Tab(account_id)


def leave(token: str) -> None:
    """Stop telling a tab. Safe to repeat."""
    _tabs.pop(token, None)


class Pusher:
    """Carries changes from the process's feed into the tabs that this process serves."""

    def __init__(self, app: rx.App) -> None:
        self._app = app

    async def run(self) -> None:
        """Push until cancelled. One per process."""
        async for change in get_services().changes.stream():
            self.publish(change)

    def publish(self, change: Change) -> None:
        """Hand a change to the tabs that it concerns; each is told in a task of its own."""
        for token, tab in _tabs.items():
            if change.account_id in (None, tab.account_id):
                self._tell(token, tab, change)

    def _tell(self, token: str, tab: Tab, change: Change) -> None:
        if change.kind == "everything":
            tab.waiting.clear()
        tab.waiting.setdefault(change)
        if tab.task is None or tab.task.done():
            tab.task = asyncio.create_task(self._drain(token, tab))

    async def _drain(self, token: str, tab: Tab) -> None:
        while tab.waiting and self._is_open(token, tab):
            changes = list(tab.waiting)
            tab.waiting.clear()
            try:
                await self._push(token, changes)
            except NotSignedInError:
                leave(token)
            except Exception:  # noqa: BLE001 - a page that fails on one piece of news must get the next
                _log.exception("push_failed", kinds=sorted({change.kind for change in changes}))
            await asyncio.sleep(PAUSE_S)

    async def _push(self, token: str, changes: list[Change]) -> None:
        async with self._app.modify_state(rx.BaseStateToken(ident=token, cls=rx.State)) as root:
            told: set[Listener] = set()
            for change in changes:
                for call in listeners_of(change.kind):
                    if call not in told or call not in _once:
                        told.add(call)
                        await call(cast("rx.State", root), change)

    def _is_open(self, token: str, tab: Tab) -> bool:
        if _tabs.get(token) is not tab:
            return False
        namespace = self._app.event_namespace
        if namespace is None or token not in namespace.token_to_sid:
            leave(token)  # it joins again when it comes back
            return False
        return True


async def run(app: rx.App) -> None:
    """Listen to the database and push until cancelled: the web process's lifespan task."""
    feed = asyncio.create_task(get_services().changes.run())
    try:
        await Pusher(app).run()
    finally:
        feed.cancel()
        with suppress(asyncio.CancelledError):
            await feed


def token_of(state: BaseState) -> str:
    """Return the tab's client token: a secret, never to be logged or sent anywhere."""
    return state.router.session.client_token
