"""The page: form on the left and results on the right; on a phone one of the two at a time."""

from typing import Final

import reflex as rx

from synthlabel.ui.pages.studio.form_parts import RESULTS_TAB_ID, STREAM_ID, form_pane
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.js import StudioKeys
from synthlabel.ui.pages.studio.news import on_generation, on_image
from synthlabel.ui.pages.studio.prompt_parts import CREATE_TAB_ID, GENERATE_ID, PROMPT_ID
from synthlabel.ui.pages.studio.stream_parts import stream_pane
from synthlabel.ui.pages.studio.stream_state import ROUTE, StudioStreamState
from synthlabel.ui.pages.studio.tool_state import StudioToolState

TITLE: Final = "Studio"
LISTENERS: Final = (on_generation, on_image)
ON_LOAD: Final = [StudioFormState.load, StudioStreamState.load]

__all__ = ["LISTENERS", "ON_LOAD", "ROUTE", "TITLE", "page"]


def page() -> rx.Component:
    """Return the page's content, to be framed by the shell."""
    panes = rx.el.div(
        rx.el.div(form_pane(), class_name=_FORM),
        rx.el.div(stream_pane(), id=STREAM_ID, tab_index=-1, class_name=_STREAM),
        # On wide screens each pane scrolls by itself; the frame then is as high as the window
        class_name="lg:absolute lg:inset-0 lg:grid lg:grid-cols-[25rem_minmax(0,1fr)]",
    )
    return rx.el.div(_tabs(), panes, _keys(), class_name="group/studio relative flex-1")


_FORM: Final = "bg-surface max-lg:group-has-[#show-results:checked]/studio:hidden lg:min-h-0 lg:border-r lg:border-line"
# Positioned, so that what is only read aloud scrolls along instead of making the window longer
_STREAM: Final = (
    "min-w-0 outline-none max-lg:group-has-[#show-create:checked]/studio:hidden "
    "lg:relative lg:min-h-0 lg:overflow-y-auto"
)


def _tabs() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Show", class_name="sr-only"),
        _tab("Create", CREATE_TAB_ID, chosen=True),
        _tab("Results", RESULTS_TAB_ID, chosen=False),
        class_name="m-0 grid grid-cols-2 border-0 border-b border-line bg-surface p-0 lg:hidden",
    )


def _tab(words: str, tab_id: str, *, chosen: bool) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="studio-tab", id=tab_id, default_checked=chosen, class_name="sr-only"),
        words,
        class_name=(
            "relative grid h-11 place-items-center border-b-2 border-transparent font-medium text-muted outline-amber "
            "has-checked:border-amber has-checked:text-ink "
            "has-focus-visible:outline-2 has-focus-visible:-outline-offset-2"
        ),
    )


def _keys() -> rx.Component:
    return StudioKeys.create(
        prompt_id=PROMPT_ID,
        generate_id=GENERATE_ID,
        on_undo=StudioFormState.undo,
        on_cancel=StudioStreamState.cancel_newest,
        on_cancel_waiting=StudioStreamState.cancel_waiting,
        on_start_over=StudioToolState.start_over,
    )
