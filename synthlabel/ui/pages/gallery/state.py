"""When the gallery has news. The images themselves come over REST: a list in a state would be sent whole each time."""

import secrets

import reflex as rx

from synthlabel.ports import Change
from synthlabel.services.registry import get_services
from synthlabel.ui import live
from synthlabel.ui.session import current_actor
from synthlabel.ui.shell.pages import GALLERY


class GalleryState(rx.State):
    version: str = ""
    total: int = 0
    _connection: str = ""

    @rx.event
    async def load(self) -> None:
        """Count, and let the grid read again if the socket is a new one: news may have been missed."""
        self.total = await get_services().gallery.count(await current_actor(self))
        if self._connection != (connection := self.router.session.session_id):
            self._connection = connection
            self.version = secrets.token_hex(4)


@live.listener("image", once=True)
async def _on_image(root: rx.State, _change: Change) -> None:
    if root.router.url.path.rstrip("/") != GALLERY.route:
        return
    gallery = await root.get_state(GalleryState)
    gallery.total = await get_services().gallery.count(await current_actor(root))
    gallery.version = secrets.token_hex(4)
