"""What the stream shows: one card per generation. Pure: views in, plain values out.

A card is split in two, because a changed list goes to the browser as a whole: ``RunCard`` holds what is settled once,
``LiveCard`` what changes every second while the generation is on its way.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime

from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.money import usd_label
from synthlabel.services.views import GenerationSourceView, GenerationView, ImageView

_S = GenerationStatus

WORDS = {
    _S.QUEUED: "Waiting",
    _S.SUBMITTING: "Sending",
    _S.SUBMITTED: "At the provider",
    _S.RUNNING: "Running",
    _S.INGESTING: "Saving",
    _S.DONE: "Done",
    _S.FAILED: "Failed",
    _S.CANCELLED: "Cancelled",
    _S.UNKNOWN: "Unconfirmed",
}
LIVE = frozenset({_S.QUEUED, _S.SUBMITTING, _S.SUBMITTED, _S.RUNNING, _S.INGESTING})
CANCELLABLE = LIVE - {_S.INGESTING}

TASKS = {
    Task.GENERATE: "",
    Task.UPSCALE: "Upscale",
    Task.REMOVE_BACKGROUND: "Remove background",
    Task.DESCRIBE: "Describe",
}
TRENDS = {"shrinking": "getting shorter", "growing": "getting longer"}
"""How the provider's line goes; one that has not moved is told by the place in it."""


TILE_SIDE_PX = {1: 380, 2: 310}
"""Side of a square tile, by the number of images; other shapes get the same area."""
SMALL_TILE_SIDE_PX = 250
BATCH_TILE_SIDE_PX = 210
"""In a run of many: they are looked at together."""


@dataclass(frozen=True, slots=True)
class TileCard:
    """``kind``: ``image``, ``filtered`` (blanked by the model's filter), ``gone`` (in the trash)."""

    kind: str
    id: str = ""
    thumbhash: str = ""
    src: str = ""
    srcset: str = ""
    download: str = ""
    rating: int = 0
    favorite: bool = False


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """An image that went into a run; without ``src`` it is gone. ``href`` leads to it if it is in the gallery."""

    key: str
    src: str
    thumbhash: str
    width: int
    height: int
    href: str


@dataclass(frozen=True, slots=True)
class RunCard:
    id: str
    status: str
    """``live`` while it is on its way, whatever it does there; else the status it came to rest with."""
    word: str
    live: bool
    prompt: str
    negative_prompt: str
    model_name: str
    seed: str
    size: str
    width_px: int
    height_px: int
    aspect: str
    """Width / height, as CSS writes an aspect ratio."""
    tile_width: str
    """How wide a tile gets at most, as a CSS length."""
    columns: str
    """Tiles side by side on a wide screen, as text: it goes into a style."""
    fewer_columns: str
    """The same where there is less room."""
    price: str
    price_note: str
    created_at: str
    finished_at: str
    message: str = ""
    cost_note: str = ""
    provider_message: str = ""
    task: str = ""
    """What a tool did, in words; empty for a run that made images of a prompt."""
    text: str = ""
    """What a model answered in words."""
    batch_id: str = ""
    template: str = ""
    """What the prompt was made of, if it was."""
    loras: list[str] = field(default_factory=list[str])
    has_tiles: bool = False
    beside: bool = False
    """Whether the words may stand beside the image, because there is one."""
    turns_into: bool = False
    """Whether it is shown as an image that becomes another."""
    has_sources: bool = False
    """Whether its sources stand among its facts."""
    made_from: list[MadeFrom] = field(default_factory=list[MadeFrom])
    places: list[int] = field(default_factory=list[int])
    """One number per image on its way: what the pending tiles are drawn from."""
    tiles: list[TileCard] = field(default_factory=list[TileCard])


@dataclass(frozen=True, slots=True)
class LiveCard:
    word: str
    detail: str
    share: str
    """How much is done, as a CSS length such as ``43%``; empty while it is not known."""
    can_cancel: bool
    cancel_note: str
    """What a cancellation costs."""
    waits: bool
    """Whether it is still here, and costs nothing yet."""
    trend: str
    start_at: str
    """When it is expected to start, and to be done: RFC 3339, or empty."""
    done_at: str
    given_up_at: str
    """When it is given up; only said once it takes longer than usual."""


def run_card(view: GenerationView) -> RunCard:
    """Return the settled part of a generation's card."""
    live = view.status in LIVE
    turns_into = view.task in (Task.UPSCALE, Task.REMOVE_BACKGROUND) and (live or view.status is _S.DONE)
    has_tiles = view.task is not Task.DESCRIBE and (live or view.status is _S.DONE)
    return RunCard(
        id=str(view.id),
        status="live" if live else view.status.value,
        word="On its way" if live else WORDS[view.status],
        live=live,
        prompt=view.prompt,
        negative_prompt=view.negative_prompt,
        model_name=view.model_name,
        seed=str(view.seed),
        size=f"{view.width_px} × {view.height_px}",
        width_px=view.width_px,
        height_px=view.height_px,
        aspect=f"{view.width_px} / {view.height_px}",
        tile_width=f"{_tile_width_px(view)}px",
        columns=str(view.count),
        fewer_columns=str(_fewer_columns(view)),
        price=_price(view),
        price_note=_price_note(view),
        created_at=view.created_at.isoformat(),
        finished_at=view.finished_at.isoformat() if view.finished_at else "",
        message=_message(view),
        cost_note=_cost_note(view),
        provider_message=view.provider_message or "",
        task=TASKS[view.task],
        text=view.output_text or "",
        batch_id=str(view.batch_id) if view.batch_id else "",
        template=view.template or "",
        loras=[f"{lora['name']} × {lora['weight']:g}" for lora in view.loras],
        has_tiles=has_tiles,
        beside=has_tiles and view.count == 1 and view.task is Task.GENERATE,
        turns_into=turns_into,
        has_sources=bool(view.sources) and not turns_into,
        made_from=[_made_from(source) for source in view.sources],
        places=list(range(view.count)) if live and has_tiles else [],
        tiles=_tiles(view) if has_tiles and not live else [],
    )


