"""The card of one generation: how it stands, what was asked for, what came of it."""

import reflex as rx

from synthlabel.ui.components import (
    button,
    elapsed,
    menu,
    menu_item,
    notice,
    pill,
    relative_time,
    status_badge,
)
from synthlabel.ui.pages.studio.cards import LiveCard, RunCard
from synthlabel.ui.pages.studio.js import Clamped, ClockTime
from synthlabel.ui.pages.studio.made_parts import before, description, made_from, run_facts
from synthlabel.ui.pages.studio.stream_state import StudioStreamState
from synthlabel.ui.pages.studio.take_state import StudioTakeState
from synthlabel.ui.pages.studio.tile_parts import tile_grid


def run_article(run: RunCard) -> rx.Component:
    now = _now(run)
    return rx.el.article(
        rx.el.header(
            rx.el.div(
                rx.cond(run.live, _live_state(now), _settled_state(run)),
                rx.cond(run.task != "", pill(run.task), rx.fragment()),
                elapsed(run.created_at, until=run.finished_at, class_name="font-mono text-xs text-muted"),
                rx.cond(run.live, rx.fragment(), relative_time(run.created_at, class_name="text-xs text-muted")),
                class_name="flex min-h-8 min-w-0 flex-wrap items-center gap-x-3",
            ),
            rx.el.div(
                _price(run),
                rx.cond(run.live & now.can_cancel, _cancel(run, now), rx.fragment()),
                _take_menu(run),
                class_name="ml-auto flex shrink-0 items-center gap-1.5",
            ),
            class_name="flex items-start gap-3",
        ),
        rx.cond(run.live & (now.given_up_at != ""), _late(run, now), rx.fragment()),
        _body(run, now),
        aria_label=run.word + ": " + run.prompt,
        class_name="@container/run rounded-lg border border-line bg-surface p-4",
    )


def _body(run: RunCard, now: LiveCard) -> rx.Component:
    """The words, then the images; beside each other where there is one image and room for both."""
    words = rx.el.div(
        Clamped.create(text=run.prompt, class_name="max-w-3xl text-pretty empty:hidden"),
        run_facts(run),
        rx.cond(run.has_sources, made_from(run), rx.fragment()),
        rx.match(
            run.status,
            ("failed", _failure(run)),
            ("cancelled", _cancelled(run)),
            ("unknown", _unconfirmed(run)),
            rx.fragment(),
        ),
        rx.cond(run.text != "", description(run), rx.fragment()),
        class_name="mt-2 min-w-0 flex-1",
    )
    beside = (
        "@min-[38rem]/run:flex @min-[38rem]/run:flex-row-reverse @min-[38rem]/run:justify-end @min-[38rem]/run:gap-5"
    )
    turned = rx.el.div(
        before(run),
        rx.el.div(tile_grid(run, now), class_name="min-w-0 flex-1"),
        class_name="flex flex-col @min-[38rem]/run:flex-row @min-[38rem]/run:gap-3",
    )
    return rx.el.div(
        words,
        rx.cond(run.turns_into, turned, rx.cond(run.has_tiles, tile_grid(run, now), rx.fragment())),
        class_name=rx.cond(run.beside, beside, ""),
    )


def _now(run: RunCard) -> LiveCard:
    """How a generation stands that is on its way. On the page it is a Var, as every argument there."""
    return StudioStreamState.live[run.id]  # pyright: ignore[reportReturnType]


def _live_state(now: LiveCard) -> rx.Component:
    badge = rx.match(
        now.word,
        ("Waiting", status_badge("clock", now.word)),
        ("Cancel asked", status_badge("circle-slash", now.word, tone="warn")),
        status_badge("loader-circle", now.word, tone="active", turning=True),
    )
    return rx.fragment(badge, _detail(now))


def _detail(now: LiveCard) -> rx.Component:
    """Where it stands, and what is expected: place, trend of the line, start or end."""
    known = rx.cond(now.detail != "", now.detail, now.share)
    look = "text-xs whitespace-nowrap text-muted empty:hidden"
    trend = rx.el.span("the line is ", now.trend, class_name=look)
    times = rx.cond(
        now.start_at != "",
        ClockTime.create(value=now.start_at, words="starts about ", class_name=look),
        ClockTime.create(value=now.done_at, words="done about ", class_name=look),
    )
    return rx.fragment(
        rx.el.span(known, class_name="font-mono " + look),
        rx.cond(now.trend != "", trend, rx.fragment()),
        times,
    )


