"""What a page says about its own state: nothing here yet, still coming, went wrong, how something stands."""

from typing import Any, Final, Literal

import reflex as rx

from synthlabel.ui.components.buttons import button
from synthlabel.ui.components.text import Child, Flag, OnClick, Text, joined

Tone = Literal["neutral", "active", "ok", "warn", "bad"]

_TONES: Final[dict[Tone, str]] = {
    "neutral": "text-muted",
    "active": "text-amber",
    "ok": "text-ok",
    "warn": "text-warn",
    "bad": "text-bad",
}


def empty_state(icon: str, title: Text, text: Text, *actions: Child, class_name: Text = "") -> rx.Component:
    """Say that there is nothing yet, and teach the first step."""
    return rx.el.div(
        rx.icon(icon, size=28, aria_hidden="true", class_name="text-muted"),
        rx.el.h2(title, class_name="text-lg font-medium"),
        rx.el.p(text, class_name="max-w-md text-muted text-pretty"),
        rx.el.div(*actions, class_name="mt-3 flex flex-wrap justify-center gap-2") if actions else rx.fragment(),
        class_name=joined("flex flex-col items-center gap-2 px-6 py-16 text-center", class_name),
    )


def error_state(title: Text, text: Text, *, on_retry: OnClick = None, class_name: Text = "") -> rx.Component:
    """Say what went wrong on loading, with *Try again*."""
    again = rx.fragment() if on_retry is None else button("Try again", icon="rotate-cw", on_click=on_retry)
    return rx.el.div(
        rx.icon("circle-alert", size=28, aria_hidden="true", class_name="text-bad"),
        rx.el.h2(title, class_name="text-lg font-medium"),
        rx.el.p(text, class_name="max-w-md text-muted text-pretty"),
        rx.el.div(again, class_name="mt-3"),
        role="alert",
        class_name=joined("flex flex-col items-center gap-2 px-6 py-16 text-center", class_name),
    )


def skeleton(class_name: Text = "h-4 w-full") -> rx.Component:
    """Return a breathing placeholder of the final size. The region around it says ``aria_busy``."""
    return rx.el.div(aria_hidden="true", class_name=joined("skeleton rounded", class_name))


def pill(*children: Child, icon: str | None = None, class_name: Text = "", **props: Any) -> rx.Component:
    """Return a small fact in a frame: a model's name, a size."""
    mark = [] if icon is None else [rx.icon(icon, size=12, aria_hidden="true")]
    look = "inline-flex min-w-0 items-center gap-1.5 rounded-sm border border-line px-1.5 py-0.5 text-xs text-muted"
    return rx.el.span(*mark, *children, class_name=joined(look, class_name), **props)


def status_badge(icon: str, text: Text, *, tone: Tone = "neutral", turning: Flag = False) -> rx.Component:
    """Return a state as icon and word, coloured by its tone. ``turning`` while something works on it."""
    mark = rx.icon(icon, size=14, aria_hidden="true", class_name="shrink-0")
    if not (isinstance(turning, bool) and not turning):
        spinner = rx.icon("loader-circle", size=14, aria_hidden="true", class_name="spinner shrink-0")
        mark = rx.cond(turning, spinner, mark)
    return rx.el.span(
        mark,
        rx.el.span(text, class_name="truncate"),
        class_name=joined("inline-flex min-w-0 items-center gap-1.5 text-sm font-medium", _TONES[tone]),
    )


def notice(*children: Child, tone: Tone = "neutral", icon: str = "info", class_name: Text = "") -> rx.Component:
    """Return a remark that belongs to a part of the page, with a coloured edge."""
    return rx.el.div(
        rx.icon(icon, size=16, aria_hidden="true", class_name=joined("mt-0.5 shrink-0", _TONES[tone])),
        rx.el.div(*children, class_name="min-w-0 flex-1"),
        class_name=joined("flex gap-2.5 rounded border border-line bg-raised px-3 py-2.5 text-sm", class_name),
    )


def progress_bar(value: rx.Var[float] | float, *, label: Text, class_name: Text = "") -> rx.Component:
    """Return a bar from 0 to 1."""
    percent = rx.Var.create(value) * 100  # pyright: ignore[reportOperatorIssue]
    return rx.el.div(
        rx.el.div(
            style={"width": f"{percent}%"},
            class_name="h-full rounded-full bg-amber transition-[width] duration-300",
        ),
        role="progressbar",
        aria_label=label,
        aria_valuenow=percent,
        aria_valuemin=0,
        aria_valuemax=100,
        class_name=joined("h-1 w-full overflow-hidden rounded-full bg-line", class_name),
    )
