"""The gallery page: all of it is one component of the browser, which also lists its own keys."""

import reflex as rx

from synthlabel.ui.components import key, keys
from synthlabel.ui.components.js.gallery import Gallery
from synthlabel.ui.pages.gallery.state import GalleryState


def page() -> rx.Component:
    return rx.fragment(
        keys(
            "An open image",
            key("sides", "The image before, the image after"),
            key("i", "What is known of it"),
            key("z", "Full size, or fit to the window"),
            key("delete", "Move it to the trash"),
        ),
        Gallery.create(version=GalleryState.version),
    )
