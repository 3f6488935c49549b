"""Small things that live in the browser: time that passes, text to copy (``small.jsx``)."""

import reflex as rx

from synthlabel.ui.components.js.sources import source


class RelativeTime(rx.Component):
    library = source("small.jsx")
    tag = "RelativeTime"
    value: rx.Var[str]


class Elapsed(rx.Component):
    library = source("small.jsx")
    tag = "Elapsed"
    since: rx.Var[str]
    until: rx.Var[str]


class CopyText(rx.Component):
    library = source("small.jsx")
    tag = "CopyText"
    value: rx.Var[str]
    text: rx.Var[str]
    label: rx.Var[str]
