"""Choices that shape the frame, kept in the browser and applied before the first paint (``kept.jsx``)."""

from typing import Final

import reflex as rx

from synthlabel.ui.components.js.sources import source

NAMES: Final = ("rail", "sandbox")

_EARLY: Final = (
    f"for (const name of {list(NAMES)!r}) {{"
    " const kept = localStorage.getItem(name); if (kept) document.documentElement.dataset[name] = kept; }"
)


class Kept(rx.Component):
    """Puts ``value`` on the document as ``data-<name>`` and remembers it; an empty value changes nothing."""

    library = source("kept.jsx")
    tag = "Kept"
    name: rx.Var[str]
    value: rx.Var[str]


def early() -> rx.Component:
    """Return the script for the head that applies what is kept. Constant, so that a policy may allow it by hash."""
    return rx.el.script(custom_attrs={"dangerouslySetInnerHTML": {"__html": _EARLY}})
