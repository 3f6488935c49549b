"""The form, from the model at its top to the button that costs money."""

from typing import Final

import reflex as rx

from synthlabel.ui.components import (
    button,
    mono,
    number_slider,
    segmented,
    select,
    skeleton,
    switch,
    text_input,
)
from synthlabel.ui.components.js.controls import StepperControl
from synthlabel.ui.pages.studio.draft import CUSTOM
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.forms import FieldCard
from synthlabel.ui.pages.studio.js import Disclosure, GenerateButton, ModelPicker, ShapePicker
from synthlabel.ui.pages.studio.lora_parts import loras_part
from synthlabel.ui.pages.studio.prompt_parts import (
    GENERATE_ID,
    PROMPT_ID,
    batch_line,
    negative_prompt,
    preset_bar,
    prompt,
)
from synthlabel.ui.pages.studio.source_parts import sources_part
from synthlabel.ui.shell.state import ShellState

FORM_ID: Final = "studio-form"
RESULTS_TAB_ID: Final = "show-results"
STREAM_ID: Final = "studio-stream"

_form = StudioFormState.form
_mistakes = StudioFormState.form.mistakes


def form_pane() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            preset_bar(),
            _model(),
            sources_part(),
            loras_part(),
            prompt(),
            rx.cond(_form.takes_negative_prompt, negative_prompt(), rx.fragment()),
            _shape(),
            _count(),
            _advanced(),
            class_name="relative flex min-h-0 flex-col gap-5 px-4 py-4 lg:flex-1 lg:overflow-y-auto lg:px-5",
        ),
        _footer(),
        id=FORM_ID,
        aria_label="New images",
        class_name="flex min-h-0 flex-col lg:h-full",
    )


def _taken() -> rx.Component:
    """Say what was put into the form from elsewhere, and offer to take it back."""
    line = rx.el.div(
        rx.icon("check", size=16, aria_hidden="true", class_name="shrink-0 text-ok"),
        rx.el.span(StudioFormState.taken, class_name="min-w-0 flex-1 line-clamp-3"),
        button("Undo", kind="quiet", size="sm", icon="undo-2", on_click=StudioFormState.undo),
        role="status",
        class_name="-mt-1.5 mb-1.5 flex items-center gap-2 text-sm",
    )
    return rx.cond(StudioFormState.taken != "", line, rx.fragment())


def _model() -> rx.Component:
    picker = ModelPicker.create(
        id="model",
        models=StudioFormState.models,
        value=_form.model,
        labelled_by="model-label",
        described_by="model-error",
        invalid=_mistakes.model != "",
        on_select=StudioFormState.choose_model,
    )
    return rx.el.div(
        rx.el.span("Model", id="model-label", class_name="text-sm font-medium"),
        picker,
        _mistake(_mistakes.model, "model-error"),
        class_name="flex flex-col gap-1.5",
    )


def _shape() -> rx.Component:
    picker = ShapePicker.create(
        shapes=_form.shapes,
        value=_form.shape,
        size=_form.size,
        takes_custom=_form.takes_custom_size,
        on_select=StudioFormState.choose_shape,
    )
    chosen = rx.el.div(
        rx.cond(_form.loaded, picker, skeleton("h-40 w-full")),
        rx.cond(_form.shape == CUSTOM, _custom_size(), rx.fragment()),
        class_name="flex flex-col gap-3",
    )
    given = rx.el.div(
        rx.el.span("Size", class_name="font-medium"),
        rx.el.span("as the source, ", mono(StudioFormState.sources.size), class_name="text-muted"),
        class_name="flex items-baseline justify-between text-sm",
    )
    return rx.cond(StudioFormState.sources.size != "", given, chosen)


def _custom_size() -> rx.Component:
    sides = [
        text_input(
            label,
            value,
            field_id=name,
            on_change=handler,
            error=error,
            input_mode="numeric",
            mono=True,
        )
        for label, name, value, error, handler in (
            ("Width", "width", _form.width, _mistakes.width, StudioFormState.set_width),
            ("Height", "height", _form.height, _mistakes.height, StudioFormState.set_height),
        )
    ]
    return rx.el.div(
        rx.el.div(*sides, class_name="grid grid-cols-2 gap-3"),
        rx.el.p(_form.size_hint, class_name="mt-1.5 text-xs text-muted"),
    )


def _count() -> rx.Component:
    stepper = StepperControl.create(
        id="count",
        value=_form.count,
        min=1,
        max=_form.max_images,
        label="Images",
        described_by="count-error",
        on_change=StudioFormState.set_count,
    )
    return rx.el.div(
        rx.el.div(
            rx.el.label("Images", html_for="count", class_name="text-sm font-medium"),
            stepper,
            class_name="flex items-center justify-between",
        ),
        _mistake(_mistakes.count, "count-error"),
        class_name="flex flex-col gap-1.5",
    )


