"""Form fields: a label, a control, a hint and an error that belong together for eyes and for screen readers."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.event import EventType

from synthlabel.ui.components.js import controls
from synthlabel.ui.components.js.controls import Option
from synthlabel.ui.components.text import Child, Flag, Number, OnClick, Text

Options = Sequence[Option] | rx.Var[list[Option]]
OnText = EventType[()] | EventType[str]
OnNumber = EventType[()] | EventType[int] | EventType[float]
OnFlag = EventType[()] | EventType[bool]


def field(
    label: Text,
    control: rx.Component,
    *,
    field_id: str,
    hint: Text = "",
    error: Text = "",
    aside: Child | None = None,
    hide_label: bool = False,
) -> rx.Component:
    """Wrap a control made with ``field_id``. Its ``described_by`` should be ``described_by(field_id)``.

    ``aside`` stands at the right of the label: a counter, a reset link.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=field_id, class_name="font-medium text-sm text-ink"),
            aside if aside is not None else rx.fragment(),
            class_name="sr-only" if hide_label else "flex items-baseline justify-between gap-3",
        ),
        control,
        _hint(hint, field_id),
        _error(error, field_id),
        class_name="flex flex-col gap-1.5",
    )


def described_by(field_id: str) -> str:
    """Return the ids of a field's hint and error; an id that is not on the page does no harm."""
    return f"{field_id}-hint {field_id}-error"


def _hint(hint: Text, field_id: str) -> rx.Component:
    if isinstance(hint, str) and not hint:
        return rx.fragment()
    return rx.el.p(hint, id=f"{field_id}-hint", class_name="text-xs text-muted")


def _error(error: Text, field_id: str) -> rx.Component:
    if isinstance(error, str) and not error:
        return rx.fragment()
    line = rx.el.p(
        rx.icon("circle-alert", size=14, aria_hidden="true", class_name="mt-px shrink-0"),
        rx.el.span(error),
        id=f"{field_id}-error",
        role="alert",
        class_name="flex gap-1.5 text-xs text-bad",
    )
    return rx.cond(error != "", line, rx.fragment())


def _is_wrong(error: Text) -> Flag:
    return bool(error) if isinstance(error, str) else error != ""


def text_input(
    label: Text,
    value: Text,
    *,
    field_id: str,
    on_change: OnText,
    on_submit: OnClick = None,
    hint: Text = "",
    error: Text = "",
    aside: Child | None = None,
    hide_label: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a labelled one-line text. ``on_change`` gets the text when typing pauses (``delay`` ms, 250)."""
    control = controls.TextControl.create(
        id=field_id, value=value, on_change=on_change, invalid=_is_wrong(error), described_by=described_by(field_id),
        **_optional(on_submit), **props,
    )  # fmt: skip
    return field(label, control, field_id=field_id, hint=hint, error=error, aside=aside, hide_label=hide_label)


def text_area(
    label: Text,
    value: Text,
    *,
    field_id: str,
    on_change: OnText,
    on_submit: OnClick = None,
    rows: int = 3,
    grow: bool = True,
    hint: Text = "",
    error: Text = "",
    aside: Child | None = None,
    hide_label: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a labelled text of several lines, which grows with its text. Mod+Enter sends and calls ``on_submit``."""
    control = controls.TextControl.create(
        id=field_id, value=value, multiline=True, rows=rows, grow=grow, on_change=on_change,
        invalid=_is_wrong(error), described_by=described_by(field_id), **_optional(on_submit), **props,
    )  # fmt: skip
    return field(label, control, field_id=field_id, hint=hint, error=error, aside=aside, hide_label=hide_label)


def select(
    label: Text, value: Text, *, field_id: str, options: Options, on_change: OnText, hint: Text = "", error: Text = "",
    **props: Any,
) -> rx.Component:  # fmt: skip
    """Return a labelled native select of ``options`` (dicts with ``value`` and ``label``)."""
    control = controls.SelectControl.create(
        id=field_id, value=value, options=options, on_change=on_change, described_by=described_by(field_id),
        invalid=_is_wrong(error), **props,
    )  # fmt: skip
    return field(label, control, field_id=field_id, hint=hint, error=error)


def segmented(label: Text, value: Text, *, options: Options, on_change: OnText, **props: Any) -> rx.Component:
    """Return a row of choices of which one is on. The label is for screen readers only."""
    return controls.SegmentedControl.create(label=label, value=value, options=options, on_change=on_change, **props)


def switch(
    label: Text, checked: Flag, *, field_id: str, on_change: OnFlag, hint: Text = "", **props: Any
) -> rx.Component:
    """Return an on/off switch with its label at the left."""
    control = controls.SwitchControl.create(
        id=field_id, checked=checked, on_change=on_change, described_by=described_by(field_id), **props
    )
    words = rx.el.label(label, html_for=field_id, class_name="font-medium text-sm")
    return rx.el.div(
        rx.el.div(words, _hint(hint, field_id), class_name="flex flex-col gap-0.5"),
        control,
        class_name="flex items-center justify-between gap-4",
    )


def stepper(
    label: Text, value: Number, *, field_id: str, on_change: OnNumber, low: Number = 1, high: Number = 4,
    error: Text = "", **props: Any,
) -> rx.Component:  # fmt: skip
    """Return a small whole number with minus and plus."""
    control = controls.StepperControl.create(
        id=field_id, value=value, min=low, max=high, on_change=on_change, label=label,
        described_by=described_by(field_id), **props,
    )  # fmt: skip
    return field(label, control, field_id=field_id, error=error)


def number_slider(
    label: Text, value: Number, *, field_id: str, on_change: OnNumber, low: Number, high: Number, step: Number = 1,
    hint: Text = "", error: Text = "", **props: Any,
) -> rx.Component:  # fmt: skip
    """Return a slider with the number beside it. ``on_change`` gets a float that fits ``step``."""
    control = controls.NumberSliderControl.create(
        id=field_id, value=value, min=low, max=high, step=step, on_change=on_change, label=label,
        described_by=described_by(field_id), **props,
    )  # fmt: skip
    return field(label, control, field_id=field_id, hint=hint, error=error)


def _optional(on_submit: OnClick) -> dict[str, Any]:
    return {} if on_submit is None else {"on_submit": on_submit}
