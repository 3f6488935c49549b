"""Keyboard shortcuts, filtered in the browser (``keys.jsx``): only the action that results reaches the server."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventType, passthrough_event_spec

from synthlabel.ui.components.js.sources import source


class Key(TypedDict):
    """``press`` is ``mod+enter``, ``shift+x``, ``g``, ``/``: mod is ⌘ on a Mac, Ctrl elsewhere.

    Single letters work outside of text fields only; those with mod also inside. ``action`` is handed to the handler.
    ``text`` is what the list under ``?`` says. A press given as a ``focus`` CSS selector focuses that element instead,
    without asking the server. With neither it is only listed: some part of the page listens for it by itself.
    """

    press: str
    action: str
    text: str
    focus: str


class Keys(rx.Component):
    library = source("keys.jsx")
    tag = "Keys"
    bindings: rx.Var[list[Key]]
    title: rx.Var[str]
    on_action: rx.EventHandler[passthrough_event_spec(str)]


def keys(title: str, *bindings: Key, on_action: EventType[()] | EventType[str] | None = None) -> rx.Component:
    """Return the invisible listener for a page's keys. They are listed under ``title`` when ``?`` is pressed."""
    props = {} if on_action is None else {"on_action": on_action}
    return Keys.create(title=title, bindings=list(bindings), **props)


def key(press: str, text: str, *, action: str = "", focus: str = "") -> Key:
    return Key(press=press, action=action, text=text, focus=focus)
