"""Form controls that show a change at once and tell the server when it settles (``controls.jsx``)."""

from typing import TypedDict

import reflex as rx
from reflex.event import passthrough_event_spec

from synthlabel.ui.components.js.sources import source


class Option(TypedDict):
    """One choice of a select or a segmented control."""

    value: str
    label: str


class _Control(rx.Component):
    library = source("controls.jsx")
    described_by: rx.Var[str]
    disabled: rx.Var[bool]
    invalid: rx.Var[bool]
    label: rx.Var[str]


class TextControl(_Control):
    tag = "TextControl"
    name: rx.Var[str]
    value: rx.Var[str]
    multiline: rx.Var[bool]
    rows: rx.Var[int]
    grow: rx.Var[bool]
    mono: rx.Var[bool]
    placeholder: rx.Var[str]
    max_length: rx.Var[int]
    delay: rx.Var[int]
    type: rx.Var[str]
    input_mode: rx.Var[str]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]
    on_change: rx.EventHandler[passthrough_event_spec(str)]
    on_submit: rx.EventHandler[rx.event.no_args_event_spec]


class SelectControl(_Control):
    tag = "SelectControl"
    name: rx.Var[str]
    value: rx.Var[str]
    options: rx.Var[list[Option]]
    on_change: rx.EventHandler[passthrough_event_spec(str)]


class SegmentedControl(_Control):
    tag = "SegmentedControl"
    value: rx.Var[str]
    options: rx.Var[list[Option]]
    on_change: rx.EventHandler[passthrough_event_spec(str)]


class SwitchControl(_Control):
    tag = "SwitchControl"
    checked: rx.Var[bool]
    on_change: rx.EventHandler[passthrough_event_spec(bool)]


class StepperControl(_Control):
    tag = "StepperControl"
    value: rx.Var[int]
    min: rx.Var[int]
    max: rx.Var[int]
    on_change: rx.EventHandler[passthrough_event_spec(int)]


class NumberSliderControl(_Control):
    tag = "NumberSliderControl"
    value: rx.Var[float]
    min: rx.Var[float]
    max: rx.Var[float]
    step: rx.Var[float]
    on_change: rx.EventHandler[passthrough_event_spec(float)]
