"""Layers above the page: dialogs, menus."""

from typing import Any

import reflex as rx
from reflex.event import EventType

from synthlabel.ui.components.js.overlays import Dialog, Menu, MenuItem, MenuSeparator
from synthlabel.ui.components.text import Child, Flag, OnClick, Text


def dialog(
    *children: Child,
    is_open: Flag,
    on_close: EventType[()],
    title: Text,
    description: Text = "",
    wide: bool = False,
) -> rx.Component:
    """Return a dialog: it traps focus, closes by Esc, by a click beside it and by its cross, and gives focus back."""
    return Dialog.create(
        *children, open=is_open, on_close=on_close, title=title, description=description, wide=wide
    )  # fmt: skip


def menu(trigger: rx.Component, *items: rx.Component, label: Text) -> rx.Component:
    """Return a menu that opens below ``trigger`` (one button)."""
    return Menu.create(trigger, rx.fragment(*items), label=label)


def menu_item(text: Text, *, icon: str, on_click: OnClick = None, command: str = "") -> rx.Component:
    """Return a choice of a menu: an event, or a ``command`` that the shell carries out in the browser."""
    props: dict[str, Any] = {"command": command} if command else {}
    if on_click is not None:
        props["on_select"] = on_click
    return MenuItem.create(rx.icon(icon, size=16, aria_hidden="true"), rx.el.span(text), **props)


def menu_link(text: Text, href: Text, *, icon: str) -> rx.Component:
    return MenuItem.create(rx.icon(icon, size=16, aria_hidden="true"), rx.el.span(text), href=href)


def menu_separator() -> rx.Component:
    return MenuSeparator.create()
