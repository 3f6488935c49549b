"""The gallery page: all of it is one component of the browser, which also lists its own keys."""

import reflex as rx

from synthlabel.ui.components.js.gallery import Gallery
from synthlabel.ui.pages.gallery.state import GalleryState


def page() -> rx.Component:
    return Gallery.create(version=GalleryState.version)
