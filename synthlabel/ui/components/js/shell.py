"""The shell's React parts: palette and keys, messages, bars over the page, the account form."""

from typing import NotRequired, TypedDict

import reflex as rx
from reflex.components.component import NoSSRComponent
from reflex.event import passthrough_event_spec
from reflex.utils.imports import ImportDict

from synthlabel.ui.components.js.sources import source


class Entry(TypedDict):
    """A line of the command palette: a page (``href``) or something the shell does (``command``)."""

    text: str
    group: str
    icon: str
    href: NotRequired[str]
    command: NotRequired[str]


class ToastItem(TypedDict):
    id: str
    text: str
    tone: str


class Fonts(rx.Fragment):
    """Loads the fonts with the page. Imported from here because only Vite finds the files that their CSS names."""

    def add_imports(self) -> ImportDict:
        return {"": ["@fontsource-variable/geist/index.css", "@fontsource-variable/geist-mono/index.css"]}


class Palette(NoSSRComponent):
    library = source("palette.jsx")
    tag = "Palette"
    entries: rx.Var[list[Entry]]


class Toasts(rx.Component):
    library = source("toasts.jsx")
    tag = "Toasts"
    items: rx.Var[list[ToastItem]]
    on_dismiss: rx.EventHandler[passthrough_event_spec(str)]


class ConnectionBar(rx.Component):
    library = source("connection.jsx")
    tag = "ConnectionBar"


class OutboxBar(NoSSRComponent):
    """Sends what the person did before a reload, and says at what the server failed."""

    library = source("outbox_bar.jsx")
    tag = "OutboxBar"


class CommandButton(rx.Component):
    library = source("command_button.jsx")
    tag = "CommandButton"
    command: rx.Var[str]
    label: rx.Var[str]


class SkipLink(rx.Component):
    library = source("command_button.jsx")
    tag = "SkipLink"


class AccountForm(rx.Component):
    library = source("account_form.jsx")
    tag = "AccountForm"
    mode: rx.Var[str]
