"""The images of a generation, in their final shape before they are there."""

import reflex as rx

from synthlabel.ui.components import Link, icon_button, picture
from synthlabel.ui.pages.studio.cards import LiveCard, RunCard, TileCard
from synthlabel.ui.pages.studio.form_state import StudioFormState


def tile_grid(run: RunCard, now: LiveCard) -> rx.Component:
    return rx.el.div(
        rx.foreach(run.places, lambda place: rx.el.div(_pending(run, now), key=place)),
        rx.foreach(run.tiles, lambda tile, index: _tile(tile, index, run)),
        style={"--tile": run.tile_width, "--columns": run.columns, "--fewer": run.fewer_columns},
        aria_busy=run.live,
        class_name=(
            "mt-3 grid gap-2 [grid-template-columns:repeat(var(--fewer),minmax(0,var(--tile)))] "
            "2xl:[grid-template-columns:repeat(var(--columns),minmax(0,var(--tile)))]"
        ),
    )


def _pending(run: RunCard, now: LiveCard) -> rx.Component:
    bar = rx.el.div(
        rx.el.div(
            style={"width": now.share},
            class_name="h-full bg-amber transition-[width] duration-300",
        ),
        class_name="absolute inset-x-0 bottom-0 h-1 bg-line",
    )
    return rx.el.div(
        rx.el.div(class_name="skeleton absolute inset-0"),
        rx.el.span(now.word, class_name="relative text-sm text-muted"),
        rx.cond(now.share != "", bar, rx.fragment()),
        style={"aspect_ratio": run.aspect},
        aria_hidden="true",
        class_name="relative grid place-items-center overflow-hidden rounded bg-raised",
    )


def _tile(tile: TileCard, index: int, run: RunCard) -> rx.Component:
    return rx.fragment(
        rx.match(
            tile.kind,
            ("image", _image(tile, index, run)),
            (
                "filtered",
                _no_image(run, "eye-off", "The model's filter blanked this image. The provider may still charge."),
            ),
            _no_image(run, "trash-2", "In the trash"),
        )
    )


def _image(tile: TileCard, index: int, run: RunCard) -> rx.Component:
    return rx.el.figure(
        Link.create(
            picture(
                image_id=tile.id,
                alt=f"Image {index + 1}: {run.prompt}",
                src=tile.src,
                srcset=tile.srcset,
                sizes=run.tile_width,
                width=run.width_px,
                height=run.height_px,
                thumbhash=tile.thumbhash,
                class_name="rounded",
            ),
            to="/gallery?image=" + tile.id,
            class_name="block rounded",
        ),
        _tile_actions(tile),
        data_image=tile.id,
        class_name="group relative m-0",
    )


def _tile_actions(tile: TileCard) -> rx.Component:
    take = StudioFormState.take_from_image
    return rx.el.div(
        icon_button("sliders-horizontal", "Use all settings", on_click=take("all", tile.id)),
        icon_button("text-quote", "Use the words", on_click=take("prompt", tile.id)),
        icon_button("sprout", "Use the seed", on_click=take("seed", tile.id)),
        rx.el.a(
            rx.icon("download", size=16, aria_hidden="true"),
            href=tile.download,
            download=True,
            aria_label="Download",
            title="Download",
            class_name="grid size-8 place-items-center rounded text-muted hover:bg-raised hover:text-ink",
        ),
        class_name=(
            "absolute right-1.5 bottom-1.5 flex rounded bg-surface/90 opacity-0 transition-opacity "
            "group-hover:opacity-100 group-focus-within:opacity-100 [@media(hover:none)]:hidden"
        ),
    )


def _no_image(run: RunCard, icon: str, words: str) -> rx.Component:
    return rx.el.div(
        rx.icon(icon, size=20, aria_hidden="true"),
        rx.el.p(words, class_name="max-w-52 text-pretty"),
        style={"aspect_ratio": run.aspect},
        class_name=(
            "flex flex-col items-center justify-center gap-2 overflow-hidden rounded border border-dashed border-line "
            "p-3 text-center text-xs text-muted"
        ),
    )
