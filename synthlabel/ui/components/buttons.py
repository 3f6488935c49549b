"""Buttons and links that look like buttons."""

from typing import Any, Final, Literal

import reflex as rx

from synthlabel.ui.components.js.router import Link
from synthlabel.ui.components.text import Child, Flag, OnClick, Text, joined

Kind = Literal["primary", "secondary", "quiet", "danger"]

_BASE: Final = (
    "inline-flex items-center justify-center gap-2 rounded font-medium whitespace-nowrap select-none transition-colors"
    " disabled:opacity-50 disabled:cursor-not-allowed"
)
_KINDS: Final[dict[Kind, str]] = {
    "primary": "bg-amber text-on-amber hover:not-disabled:bg-amber/85",
    "secondary": "bg-raised text-ink border border-line hover:not-disabled:border-control",
    "quiet": "text-muted hover:not-disabled:text-ink hover:not-disabled:bg-raised",
    "danger": "text-bad border border-bad/50 hover:not-disabled:bg-bad/10",
}
_SIZES: Final = {"sm": "h-8 px-3 text-sm", "md": "h-9 px-4", "lg": "h-11 px-5 text-lg"}


def button(
    *children: Child,
    on_click: OnClick = None,
    kind: Kind = "secondary",
    size: Literal["sm", "md", "lg"] = "md",
    icon: str | None = None,
    loading: Flag = False,
    disabled: Flag = False,
    submit: bool = False,
    class_name: Text = "",
    **props: Any,
) -> rx.Component:
    """Return a button. ``loading`` keeps its width and words, shows a turning mark, and takes no clicks."""
    mark = [] if icon is None else [rx.icon(icon, size=16, aria_hidden="true")]
    if not (isinstance(loading, bool) and not loading):
        spinner = rx.icon("loader-circle", size=16, class_name="spinner", aria_hidden="true")
        mark = [rx.cond(loading, spinner, mark[0] if mark else rx.fragment())]
        props |= {"aria_busy": loading}
        disabled = _either(loading, disabled)
    if on_click is not None:
        props["on_click"] = on_click
    return rx.el.button(
        *mark,
        *children,
        type="submit" if submit else "button",
        disabled=disabled,
        class_name=joined(_BASE, _KINDS[kind], _SIZES[size], class_name),
        **props,
    )


def icon_button(
    icon: str,
    label: Text,
    *,
    on_click: OnClick = None,
    side: Literal["top", "right", "bottom"] = "top",
    pressed: Flag | None = None,
    disabled: Flag = False,
    class_name: Text = "",
    **props: Any,
) -> rx.Component:
    """Return a square button with an icon; its label is read aloud, and shown on hover and focus."""
    if on_click is not None:
        props["on_click"] = on_click
    if pressed is not None:
        props["aria_pressed"] = pressed
    inner = rx.el.button(
        rx.icon(icon, size=16, aria_hidden="true"),
        type="button",
        aria_label=label,
        disabled=disabled,
        class_name=joined(_BASE, _KINDS["quiet"], "size-8", class_name),
        **props,
    )
    return tooltip(inner, label, side=side)


def link_button(
    *children: Child,
    href: Text,
    kind: Kind = "secondary",
    icon: str | None = None,
    class_name: Text = "",
    **props: Any,
) -> rx.Component:
    """Return a link to another page of the product, dressed as a button."""
    mark = [] if icon is None else [rx.icon(icon, size=16, aria_hidden="true")]
    return Link.create(
        *mark, *children, to=href, class_name=joined(_BASE, _KINDS[kind], _SIZES["md"], class_name), **props
    )


def tooltip(child: rx.Component, text: Text, *, side: Literal["top", "right", "bottom"] = "top") -> rx.Component:
    """Show words on hover and on keyboard focus. Not the only place of a fact: touch screens have no hover."""
    return rx.el.span(child, class_name="tip inline-flex", data_tip=text, data_side=side)


def _either(first: Flag, second: Flag) -> Flag:
    if isinstance(first, bool) and isinstance(second, bool):
        return first or second
    return first | second
