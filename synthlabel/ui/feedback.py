"""Messages to the person, and the one place where an error becomes words."""

import uuid
from typing import cast

import reflex as rx
from reflex.event import EventSpec
from reflex.state import BaseState

from synthlabel.errors import SynthLabelError
from synthlabel.ui.components.feedback import Tone
from synthlabel.ui.components.js.shell import ToastItem

MAX_TOASTS = 4
MAX_TEXT_CHARS = 500


class ToastState(rx.State):
    """The messages of this tab; the browser takes them away after some seconds."""

    toasts: rx.Field[list[ToastItem]] = rx.field(default_factory=list[ToastItem])

    @rx.event
    def show(self, text: str, tone: str) -> None:
        add(self, text, tone)

    @rx.event
    def dismiss(self, toast_id: str) -> None:
        self.toasts = [toast for toast in self.toasts if toast["id"] != toast_id]


def add(state: ToastState, text: str, tone: str) -> None:
    """Add a message; the oldest make room."""
    item = ToastItem(id=uuid.uuid4().hex, text=text[:MAX_TEXT_CHARS], tone=tone)
    state.toasts = [*state.toasts[1 - MAX_TOASTS :], item]


def toast(text: str, tone: Tone = "neutral") -> EventSpec:
    """Return the event that shows a message: what a handler returns."""
    return cast("EventSpec", ToastState.show(text, tone))


def toast_for(error: SynthLabelError) -> EventSpec:
    """Return the event that tells an error in its own words."""
    return toast(error.user_message, "bad")


async def notify(state: BaseState, text: str, tone: Tone = "neutral") -> None:
    """Show a message from where no event can be returned, such as a live listener."""
    add(await state.get_state(ToastState), text, tone)
