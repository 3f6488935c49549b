"""The gallery page: a count, the grid, the lightbox."""

import reflex as rx

from synthlabel.ui.components import key, keys
from synthlabel.ui.components.js.gallery import Gallery
from synthlabel.ui.pages.gallery.state import GalleryState

_TILE = '[data-tile][tabindex="0"]'


def page() -> rx.Component:
    return rx.fragment(
        keys("Gallery", key("g", "Go to the images", focus=_TILE), on_action=GalleryState.load),
        Gallery.create(version=GalleryState.version, total=GalleryState.total),
    )
