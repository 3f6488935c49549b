"""The list of everything that was asked for, fed by the REST API (``activity.jsx``, ``activity_data.js``)."""

import reflex as rx
from reflex.components.component import NoSSRComponent

from synthlabel.ui.components.js.sources import source


class Activity(NoSSRComponent):
    """``version`` is any text that changes when there is news, empty before there is a connection."""

    library = source("activity.jsx")
    tag = "Activity"
    version: rx.Var[str]
