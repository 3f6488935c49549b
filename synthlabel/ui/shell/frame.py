"""The frame: rail (bottom bar on phones), top bar, the page."""

from typing import Final

import reflex as rx

from synthlabel.ui.components import (
    Link,
    joined,
    menu,
    menu_item,
    menu_separator,
    money,
    mono,
    tooltip,
)
from synthlabel.ui.components.js.kept import Kept
from synthlabel.ui.components.js.shell import CommandButton, ConnectionBar, Entry, OutboxBar, Palette, SkipLink, Toasts
from synthlabel.ui.feedback import ToastState
from synthlabel.ui.shell.pages import ACTIVITY, PAGES, Page
from synthlabel.ui.shell.state import ShellState

_ACTIONS: Final[list[Entry]] = [
    Entry(text="Switch between dark and light", group="Anywhere", icon="sun-moon", command="theme"),
    Entry(text="Show the keys of this page", group="Anywhere", icon="keyboard", command="keys"),
    Entry(text="Narrow or widen the rail", group="Anywhere", icon="panel-left", command="rail"),
    Entry(text="Sign out", group="Anywhere", icon="log-out", command="sign-out"),
]


def frame(page: Page, *content: rx.Component) -> rx.Component:
    """Put a page into the frame. The content gets the rest of the window and scrolls with it."""
    return rx.el.div(
        _rail(page),
        rx.el.div(
            _sandbox_strip(),
            ConnectionBar.create(),
            OutboxBar.create(),
            _top_bar(page),
            rx.el.main(
                *content, id="content", tab_index=-1, class_name="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
            ),
            class_name=joined(
                "flex min-h-dvh min-w-0 flex-col pb-(--bottom-bar) sm:pl-(--rail)",
                "lg:h-dvh" if page.fills_window else "",
            ),
        ),
        overlays(),
        data_hydrated=rx.State.is_hydrated,
        class_name="frame",
    )


def overlays() -> rx.Component:
    """Return what floats above every page: messages and the palette."""
    pages = [Entry(text=page.name, group="Pages", icon=page.icon, href=page.route) for page in PAGES]
    return rx.fragment(
        Toasts.create(items=ToastState.toasts, on_dismiss=ToastState.dismiss),
        Palette.create(entries=[*pages, *_ACTIONS]),
    )


def _rail(current: Page) -> rx.Component:
    return rx.el.nav(
        SkipLink.create(),
        rx.el.div(logo(), class_name="hidden h-14 shrink-0 items-center gap-3 px-4 sm:flex"),
        rx.el.ul(*[_rail_item(page, current) for page in PAGES], class_name=_RAIL_LIST),
        _rail_switch(),
        aria_label="Pages",
        class_name=(
            "@container/rail flex flex-col fixed inset-x-0 bottom-0 z-30 border-t border-line bg-canvas"
            " sm:inset-y-0 sm:right-auto sm:w-(--rail) sm:border-t-0 sm:border-r"
        ),
    )


_WHERE_WIDE: Final = "sm:sr-only sm:@min-[12rem]/rail:not-sr-only"
_RAIL_LIST: Final = "flex h-14 items-stretch justify-around sm:h-auto sm:flex-col sm:gap-1 sm:px-2"


def _rail_item(page: Page, current: Page) -> rx.Component:
    is_open = page.route == current.route
    look = "bg-raised text-ink" if is_open else "text-muted hover:text-ink hover:bg-raised"
    link = Link.create(
        rx.icon(page.icon, size=20, aria_hidden="true", class_name="shrink-0"),
        rx.el.span(page.name, class_name=f"text-xs {_WHERE_WIDE} sm:@min-[12rem]/rail:text-base"),
        to=page.route,
        end=True,
        class_name=joined(
            "flex h-full flex-col items-center justify-center gap-0.5 rounded font-medium"
            " sm:h-10 sm:flex-row sm:justify-start sm:gap-3 sm:px-2.5",
            look,
        ),
    )
    return rx.el.li(
        rx.el.span(link, class_name="rail-tip block h-full", data_tip=page.name),
        class_name="min-w-24 sm:min-w-0",
    )


