"""Facts in their proper dress: money, times, sizes, ids."""

from typing import Any

import reflex as rx

from synthlabel.ui.components.js.small import CopyText, Elapsed, RelativeTime
from synthlabel.ui.components.text import Number, Text, joined


def money(label: Text, *, class_name: Text = "") -> rx.Component:
    """Show an amount. ``label`` comes from ``domain.money.usd_label``: states hold texts, not micro-dollars."""
    return rx.el.span(label, class_name=joined("font-mono text-[0.95em]", class_name))


def mono(text: Text | Number, *, class_name: Text = "", **props: Any) -> rx.Component:
    """Show a seed, a size, an id."""
    return rx.el.span(text, class_name=joined("font-mono text-[0.95em]", class_name), **props)


def relative_time(value: Text, *, class_name: Text = "text-muted") -> rx.Component:
    """Show how long ago an RFC 3339 time was; exact on hover. Nothing for an empty text."""
    return RelativeTime.create(value=value, class_name=class_name)


def elapsed(since: Text, *, until: Text = "", class_name: Text = "font-mono text-muted") -> rx.Component:
    """Show a running clock from an RFC 3339 time, or the time between two."""
    return Elapsed.create(since=since, until=until, class_name=class_name)


def copy_text(value: Text, *, text: Text | None = None, label: Text = "Copy", class_name: Text = "") -> rx.Component:
    """Show a value that a click copies. ``text=""`` shows the icon alone."""
    props = {} if text is None else {"text": text}
    return CopyText.create(value=value, label=label, class_name=class_name, **props)
