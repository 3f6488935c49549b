"""The form's part for images that go into the request."""

import reflex as rx

from synthlabel.ui.components import button, number_slider
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.forms import FieldCard
from synthlabel.ui.pages.studio.js import SourceZone
from synthlabel.ui.pages.studio.source_cards import Offer
from synthlabel.ui.pages.studio.source_state import StudioSourceState
from synthlabel.ui.pages.studio.take_state import StudioTakeState

_sources = StudioFormState.sources


def sources_part() -> rx.Component:
    return rx.el.div(
        SourceZone.create(
            sources=_sources.shown,
            takes=_sources.takes,
            title=_sources.title,
            model=StudioFormState.form.model,
            ready=StudioFormState.form.loaded,
            on_images=StudioSourceState.add_images,
            on_upload=StudioSourceState.add_upload,
            on_remove=StudioSourceState.remove,
            on_move=StudioSourceState.move,
            on_restore=StudioTakeState.restore_file,
        ),
        rx.cond(_sources.note != "", _note(), rx.fragment()),
        rx.cond(
            _sources.error != "", rx.el.p(_sources.error, role="alert", class_name="text-xs text-bad"), rx.fragment()
        ),
        rx.foreach(_sources.strengths, _closeness),
        class_name="flex flex-col gap-2",
    )


def offers(found: rx.Var[list[Offer]]) -> rx.Component:
    """Return buttons that change the model to one that fits."""
    return rx.foreach(
        found,
        lambda offer: button(
            "Use " + offer.name,
            size="sm",
            title=offer.takes,
            on_click=StudioFormState.choose_model(offer.id),
            key=offer.id,
        ),
    )


def _note() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.icon("triangle-alert", size=14, aria_hidden="true", class_name="mt-0.5 shrink-0 text-warn"),
            rx.el.span(_sources.note),
            class_name="flex gap-1.5",
        ),
        rx.el.div(offers(_sources.offers), class_name="flex flex-wrap gap-1.5 empty:hidden"),
        role="status",
        class_name="flex flex-col gap-2 text-sm",
    )


def _closeness(strength: FieldCard) -> rx.Component:
    """How far the result may go from the source, in the words that people think in."""
    ends = rx.el.div(
        rx.el.span("closer to the source"),
        rx.el.span("freer"),
        aria_hidden="true",
        class_name="-mt-1 flex justify-between pr-21 text-xs text-muted",
    )
    slider = number_slider(
        "Change",
        strength.number,
        field_id="strength",
        on_change=StudioFormState.set_number(strength.name),
        low=strength.minimum,
        high=strength.maximum,
        step=strength.step,
        error=strength.error,
    )
    return rx.el.div(slider, ends, key=strength.name, class_name="mt-1 flex flex-col gap-1")
