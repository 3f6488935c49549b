"""When the gallery has news. The images themselves come over REST: a list in a state would be sent whole each time."""

import secrets

import reflex as rx

from synthlabel.ports import Change
from synthlabel.ui import live
from synthlabel.ui.shell.pages import GALLERY


class GalleryState(rx.State):
    version: str = ""
    _connection: str = ""

    @rx.event
    async def load(self) -> None:
        """Let the grid read again if the socket is a new one: news may have been missed."""
        if self._connection != (connection := self.router.session.session_id):
            self._connection = connection
            self.version = secrets.token_hex(4)


@live.listener("image", once=True)
async def _on_image(root: rx.State, _change: Change) -> None:
    if root.router.url.path.rstrip("/") != GALLERY.route:
        return
    gallery = await root.get_state(GalleryState)
    gallery.version = secrets.token_hex(4)
