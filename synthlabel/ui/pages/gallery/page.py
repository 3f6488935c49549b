"""The gallery page: a count, the grid, the lightbox."""

import reflex as rx

from synthlabel.ui.components import key, keys
from synthlabel.ui.components.js.gallery import Gallery
from synthlabel.ui.pages.gallery.state import GalleryState

_TILE = '[data-tile][tabindex="0"]'


def page() -> rx.Component:
    return rx.fragment(
        keys(
            "Gallery",
            key("g", "Go to the images", focus=_TILE),
            key("arrows", "Move from image to image"),
            key("enter", "Open the image"),
            key("delete", "Move it to the trash"),
        ),
        keys(
            "An open image",
            key("sides", "The image before, the image after"),
            key("i", "What is known of it"),
            key("z", "Full size, or fit to the window"),
            key("delete", "Move it to the trash"),
        ),
        Gallery.create(version=GalleryState.version, total=GalleryState.total),
    )
