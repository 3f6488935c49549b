"""The gallery: virtual justified rows fed by the REST API, with its lightbox (``gallery.jsx``, ``lightbox.jsx``)."""

import reflex as rx
from reflex.components.component import NoSSRComponent

from synthlabel.ui.components.js.sources import source


class Gallery(NoSSRComponent):
    """``version`` is any text that changes when there is news; ``total`` is how many images the person has."""

    library = source("gallery.jsx")
    tag = "Gallery"
    version: rx.Var[str]
    total: rx.Var[int]
