"""Which news reaches which tab, and how often."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import reflex as rx

from synthlabel.errors import NotSignedInError
from synthlabel.ports import Change
from synthlabel.ui import live


class FakeApp:
    """Remembers into which tabs' states somebody wrote; the open ones are those it is told of."""

    def __init__(self, *open_tabs: str) -> None:
        self.event_namespace = self
        self.token_to_sid = dict.fromkeys(open_tabs, "sid")
        self.pushed: list[str] = []

    @asynccontextmanager
    async def modify_state(self, token: rx.BaseStateToken) -> AsyncGenerator[str, None]:
        self.pushed.append(token.ident)
        yield token.ident


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Change]]:
    """What a listener for pictures got: the tab and the change."""
    calls: list[tuple[str, Change]] = []

    async def hear(root: Any, change: Change) -> None:
        calls.append((root, change))

    monkeypatch.setattr(live, "_listeners", {"image": [hear]})
    monkeypatch.setattr(live, "_tabs", {})
    monkeypatch.setattr(live, "PAUSE_S", 0)
    return calls


def pusher(app: FakeApp) -> live.Pusher:
    return live.Pusher(cast("rx.App", app))


async def settle() -> None:
    await asyncio.gather(*[tab.task for tab in live._tabs.values() if tab.task is not None])


def picture(account_id: UUID | None, row_id: UUID | None = None) -> Change:
    return Change(account_id, "image", row_id or uuid4())


async def test_news_reaches_only_the_tabs_of_its_person(heard: list[tuple[str, Change]]) -> None:
    ada, bob = uuid4(), uuid4()
    live.join("ada's tab", ada)
    live.join("bob's tab", bob)
    change = picture(ada)
    pusher(FakeApp("ada's tab", "bob's tab")).publish(change)
    await settle()
    assert heard == [("ada's tab", change)]


async def test_changes_of_one_row_that_come_together_are_one_push(heard: list[tuple[str, Change]]) -> None:
    ada = uuid4()
    live.join("tab", ada)
    app = FakeApp("tab")
    push = pusher(app)
    changes = [picture(ada, row_id) for row_id in [uuid4()] * 5 + [uuid4()] * 3]
    for change in changes:
        push.publish(change)
    await settle()
    assert app.pushed == ["tab"]
    assert [change for _, change in heard] == list(dict.fromkeys(changes))


async def test_a_listener_that_reads_all_again_is_called_once_per_push(
    heard: list[tuple[str, Change]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_once", set(live._listeners["image"]))
    live.join("tab", ada := uuid4())
    push = pusher(FakeApp("tab"))
    for _ in range(3):
        push.publish(picture(ada))
    await settle()
    assert len(heard) == 1


async def test_everything_reaches_every_tab_and_replaces_what_waited(heard: list[tuple[str, Change]]) -> None:
    ada, bob = uuid4(), uuid4()
    live.join("ada's tab", ada)
    live.join("bob's tab", bob)
    push = pusher(FakeApp("ada's tab", "bob's tab"))
    push.publish(picture(ada))
    everything = Change(None, "everything", None)
    push.publish(everything)
    await settle()
    assert heard == [("ada's tab", everything), ("bob's tab", everything)]


async def test_a_tab_that_has_gone_is_told_nothing_and_forgotten(heard: list[tuple[str, Change]]) -> None:
    ada = uuid4()
    live.join("closed tab", ada)
    pusher(FakeApp()).publish(picture(ada))
    await settle()
    assert heard == []
    assert live._tabs == {}


async def test_a_tab_whose_session_ended_hears_no_more(
    heard: list[tuple[str, Change]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_root: Any, _change: Change) -> None:
        raise NotSignedInError("ended")

    monkeypatch.setattr(live, "_listeners", {"image": [refuse]})
    live.join("tab", ada := uuid4())
    tab = live._tabs["tab"]
    pusher(FakeApp("tab")).publish(picture(ada))
    assert tab.task is not None
    await tab.task
    assert live._tabs == {}


async def test_a_listener_that_fails_does_not_keep_the_next_news_away(
    heard: list[tuple[str, Change]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_root: Any, _change: Change) -> None:
        raise ValueError("a mistake")

    hear = live._listeners["image"][0]
    monkeypatch.setattr(live, "_listeners", {"generation": [fail], "image": [hear]})
    live.join("tab", ada := uuid4())
    push = pusher(FakeApp("tab"))
    push.publish(Change(ada, "generation", uuid4()))
    await settle()
    push.publish(picture(ada))
    await settle()
    assert len(heard) == 1


async def test_a_tab_that_changes_hands_drops_what_waited_for_the_former_person(
    heard: list[tuple[str, Change]],
) -> None:
    ada, bob = uuid4(), uuid4()
    live.join("tab", ada)
    pusher(FakeApp("tab")).publish(picture(ada))
    task = live._tabs["tab"].task
    live.join("tab", bob)
    assert task is not None
    await task
    assert heard == []
