"""The page: form on the left and results on the right; on a phone one of the two at a time."""

from typing import Final

import reflex as rx

from synthlabel.ui.components import key, keys
from synthlabel.ui.feedback import ToastState
from synthlabel.ui.pages.studio.form_parts import CREATE_TAB_ID, PROMPT_ID, RESULTS_TAB_ID, STREAM_ID, form_pane
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.stream_parts import stream_pane
from synthlabel.ui.pages.studio.stream_state import ROUTE, StudioStreamState

TITLE: Final = "Studio"
ON_LOAD: Final = [StudioFormState.load, StudioStreamState.load]

__all__ = ["ON_LOAD", "ROUTE", "TITLE", "page"]


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
    return rx.fragment(
        keys(
            "Studio",
            key("g", "Go to the prompt", focus=f"#{PROMPT_ID}"),
            key("shift+x", "Cancel the newest generation", action="cancel"),
            on_action=StudioStreamState.cancel_newest,
        ),
        # Where an image has the focus, the stream takes these first (``stream.jsx``); elsewhere they only teach.
        keys(
            "Focused image",
            key("a", "Use all settings"),
            key("r", "Use all settings but the seed"),
            key("p", "Use the words"),
            key("s", "Use the seed"),
            key("d", "Use the size"),
            on_action=ToastState.show("This key is for an image: go to one with Tab first.", "neutral"),
        ),
    )
