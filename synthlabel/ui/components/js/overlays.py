"""Dialog and menu, on Radix primitives (``overlays.jsx``, ``menu.jsx``): focus, keys and roles are theirs."""

import reflex as rx

from synthlabel.ui.components.js.sources import source


class Dialog(rx.Component):
    library = source("overlays.jsx")
    tag = "Dialog"
    open: rx.Var[bool]
    title: rx.Var[str]
    description: rx.Var[str]
    wide: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


class Menu(rx.Component):
    library = source("menu.jsx")
    tag = "Menu"
    label: rx.Var[str]


class MenuItem(rx.Component):
    library = source("menu.jsx")
    tag = "MenuItem"
    href: rx.Var[str]
    command: rx.Var[str]
    on_select: rx.EventHandler[rx.event.no_args_event_spec]


class MenuSeparator(rx.Component):
    library = source("menu.jsx")
    tag = "MenuSeparator"
