"""Where the pages for everybody lead."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import reflex as rx
from reflex.event import EventSpec

from synthlabel.domain.account import Actor, Role
from synthlabel.services.accounts import session_token_in
from synthlabel.services.registry import Services
from synthlabel.ui import session
from synthlabel.ui.pages.accounts import state as accounts
from synthlabel.ui.pages.accounts.state import AccountsState


class FakeAccounts:
    def __init__(self, registration: str, *, actor: Actor | None = None) -> None:
        self._registration = registration
        self._actor = actor

    async def registration(self) -> str:
        return self._registration

    async def actor_for_session(self, _token: str) -> Actor | None:
        return self._actor


def look(monkeypatch: pytest.MonkeyPatch, people: FakeAccounts) -> Any:
    """Prepare a visit of the sign-in page; await the result for where it leads."""
    settings = SimpleNamespace(session_cookie_name="session", uses_sandbox=True)
    services = cast("Services", SimpleNamespace(settings=settings, accounts=people))
    for module in (accounts, session):
        monkeypatch.setattr(module, "get_services", lambda: services)
    root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
    root._update_router_vars({"pathname": "/sign-in", "asPath": "/sign-in", "headers": {"cookie": "session=abc"}}, {})
    visited = root.get_substate(AccountsState.get_full_name().split("."))
    return visited, AccountsState.look.fn(visited)  # type: ignore[attr-defined]


def path_of(event: EventSpec | None) -> str:
    return "" if event is None else str(event.args)


async def test_the_very_first_person_is_led_to_the_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    state, visit = look(monkeypatch, FakeAccounts("first"))
    assert "/register" in path_of(await visit)
    assert state.registration == "first"


async def test_an_open_registration_is_offered_but_not_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    state, visit = look(monkeypatch, FakeAccounts("open"))
    assert await visit is None
    assert state.registration == "open"


async def test_a_closed_registration_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    state, visit = look(monkeypatch, FakeAccounts("closed"))
    assert await visit is None
    assert state.registration == "closed"


async def test_who_is_signed_in_is_led_on(monkeypatch: pytest.MonkeyPatch) -> None:
    known = FakeAccounts("closed", actor=Actor(uuid4(), Role.MEMBER))
    _, visit = look(monkeypatch, known)
    assert session_token_in("session=abc", name="session") == "abc"
    assert '"/"' in path_of(await visit)
