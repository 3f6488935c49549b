"""When the list has news. The jobs themselves come over REST: a list in a state would be sent whole each time."""

import secrets

import reflex as rx

from synthlabel.ports import Change
from synthlabel.ui import live
from synthlabel.ui.shell.pages import ACTIVITY


class ActivityState(rx.State):
    version: str = ""
    _connection: str = ""

    @rx.event
    async def load(self) -> None:
        """Let the list read again if the socket is a new one: news may have been missed."""
        if self._connection != (connection := self.router.session.session_id):
            self._connection = connection
            self.version = secrets.token_hex(4)


@live.listener("generation", once=True)
async def _on_generation(root: rx.State, _change: Change) -> None:
    if root.router.url.path.rstrip("/") != ACTIVITY.route:
        return
    activity = await root.get_state(ActivityState)
    activity.version = secrets.token_hex(4)
