"""The gallery: justified rows of a list of any length, fed by the REST API (``gallery.jsx``, ``gallery_data.js``)."""

import reflex as rx
from reflex.components.component import NoSSRComponent

from synthlabel.ui.components.js.sources import source


class Gallery(NoSSRComponent):
    """``version`` is any text that changes when there is news, empty before there is a connection."""

    library = source("gallery.jsx")
    tag = "Gallery"
    version: rx.Var[str]