def _rail_switch() -> rx.Component:
    button = CommandButton.create(
        rx.icon("panel-left", size=20, aria_hidden="true", class_name="shrink-0"),
        rx.el.span("Narrow", class_name=_WHERE_WIDE),
        command="rail",
        label="Narrow or widen the rail",
        class_name="flex h-10 w-full items-center gap-3 rounded px-2.5 text-muted hover:bg-raised hover:text-ink",
    )
    return rx.el.div(
        rx.el.span(button, class_name="rail-tip block", data_tip="Widen"),
        class_name="mt-auto hidden px-2 pb-3 sm:block",
    )


def logo() -> rx.Component:
    """Return the mark, an aperture under safelight, and the name where there is room."""
    return rx.fragment(
        rx.icon("aperture", size=24, aria_hidden="true", class_name="shrink-0 text-amber"),
        rx.el.span("SynthLabel", class_name="hidden text-lg font-semibold tracking-tight sm:@min-[12rem]/rail:inline"),
    )


def _top_bar(page: Page) -> rx.Component:
    return rx.el.header(
        rx.el.h1(page.name, class_name="text-lg font-medium"),
        rx.el.div(
            _running_pill(), _spend(), _palette_button(), _account_menu(), class_name="flex items-center gap-2 sm:gap-3"
        ),
        class_name=(
            "sticky top-0 z-20 flex h-14 shrink-0 items-center justify-between gap-3 border-b border-line"
            " bg-canvas px-4 sm:px-6"
        ),
    )


def _running_pill() -> rx.Component:
    pill = rx.el.span(
        rx.icon("loader-circle", size=14, aria_hidden="true", class_name="spinner"),
        mono(ShellState.running),
        rx.el.span("running", class_name="sr-only sm:not-sr-only"),
        class_name="inline-flex h-8 items-center gap-1.5 rounded-full bg-amber/10 px-3 text-sm font-medium text-amber",
    )
    pill = Link.create(pill, to=ACTIVITY.route, class_name="block rounded-full hover:bg-amber/10")
    return rx.el.div(rx.cond(ShellState.running > 0, pill, rx.fragment()), role="status", aria_label="Running jobs")


def _spend() -> rx.Component:
    amount = rx.el.span(
        money(ShellState.spend),
        rx.el.span(" this month", class_name="hidden text-muted md:inline"),
        class_name="whitespace-nowrap text-sm",
    )
    explained = rx.cond(
        ShellState.reserved != "",
        "Spent this month; " + ShellState.reserved + " more reserved for what is running",
        "Spent this month",
    )
    return rx.cond(ShellState.spend != "", tooltip(amount, explained, side="bottom"), rx.fragment())


def _palette_button() -> rx.Component:
    button = CommandButton.create(
        rx.icon("search", size=16, aria_hidden="true"),
        command="palette",
        label="Command palette",
        class_name="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink",
    )
    return tooltip(button, "Command palette", side="bottom")


def _account_menu() -> rx.Component:
    trigger = rx.el.button(
        rx.el.span("Account ", class_name="sr-only"),
        rx.cond(
            ShellState.initials != "",
            rx.el.span(ShellState.initials),
            rx.icon("user", size=14, aria_hidden="true"),
        ),
        type="button",
        class_name=(
            "grid size-8 place-items-center rounded-full border border-line bg-raised text-xs font-semibold"
            " hover:border-control"
        ),
    )
    return menu(
        trigger,
        rx.el.div(
            rx.el.div(ShellState.name, class_name="truncate font-medium"),
            rx.el.div(ShellState.email, class_name="truncate text-sm text-muted"),
            class_name="max-w-64 px-2.5 py-2",
        ),
        menu_separator(),
        menu_item("Switch between dark and light", icon="sun-moon", command="theme"),
        menu_item("Keys", icon="keyboard", command="keys"),
        menu_separator(),
        menu_item("Sign out", icon="log-out", command="sign-out"),
        label="Account",
    )


def _sandbox_strip() -> rx.Component:
    strip = rx.el.aside(
        rx.icon("flask-conical", size=14, aria_hidden="true", class_name="mt-0.5 shrink-0 text-amber"),
        rx.el.p(
            rx.el.span("Sandbox: pictures are drawn by a stand-in, nothing is billed.", class_name="font-medium"),
            rx.el.span(" Set ", mono("FAL_KEY"), " to use real models.", class_name="text-muted"),
        ),
        aria_label="Sandbox",
        class_name="sandbox-strip gap-2 border-b border-amber/30 bg-amber/10 px-4 py-1.5 text-sm sm:px-6",
    )
    return rx.fragment(Kept.create(name="sandbox", value=ShellState.sandbox), strip)
