"""The stream: one card per generation, newest on top."""

from typing import Final

import reflex as rx

from synthlabel.ui.components import button, empty_state, error_state, skeleton
from synthlabel.ui.pages.studio.batch_parts import batch_header
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.js import Clockwork, FromAddress, NextPage, TileKeys, Tools
from synthlabel.ui.pages.studio.run_parts import run_article
from synthlabel.ui.pages.studio.stream_state import StudioStreamState
from synthlabel.ui.pages.studio.take_state import StudioTakeState
from synthlabel.ui.pages.studio.tool_state import StudioToolState

EXAMPLES: Final = (
    "A lighthouse on a rocky shore at dusk, long exposure, calm sea",
    "A red fox asleep in fresh snow, soft morning light, shallow depth of field",
    "A narrow street in an old town after rain, lanterns reflected in the stones",
)


def stream_pane() -> rx.Component:
    return rx.el.section(
        rx.el.div(StudioStreamState.announcement, role="status", aria_live="polite", class_name="sr-only"),
        FromAddress.create(
            ready=StudioFormState.form.loaded,
            on_take=StudioTakeState.take_from_image,
            on_text=StudioFormState.use_text,
        ),
        Clockwork.create(is_on=StudioStreamState.live.length() > 0, on_tick=StudioStreamState.look_again),
        rx.match(
            StudioStreamState.phase,
            ("loading", _loading()),
            ("failed", _failed_to_load()),
            rx.cond((StudioStreamState.moving + StudioStreamState.settled).length() > 0, _runs(), _empty()),
        ),
        Tools.create(answered=StudioToolState.answered, on_tool=StudioToolState.run),
        aria_label="Results",
        class_name="min-w-0 px-4 py-4 lg:px-6",
    )


def _runs() -> rx.Component:
    shown = StudioStreamState.moving + StudioStreamState.settled
    return TileKeys.create(
        rx.cond(StudioStreamState.waiting > 1, _waiting(), rx.fragment()),
        rx.foreach(shown, lambda run: rx.el.div(batch_header(run), run_article(run), key=run.id)),
        rx.cond(
            StudioStreamState.cursor != "",
            NextPage.create(
                label="Load older", busy=StudioStreamState.loading_older, on_next=StudioStreamState.load_older
            ),
            rx.fragment(),
        ),
        on_take=StudioTakeState.take_from_image,
        class_name="flex flex-col gap-4",
    )


def _waiting() -> rx.Component:
    words = rx.el.p(StudioStreamState.waiting, " wait here and cost nothing yet", class_name="text-sm text-muted")
    end = button(
        "Cancel all that wait",
        kind="quiet",
        size="sm",
        icon="x",
        title="Nothing was sent, nothing is charged",
        on_click=StudioStreamState.cancel_waiting,
    )
    return rx.el.div(words, end, class_name="-mb-2 flex flex-wrap items-center justify-between gap-x-3")


def _loading() -> rx.Component:
    card = rx.el.div(
        skeleton("h-4 w-32"),
        skeleton("mt-3 h-4 w-3/4"),
        rx.el.div(skeleton("h-44 w-44"), skeleton("h-44 w-44"), class_name="mt-4 flex gap-2"),
        class_name="rounded-lg border border-line bg-surface p-4",
    )
    return rx.el.div(
        rx.el.span("Loading your results", class_name="sr-only"),
        card,
        card,
        aria_busy="true",
        class_name="flex flex-col gap-4",
    )


def _failed_to_load() -> rx.Component:
    return error_state(
        "Your results could not be loaded",
        "Nothing is lost: generations go on without this page, and nothing was charged by this.",
        on_retry=StudioStreamState.load,
    )


def _empty() -> rx.Component:
    examples = [
        button(
            text,
            icon="text-quote",
            on_click=StudioFormState.use_example(text),
            class_name="!h-auto max-w-full py-2 text-left !whitespace-normal",
        )
        for text in EXAMPLES
    ]
    return empty_state(
        "image",
        "Describe your first image",
        "Write a prompt, look at the price on the button, press Generate. Or start with one of these:",
        *examples,
    )
