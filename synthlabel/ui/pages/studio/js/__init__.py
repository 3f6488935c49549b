"""The Studio's own React components: what must answer before, or without, the server."""

import reflex as rx
from reflex.event import passthrough_event_spec

from synthlabel.ui.pages.studio.forms import ModelCard, ShapeCard

_FORM = rx.asset("form.jsx", shared=True).importable_path
_GENERATE = rx.asset("generate.jsx", shared=True).importable_path
_MODEL_PICKER = rx.asset("model_picker.jsx", shared=True).importable_path
_PROMPT = rx.asset("prompt.jsx", shared=True).importable_path
_STREAM = rx.asset("stream.jsx", shared=True).importable_path


class PromptText(rx.Component):
    """A text that survives a reload at any moment: see ``prompt.jsx`` for ``revision``. ``on_save`` gets the text."""

    library = _PROMPT
    tag = "PromptText"
    value: rx.Var[str]
    revision: rx.Var[str]
    storage_key: rx.Var[str]
    rows: rx.Var[int]
    limit: rx.Var[int]
    placeholder: rx.Var[str]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    submit_id: rx.Var[str]
    tab_id: rx.Var[str]
    on_save: rx.EventHandler[passthrough_event_spec(str)]


class ModelPicker(rx.Component):
    """A listbox. ``on_select`` gets the id of another model than the present one."""

    library = _MODEL_PICKER
    tag = "ModelPicker"
    models: rx.Var[list[ModelCard]]
    value: rx.Var[str]
    labelled_by: rx.Var[str]
    described_by: rx.Var[str]
    invalid: rx.Var[bool]
    on_select: rx.EventHandler[passthrough_event_spec(str)]


class ShapePicker(rx.Component):
    """Radio buttons with drawn rectangles. ``on_select`` gets a ratio's label, or ``custom``."""

    library = _FORM
    tag = "ShapePicker"
    shapes: rx.Var[list[ShapeCard]]
    value: rx.Var[str]
    size: rx.Var[str]
    takes_custom: rx.Var[bool]
    on_select: rx.EventHandler[passthrough_event_spec(str)]


class Disclosure(rx.Component):
    """A part of the form that unfolds. ``on_change`` gets whether it is open now."""

    library = _FORM
    tag = "Disclosure"
    title: rx.Var[str]
    remark: rx.Var[str]
    open: rx.Var[bool]
    on_change: rx.EventHandler[passthrough_event_spec(bool)]


class GenerateButton(rx.Component):
    """``on_generate`` gets a key that is the same for every click that means the same request, and the prompt."""

    library = _GENERATE
    tag = "GenerateButton"
    price: rx.Var[str]
    stale: rx.Var[bool]
    answered: rx.Var[str]
    revision: rx.Var[str]
    results_id: rx.Var[str]
    stream_id: rx.Var[str]
    form_id: rx.Var[str]
    prompt_id: rx.Var[str]
    on_generate: rx.EventHandler[passthrough_event_spec(str, str)]


class TileKeys(rx.Component):
    """``on_take`` gets a part of a recipe and the id of the image that has the focus."""

    library = _STREAM
    tag = "TileKeys"
    on_take: rx.EventHandler[passthrough_event_spec(str, str)]


class Clamped(rx.Component):
    """Two lines of a text, with *more*."""

    library = _STREAM
    tag = "Clamped"
    text: rx.Var[str]


class NextPage(rx.Component):
    """A button that presses itself when it comes into view."""

    library = _STREAM
    tag = "NextPage"
    label: rx.Var[str]
    busy: rx.Var[bool]
    on_next: rx.EventHandler[rx.event.no_args_event_spec]
