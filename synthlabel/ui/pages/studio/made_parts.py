"""What a run was made of, and what came of it in words."""

import reflex as rx

from synthlabel.ui.components import Link, button, copy_text, mono, picture
from synthlabel.ui.pages.studio.cards import MadeFrom, RunCard
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.take_state import StudioTakeState

_PILL = (
    "group/pill inline-flex min-h-6 min-w-0 items-center gap-1 rounded-sm border border-line px-1.5 text-xs text-muted "
    "hover:border-control hover:text-ink"
)


def run_facts(run: RunCard) -> rx.Component:
    """Each fact takes just itself into the form."""
    generates = run.task == ""
    return rx.el.div(
        _fact(run.model_name, "Use this model", part="model", run=run, takes=generates),
        _fact(mono(run.size), "Use this size", part="size", run=run, takes=generates),
        rx.foreach(run.loras, lambda lora: _fact(lora, "Use its LoRAs", part="loras", run=run, takes=generates)),
        copy_text(run.seed, text="Seed " + run.seed, label="Copy seed", class_name="font-mono text-xs text-muted"),
        rx.cond(run.template != "", _template(run), rx.fragment()),
        class_name="mt-2 flex flex-wrap items-center gap-2",
    )


def _fact(
    words: rx.Component | str, title: str, *, part: str, run: RunCard, takes: rx.Var[bool] | bool
) -> rx.Component:
    taking = rx.el.button(
        words,
        rx.icon("plus", size=12, aria_hidden="true", class_name="opacity-60 group-hover/pill:opacity-100"),
        type="button",
        title=title,
        on_click=StudioTakeState.take_from_run(part, run.id),
        class_name=_PILL,
    )
    return rx.cond(takes, taking, rx.el.span(words, class_name=_PILL))


def _template(run: RunCard) -> rx.Component:
    """The prompt is one of those that a template stands for."""
    return rx.el.button(
        rx.icon("braces", size=12, aria_hidden="true"),
        "Template",
        type="button",
        title=run.template,
        on_click=StudioFormState.use_text(run.template),
        class_name=_PILL,
    )


def made_from(run: RunCard) -> rx.Component:
    """Show what went into a run, and that something came of it."""
    return rx.el.div(
        rx.el.span("Made from", class_name="text-xs text-muted"),
        rx.foreach(run.made_from, lambda source: _source(source, "h-16 max-w-32 rounded")),
        class_name="mt-3 flex flex-wrap items-center gap-2",
    )


def before(run: RunCard) -> rx.Component:
    """Show what a tool was given, as large as what it gives, and that the one became the other."""
    arrow = "shrink-0 self-center text-muted"
    return rx.fragment(
        rx.el.div(
            rx.foreach(run.made_from, lambda source: _source(source, "w-(--before) max-w-full rounded")),
            style={"--before": run.tile_width},
            class_name="mt-3 min-w-0",
        ),
        rx.icon("arrow-right", size=20, aria_hidden="true", class_name=arrow + " hidden @min-[38rem]/run:block"),
        rx.icon("arrow-down", size=20, aria_hidden="true", class_name=arrow + " mt-2 @min-[38rem]/run:hidden"),
    )


def _source(source: MadeFrom, size: str) -> rx.Component:
    thumbnail = picture(
        alt="What it was made from",
        src=source.src,
        srcset="",
        width=source.width,
        height=source.height,
        thumbhash=source.thumbhash,
        class_name=size,
    )
    gone = rx.el.span(
        "gone",
        class_name="grid h-16 w-16 place-items-center rounded border border-dashed border-line text-xs text-muted",
    )
    shown = rx.cond(source.href != "", Link.create(thumbnail, to=source.href, class_name="rounded"), thumbnail)
    return rx.el.span(rx.cond(source.src != "", shown, gone), key=source.key)


def description(run: RunCard) -> rx.Component:
    """What a model said of an image."""
    return rx.el.figure(
        rx.el.blockquote(
            run.text,
            class_name="m-0 max-w-3xl border-l-2 border-amber pl-3 text-pretty break-words whitespace-pre-wrap",
        ),
        rx.el.figcaption(
            button("Use as prompt", size="sm", icon="text-quote", on_click=StudioFormState.use_text(run.text)),
            copy_text(run.text, text="Copy", label="Copy the description", class_name="text-sm text-muted"),
            class_name="mt-3 flex flex-wrap items-center gap-3",
        ),
        class_name="m-0 mt-3",
    )
