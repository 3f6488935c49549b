"""The form's part for LoRAs: a row for each, and the way to more."""

import reflex as rx

from synthlabel.ui.components import icon_button
from synthlabel.ui.components.js.controls import NumberSliderControl
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.js import LoraPicker
from synthlabel.ui.pages.studio.lora_cards import LoraRow
from synthlabel.ui.pages.studio.lora_state import StudioLoraState
from synthlabel.ui.pages.studio.source_parts import offers

_loras = StudioFormState.loras


def loras_part() -> rx.Component:
    """Return the rows; nothing where the model takes none and none is kept."""
    part = rx.el.section(
        rx.el.div(
            rx.el.h3("LoRAs", class_name="text-sm font-medium"),
            rx.el.div(_picker(), class_name="-mr-2.5"),
            class_name="flex min-h-8 items-center justify-between",
        ),
        rx.el.ul(rx.foreach(_loras.rows, _row), class_name="flex flex-col gap-3 empty:hidden"),
        rx.el.div(offers(_loras.offers), class_name="flex flex-wrap gap-1.5 empty:hidden"),
        rx.cond(_loras.error != "", rx.el.p(_loras.error, role="alert", class_name="text-xs text-bad"), rx.fragment()),
        aria_label="LoRAs",
        class_name="flex flex-col gap-2",
    )
    return rx.cond(_loras.is_shown, part, rx.el.div(_picker(), class_name="hidden"))


def _picker() -> rx.Component:
    return LoraPicker.create(
        card=_loras,
        mistakes=StudioLoraState.mistakes,
        added=StudioLoraState.added,
        on_add=StudioLoraState.add,
        on_forget=StudioLoraState.forget,
        on_remember=StudioLoraState.remember,
        on_make_known=StudioLoraState.make_known,
    )


def _row(row: LoraRow) -> rx.Component:
    chip = rx.el.span(
        row.trigger_word,
        title="Put in front of the prompt if it is missing there",
        class_name="truncate rounded-sm border border-line px-1.5 font-mono text-xs text-muted",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="min-w-0 truncate text-sm"),
            rx.cond(row.trigger_word != "", chip, rx.fragment()),
            rx.el.span(
                icon_button("x", "Take " + row.name + " away", on_click=StudioLoraState.remove(row.id)),
                class_name="-mr-2 ml-auto",
            ),
            class_name="flex items-center gap-2",
        ),
        NumberSliderControl.create(
            id="lora-" + row.id,
            label="Weight of " + row.name,
            value=row.weight,
            min=row.low,
            max=row.high,
            step=0.05,
            on_change=StudioLoraState.set_weight(row.id),
        ),
        rx.cond(row.note != "", rx.el.p(row.note, class_name="mt-1 text-xs text-warn"), rx.fragment()),
        key=row.id,
    )
