"""The images of a generation, in their final shape before they are there."""

import reflex as rx

from synthlabel.ui.pages.studio.cards import LiveCard, RunCard, TileCard
from synthlabel.ui.pages.studio.js import Tile


def tile_grid(run: RunCard, now: LiveCard) -> rx.Component:
    return rx.el.div(
        rx.foreach(run.places, lambda place: rx.el.div(_pending(run, now), key=place)),
        rx.foreach(run.tiles, lambda tile, index: _tile(tile, index, run)),
        style={"--tile": run.tile_width, "--columns": run.columns, "--fewer": run.fewer_columns},
        aria_busy=run.live,
        class_name=(
            "mt-3 grid shrink-0 gap-2 [grid-template-columns:repeat(var(--fewer),minmax(0,var(--tile)))] "
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
    return Tile.create(
        image_id=tile.id,
        alt=f"Image {index + 1}: {run.prompt}",
        src=tile.src,
        srcset=tile.srcset,
        sizes=run.tile_width,
        width=run.width_px,
        height=run.height_px,
        thumbhash=tile.thumbhash,
        download=tile.download,
        rating=tile.rating,
        favorite=tile.favorite,
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
