"""What the event server lets through: tried from a raw socket, as an attacker would."""

import pytest
import websockets

from synthlabel.ui import access
from synthlabel.ui.pages.gallery.state import GalleryState
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.session import SessionState
from synthlabel.ui.shell.state import ShellState
from tests.ws.conftest import Backend, Person
from tests.ws.raw import TOAST, RawSocket

ROOT_STATE = "reflex___state____state"
SHELL = ShellState.get_full_name()
FORM = StudioFormState.get_full_name()
UPDATE_VARS = f"{ROOT_STATE}.reflex___state____update_vars_internal_state.update_vars_internal"


@pytest.fixture
def ada(backend: Backend) -> Person:
    return backend.sign_in()


def states_told(socket: RawSocket, *, since: int) -> set[str]:
    return {state for frame in socket.frames[since:] for state in frame.get("delta") or {}}


async def test_a_page_opens_for_nobody_and_shows_nothing(backend: Backend) -> None:
    async with RawSocket(backend.port) as socket:
        await socket.open_page("/gallery")
        assert socket.values()["email_rx_state_"] == ""


async def test_a_private_page_leads_the_anonymous_to_the_sign_in_page(backend: Backend) -> None:
    async with RawSocket(backend.port) as socket:
        await socket.open_page("/gallery")
        await socket.settle()
        assert "/sign-in?next=%2Fgallery" in socket.text()


@pytest.mark.parametrize("handler", sorted(access.SIGNED_IN - {access.ENTRANCE}))
async def test_a_private_handler_does_nothing_for_the_anonymous(backend: Backend, handler: str) -> None:
    async with RawSocket(backend.port) as socket:
        await socket.open_page("/sign-in")
        before = len(socket.frames)
        await socket.send(handler)
        await socket.settle()
        assert states_told(socket, since=before) <= {TOAST, ROOT_STATE}


async def test_the_generated_setters_do_nothing_for_anybody(backend: Backend, ada: Person) -> None:
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        for state in (ShellState, StudioFormState, GalleryState, SessionState):
            await socket.send(f"{state.get_full_name()}.setvar", {"var_name": "email", "value": "evil"})
        await socket.send(UPDATE_VARS, {"vars": {f"{SHELL}.email_rx_state_": "evil"}})
        await socket.send(UPDATE_VARS, {"vars": {f"{SessionState.get_full_name()}._owner_id_rx_state_": "evil"}})
        await socket.settle()
        assert "evil" not in socket.text()
        assert socket.values()["email_rx_state_"] == ada.email


async def test_a_page_of_a_foreign_origin_is_refused(backend: Backend, ada: Person) -> None:
    with pytest.raises(websockets.InvalidStatus) as refusal:
        async with RawSocket(backend.port, cookie=ada.cookie, origin="https://evil.test"):
            pass
    assert refusal.value.response.status_code == 403


async def test_our_own_page_is_accepted(backend: Backend, ada: Person) -> None:
    async with RawSocket(backend.port, cookie=ada.cookie, origin=backend.origin) as socket:
        await socket.open_page("/")
        await socket.until(lambda frame: ada.email in str(frame))


async def test_the_session_cookie_is_never_told_to_the_page(backend: Backend, ada: Person) -> None:
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        assert len(ada.secret) > 20
        assert ada.secret not in socket.text()


async def test_an_ended_session_is_denied_at_the_next_event(backend: Backend, ada: Person) -> None:
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        assert ada.post("/auth/sign-out").is_success
        await socket.send(f"{FORM}.set_prompt", {"text": "a prompt after the end"})
        await socket.settle()
        assert "a prompt after the end" not in socket.text()
        assert socket.values()["email_rx_state_"] == ""
        assert "/sign-in" in str(socket.frames[-3:])


async def test_a_client_token_never_shows_one_persons_state_to_another(backend: Backend, ada: Person) -> None:
    bob = backend.sign_in()
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        token = socket.token
    async with RawSocket(backend.port, cookie=bob.cookie, token=token) as socket:
        await socket.open_page("/")
        await socket.settle()
        assert ada.email not in socket.text()
        assert socket.values()["email_rx_state_"] == bob.email


async def test_a_client_token_shows_nothing_without_a_session(backend: Backend, ada: Person) -> None:
    async with RawSocket(backend.port, cookie=ada.cookie) as socket:
        await socket.open_page("/")
        await socket.settle()
        token = socket.token
    async with RawSocket(backend.port, token=token) as socket:
        await socket.open_page("/")
        await socket.settle()
        assert ada.email not in socket.text()


async def test_a_handler_that_does_not_exist_does_no_harm(backend: Backend) -> None:
    async with RawSocket(backend.port) as socket:
        await socket.open_page("/sign-in")
        await socket.send(f"{SHELL}.reset")
        await socket.send(f"{SHELL}.__class__")
        await socket.settle()