def live_card(view: GenerationView) -> LiveCard:
    """Return the part of a card that changes while the generation is on its way."""
    return LiveCard(
        word="Cancel asked" if view.cancel_requested else WORDS[view.status],
        detail=_detail(view),
        share="" if view.progress is None else f"{round(view.progress * 100)}%",
        can_cancel=view.status in CANCELLABLE and not view.cancel_requested,
        cancel_note=_cancel_note(view),
        waits=view.status is _S.QUEUED,
        trend=TRENDS.get(view.outlook.queue_trend or "", ""),
        start_at=_time(view.outlook.expected_start_at),
        done_at=_time(view.outlook.expected_done_at),
        given_up_at=_time(view.outlook.given_up_at) if view.outlook.slow else "",
    )


def news(view: GenerationView) -> str:
    """Return what a screen reader says when a generation has come to rest."""
    images = TASKS[view.task] or ("1 image" if view.count == 1 else f"{view.count} images")
    match view.status:
        case _S.DONE:
            return f"{images} done"
        case _S.FAILED:
            return f"Generation failed. {_message(view)}"
        case _S.CANCELLED:
            return "Generation cancelled"
        case _S.UNKNOWN:
            return "Generation unconfirmed"
        case _:
            return ""


def _tile_width_px(view: GenerationView) -> int:
    side = TILE_SIDE_PX.get(view.count if view.task is Task.GENERATE else 2, SMALL_TILE_SIDE_PX)
    side = side if view.batch_id is None else BATCH_TILE_SIDE_PX
    return round(side * math.sqrt(view.width_px / view.height_px))


def _fewer_columns(view: GenerationView) -> int:
    """Tall images fit side by side where wide ones get too small; four make two rows of two."""
    return view.count if view.count <= 3 and view.width_px <= view.height_px else min(view.count, 2)


def _tiles(view: GenerationView) -> list[TileCard]:
    images = {image.index: image for image in view.images}
    return [_tile(images[i]) if i in images else TileCard("gone") for i in range(view.count)]


def _tile(image: ImageView) -> TileCard:
    if image.filtered:
        return TileCard("filtered", id=str(image.id))
    sizes = sorted(image.thumbnails.items())
    longest = max(image.width_px, image.height_px)
    return TileCard(
        "image",
        id=str(image.id),
        thumbhash=image.thumbhash,
        src=sizes[0][1] if sizes else image.url,
        srcset=", ".join(f"{url} {round(size * image.width_px / longest)}w" for size, url in sizes),
        download=image.download_url,
        rating=image.rating or 0,
        favorite=image.favorite,
    )


def _made_from(source: GenerationSourceView) -> MadeFrom:
    return MadeFrom(
        key=str(source.position),
        src=source.thumbnail_url or "",
        thumbhash=source.thumbhash or "",
        width=source.width_px,
        height=source.height_px,
        href=f"/gallery?image={source.image_id}" if source.image_id else "",
    )


def _time(value: datetime | None) -> str:
    return value.replace(microsecond=0).isoformat() if value else ""


def _detail(view: GenerationView) -> str:
    if view.queue_position is not None and view.status in (_S.QUEUED, _S.SUBMITTED):
        return "Next in line" if view.queue_position == 0 else f"Position {view.queue_position + 1}"
    phase = _sentence(view.phase or "")
    return "" if phase == WORDS[view.status] else phase


def _cancel_note(view: GenerationView) -> str:
    if view.status is _S.QUEUED:
        return "Cancel: nothing was sent, nothing is charged."
    return "Ask the provider to stop. What it has begun may be charged."


def _price(view: GenerationView) -> str:
    return usd_label(view.price_micros if view.charged_micros is None else view.charged_micros)


def _price_note(view: GenerationView) -> str:
    """Say how the price came about, and what of it was charged and given back."""
    if view.charged_micros is None:
        return f"{view.price_formula}. Set aside until it is done."
    released = view.price_micros - view.charged_micros
    note = f"{view.price_formula}. Charged {usd_label(view.charged_micros)}"
    return f"{note}, released {usd_label(released)}." if released > 0 else f"{note}."


def _message(view: GenerationView) -> str:
    match view.status:
        case _S.FAILED:
            return view.error.message if view.error else "The provider gave no reason."
        case _S.UNKNOWN:
            return "We do not know whether the provider took this. It is not sent again by itself."
        case _:
            return ""


def _cost_note(view: GenerationView) -> str:
    if view.status not in (_S.FAILED, _S.CANCELLED) or view.charged_micros is None:
        return ""
    if view.charged_micros == 0:
        return "Nothing was charged."
    amount = usd_label(view.charged_micros)
    return f"{amount} was charged." if view.status is _S.FAILED else f"{amount} counts as spent."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
