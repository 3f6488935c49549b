"""The public face of the pages is what the access table says, and nothing else."""

from reflex_base.registry import RegistrationContext

import synthlabel.synthlabel as entry
from synthlabel.ui import access
from synthlabel.ui.guard import FRAMEWORK
from synthlabel.ui.routes import ROUTES


def registered() -> set[str]:
    # ``setvar`` exists on every state and is in no table: the guard refuses it to everybody.
    return {name for name in RegistrationContext.get().event_handlers if not name.endswith(".setvar")}


def test_every_registered_handler_is_in_the_access_table() -> None:
    legacy = {"reflex___state____state.hydrate"}  # of older front ends; refused
    assert registered() - FRAMEWORK - legacy == access.PUBLIC | access.SIGNED_IN


def test_the_framework_events_that_pass_the_guard_exist() -> None:
    assert registered() >= FRAMEWORK


def test_no_handler_is_public_and_private() -> None:
    assert not access.PUBLIC & access.SIGNED_IN
    assert access.ENTRANCE in access.SIGNED_IN


def test_every_private_page_begins_with_the_entrance() -> None:
    handlers = {route.path: [handler.fn.__qualname__ for handler in route.on_load] for route in ROUTES}
    public = {path for path, names in handlers.items() if names[:1] != ["ShellState.enter"]}
    assert public == {"/sign-in", "/register", "/s/[link]"}
    assert handlers["/s/[link]"] == []


def test_files_cannot_be_uploaded_to_the_event_server() -> None:
    assert "/_upload" not in {getattr(route, "path", "") for route in entry.app._api.routes}  # type: ignore[union-attr]
