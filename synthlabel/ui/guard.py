"""Deny by default: every event of a socket is refused unless somebody is signed in or the event is listed here."""

from typing import Final
from urllib.parse import quote

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from synthlabel.logs import get_logger
from synthlabel.ui.session import find_actor, forget_another_persons_state

_log = get_logger(__name__)

_ROOT: Final = "reflex___state____state."
_ON_LOAD: Final = f"{_ROOT}reflex___state____on_load_internal_state."

HYDRATE: Final = f"{_ROOT}hydrate_and_load"

FRAMEWORK: Final = frozenset(
    {
        HYDRATE,
        f"{_ROOT}set_is_hydrated",
        f"{_ON_LOAD}on_load_internal",
        f"{_ON_LOAD}set_is_hydrated",
        f"{_ROOT}reflex___state____update_vars_internal_state.update_vars_internal",
        f"{_ROOT}reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)
"""Reflex's own events, by exact name; a test hydrates a page anonymously to notice when an upgrade changes them."""


class Guard(Middleware):
    """``public`` and ``signed_in`` name all handlers that may ever run, ``entrance`` the first of a page.

    A refused entrance, and any event after the session ended, leads to the sign-in page; other refusals to nothing.
    """

    def __init__(self, *, public: frozenset[str], signed_in: frozenset[str], entrance: str) -> None:
        self._open = (FRAMEWORK - {HYDRATE}) | public
        self._known = self._open | signed_in | {HYDRATE}
        self._entrance = entrance

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Return None to let the event pass; an update, by which Reflex drops it."""
        if event.name in self._open:
            return None
        if event.name not in self._known:
            _log.warning("event_refused", handler=event.name[:200])
            return StateUpdate()
        actor = await find_actor(state)
        has_ended = await forget_another_persons_state(state, actor)
        if actor is not None or event.name == HYDRATE:
            return None
        leads_in = has_ended or event.name == self._entrance
        return StateUpdate(events=_way_in(state) if leads_in else [])


def _way_in(state: BaseState) -> list[Event]:
    url = state.router.url
    here = url.path + (f"?{url.query}" if url.query else "")
    target = "/sign-in" if here == "/" else f"/sign-in?next={quote(here, safe='')}"
    return Event.from_event_type(rx.redirect(target))
