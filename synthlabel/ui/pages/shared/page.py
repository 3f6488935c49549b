"""The page of a share link: nothing of the frame, no state, no handler."""

from typing import Final

import reflex as rx

from synthlabel.ui.components.js.shared_page import SharedPage

META: Final = [
    {"name": "robots", "content": "noindex, nofollow, noarchive"},
    {"name": "referrer", "content": "no-referrer"},
]
"""The address is a secret: neither search engines nor other sites shall learn it."""


def page() -> rx.Component:
    return rx.el.main(
        SharedPage.create(),
        id="content",
        data_hydrated=rx.State.is_hydrated,
        class_name="flex min-h-dvh flex-col",
    )