def _late(run: RunCard, now: LiveCard) -> rx.Component:
    """Say that it takes long, and what happens when."""
    return notice(
        rx.el.p(
            rx.el.span("Longer than usual. ", class_name="font-medium"),
            "You can cancel it now. ",
            ClockTime.create(value=now.given_up_at, words="At ", exact=True),
            " it is given up by itself: nothing is charged if it only waited, ",
            "and what the provider had begun counts as spent.",
        ),
        tone="warn",
        icon="hourglass",
        class_name="mt-3",
    )


def _settled_state(run: RunCard) -> rx.Component:
    return rx.fragment(
        rx.match(
            run.status,
            ("done", status_badge("check", run.word, tone="ok")),
            ("failed", status_badge("circle-alert", run.word, tone="bad")),
            ("unknown", status_badge("circle-help", run.word, tone="warn")),
            status_badge("circle-slash", run.word),
        )
    )


def _cancel(run: RunCard, now: LiveCard) -> rx.Component:
    words = rx.el.span("Cancel", class_name="max-sm:sr-only")
    on_click = StudioStreamState.cancel(run.id)
    return button(words, kind="quiet", size="sm", icon="x", on_click=on_click, title=now.cancel_note)


def _price(run: RunCard) -> rx.Component:
    """What it costs; opened, how that came about. One of them is open at a time."""
    return rx.el.details(
        rx.el.summary(
            run.price,
            aria_label=run.price + ", how it came about",
            title=run.price_note,
            class_name="flex min-h-6 list-none items-center rounded px-1 font-mono text-sm text-muted hover:text-ink",
        ),
        rx.el.p(
            run.price_note,
            class_name=(
                "absolute top-full right-0 z-10 mt-1 w-64 rounded-lg border border-line bg-surface p-3 text-sm "
                "shadow-float"
            ),
        ),
        name="price",
        class_name="relative",
    )


def _take_menu(run: RunCard) -> rx.Component:
    parts = (
        ("all", "Use all settings", "sliders-horizontal"),
        ("all_but_seed", "Use all but the seed", "shuffle"),
        ("prompt", "Use the words", "text-quote"),
        ("seed", "Use the seed", "sprout"),
        ("size", "Use the size", "ratio"),
    )
    items = [
        menu_item(text, icon=icon, on_click=StudioTakeState.take_from_run(part, run.id)) for part, text, icon in parts
    ]
    trigger = rx.el.button(
        rx.icon("ellipsis", size=16, aria_hidden="true"),
        type="button",
        aria_label="Use again",
        title="Use again",
        class_name="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink",
    )
    return menu(trigger, *items, label="Use again")


def _failure(run: RunCard) -> rx.Component:
    return notice(
        rx.el.p(run.message),
        rx.el.p(run.cost_note, class_name="text-muted"),
        rx.cond(run.provider_message != "", _provider_message(run), rx.fragment()),
        rx.el.div(_retry(run, "Retry"), class_name="mt-2 flex flex-wrap gap-2"),
        tone="bad",
        icon="circle-alert",
        class_name="mt-3",
    )


def _provider_message(run: RunCard) -> rx.Component:
    return rx.el.details(
        rx.el.summary("What the provider said", class_name="min-h-6 text-muted hover:text-ink"),
        rx.el.pre(
            run.provider_message,
            tab_index=0,
            class_name="mt-1 max-h-60 overflow-auto rounded bg-canvas p-2 font-mono text-xs whitespace-pre-wrap",
        ),
        class_name="mt-1",
    )


def _cancelled(run: RunCard) -> rx.Component:
    return rx.el.div(
        rx.el.p(run.cost_note, class_name="text-sm text-muted"),
        _retry(run, "Retry"),
        class_name="mt-3 flex flex-wrap items-center gap-3",
    )


def _unconfirmed(run: RunCard) -> rx.Component:
    return notice(
        rx.el.p(run.message),
        rx.el.div(
            button("Check again", size="sm", icon="search-check", on_click=StudioStreamState.check_again(run.id)),
            button(
                "Give up (counts as spent)",
                size="sm",
                kind="quiet",
                icon="x",
                on_click=StudioStreamState.cancel(run.id),
            ),
            _retry(run, "Retry (may be charged twice)"),
            class_name="mt-2 flex flex-wrap gap-2",
        ),
        tone="warn",
        icon="circle-help",
        class_name="mt-3",
    )


def _retry(run: RunCard, words: str) -> rx.Component:
    again = button(words, size="sm", icon="rotate-cw", on_click=StudioStreamState.retry(run.id))
    done = rx.el.span("Requested again", class_name="py-1 text-sm text-muted")
    return rx.cond(StudioStreamState.retried.contains(run.id), done, again)