def _advanced() -> rx.Component:
    return Disclosure.create(
        rx.el.div(
            _seed(),
            rx.foreach(_form.fields, lambda item: rx.el.div(_model_field(item), key=item.name)),
            rx.el.div(
                rx.el.button(
                    "Reset to the defaults",
                    type="button",
                    on_click=StudioFormState.reset_settings,
                    class_name="min-h-6 text-sm text-muted underline underline-offset-2 hover:text-ink",
                ),
            ),
            class_name="flex flex-col gap-5",
        ),
        title="Advanced",
        remark=_form.changed,
        open=_form.advanced,
        on_change=StudioFormState.set_advanced,
    )


def _seed() -> rx.Component:
    choice = segmented(
        "Seed",
        rx.cond(_form.seed_fixed, "fixed", "random"),
        options=[{"value": "random", "label": "Random"}, {"value": "fixed", "label": "Fixed"}],
        on_change=StudioFormState.set_seed_mode,
    )
    number = text_input(
        "Seed number",
        _form.seed,
        field_id="seed",
        on_change=StudioFormState.set_seed,
        error=_mistakes.seed,
        hide_label=True,
        input_mode="numeric",
        mono=True,
    )
    return rx.el.div(
        _labelled("Seed", choice),
        rx.cond(_form.seed_fixed, number, rx.fragment()),
        class_name="flex flex-col gap-2",
    )


def _model_field(item: FieldCard) -> rx.Component:
    """One control for an input that the model's catalogue entry declares."""
    field_id = "param-" + item.name
    set_text = StudioFormState.set_text(item.name)
    slider = number_slider(
        item.label,
        item.number,
        field_id=field_id,
        on_change=StudioFormState.set_number(item.name),
        low=item.minimum,
        high=item.maximum,
        step=item.step,
        hint=item.help,
        error=item.error,
    )
    toggle = switch(
        item.label, item.checked, field_id=field_id, on_change=StudioFormState.set_flag(item.name), hint=item.help
    )
    segments = segmented(item.label, item.value, options=item.options, on_change=set_text)
    choice = select(
        item.label,
        item.value,
        field_id=field_id,
        options=item.options,
        on_change=set_text,
        hint=item.help,
        error=item.error,
    )
    typed = text_input(item.label, item.value, field_id=field_id, on_change=set_text, hint=item.help, error=item.error)
    return rx.fragment(
        rx.match(
            item.kind,
            ("slider", slider),
            ("switch", toggle),
            ("segmented", _labelled(item.label, segments, hint=item.help)),
            ("select", choice),
            typed,
        )
    )


def _labelled(label: str, control: rx.Component, *, hint: str = "") -> rx.Component:
    """A control that brings its own accessible name, with the visible one at its left."""
    return rx.el.div(
        rx.el.div(
            rx.el.span(label, aria_hidden="true", class_name="text-sm font-medium"),
            rx.el.span(hint, class_name="text-xs text-muted"),
            class_name="flex min-w-0 flex-col gap-0.5",
        ),
        control,
        class_name="flex items-center justify-between gap-3",
    )


def _footer() -> rx.Component:
    return rx.el.div(
        _taken(),
        batch_line(),
        rx.el.div(
            GenerateButton.create(
                id=GENERATE_ID,
                price=StudioFormState.price.label,
                price_micros=StudioFormState.price.micros,
                stale=StudioFormState.price.stale,
                answered=StudioFormState.answered,
                revision=StudioFormState.revision,
                results_id=RESULTS_TAB_ID,
                stream_id=STREAM_ID,
                form_id=FORM_ID,
                prompt_id=PROMPT_ID,
                on_generate=StudioFormState.submit,
            ),
            class_name="flex",
        ),
        rx.el.details(
            rx.el.summary(
                rx.icon("info", size=14, aria_hidden="true"),
                rx.el.span("How the price is made"),
                rx.cond(
                    ShellState.spend != "",
                    rx.el.span(mono(ShellState.spend), " this month", class_name="ml-auto"),
                    rx.fragment(),
                ),
                title=StudioFormState.price.note,
                class_name="flex min-h-6 list-none items-center gap-1.5 hover:text-ink",
            ),
            rx.el.p(StudioFormState.price.note, class_name="pt-1 font-mono"),
            class_name="mt-2 text-xs text-muted",
        ),
        class_name=(
            "sticky bottom-(--bottom-bar) z-10 border-t border-line bg-surface px-4 pt-3 pb-2 lg:static lg:px-5"
        ),
    )


def _mistake(message: str, line_id: str) -> rx.Component:
    line = rx.el.p(message, id=line_id, role="alert", class_name="text-xs text-bad")
    return rx.cond(message != "", line, rx.fragment())
