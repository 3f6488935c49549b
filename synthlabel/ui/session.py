"""Who is asking. Decided per event from the HttpOnly cookie and the database, never from what a state remembers."""

from uuid import UUID

import reflex as rx
from reflex.state import BaseState

from synthlabel.domain.account import Actor
from synthlabel.errors import NotSignedInError
from synthlabel.services.accounts import session_token_in
from synthlabel.services.registry import get_services


class SessionState(rx.State):
    """Whose data this tab's state holds. No authority: only there to notice that the person has changed."""

    _owner_id: UUID | None = None


async def find_actor(state: BaseState) -> Actor | None:
    """Return the person of the tab's socket, or None. One look-up in the database; never cached."""
    services = get_services()
    headers = state.router.headers
    token = session_token_in(headers.cookie, name=services.settings.session_cookie_name)
    return await services.accounts.actor_for_session(token) if token else None


async def current_actor(state: BaseState) -> Actor:
    """Return the signed-in person on whose behalf a handler acts. Raises NotSignedInError."""
    actor = await find_actor(state)
    if actor is None:
        raise NotSignedInError("Your session has ended. Sign in again.")
    return actor


async def forget_another_persons_state(state: BaseState, actor: Actor | None) -> bool:
    """Empty the tab's state (``state`` is its root) if it holds somebody else's data. Return whether it did.

    A client token outlives the session that filled its state, so whoever presents the token next (another person at
    the same browser) must meet an empty state before anything is sent.
    """
    session = await state.get_state(SessionState)
    owner_id = None if actor is None else actor.user_id
    # A backend var, because nobody else may see or set it: hence the access from outside of the class.
    is_foreign = session._owner_id not in (None, owner_id)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if is_foreign:
        state.reset()  # router data excepted
    session._owner_id = owner_id  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return is_foreign
