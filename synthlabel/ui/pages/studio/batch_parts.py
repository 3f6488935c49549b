"""What stands above the runs of one press that made several."""

import reflex as rx

from synthlabel.ui.components import button
from synthlabel.ui.pages.studio.batches import BatchHead
from synthlabel.ui.pages.studio.cards import RunCard
from synthlabel.ui.pages.studio.stream_state import StudioStreamState


def batch_header(run: RunCard) -> rx.Component:
    """Return the header above the newest run of a press; nothing above the others."""
    batches = StudioStreamState.batches
    head: BatchHead = batches[run.id]  # pyright: ignore[reportAssignmentType]
    return rx.cond(batches.contains(run.id), _header(head), rx.fragment())


def _header(head: BatchHead) -> rx.Component:
    bar = rx.el.div(
        rx.el.div(style={"width": head.share}, class_name="h-full bg-amber transition-[width] duration-300"),
        aria_hidden="true",
        class_name="h-1 overflow-hidden rounded-full bg-line",
    )
    end = button(
        "Cancel the rest",
        kind="quiet",
        size="sm",
        icon="x",
        title="What waits here is not charged; what the provider has begun may be",
        on_click=StudioStreamState.cancel_batch(head.id),
    )
    return rx.el.header(
        rx.el.div(
            rx.icon("layers", size=16, aria_hidden="true", class_name="shrink-0 text-muted"),
            rx.el.h2(head.title, class_name="font-medium"),
            rx.el.p(head.words, class_name="font-mono text-xs text-muted"),
            rx.el.div(rx.cond(head.live, end, rx.fragment()), class_name="ml-auto"),
            class_name="flex min-h-8 flex-wrap items-center gap-x-2.5",
        ),
        rx.cond(head.live, bar, rx.fragment()),
        class_name="mb-3 flex flex-col gap-2",
    )
