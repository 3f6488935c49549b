"""One picture from beginning to end."""

from collections.abc import Callable
from math import sqrt
from typing import Final

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import acting, beyond, city, countryside, finish, indoors, shore, weather
from synthlabel.sandbox.renderer.chance import chance
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.lexicon import Place
from synthlabel.sandbox.renderer.light import light_of
from synthlabel.sandbox.renderer.picture import Picture
from synthlabel.sandbox.renderer.reading import read
from synthlabel.sandbox.renderer.stage import Stage
from synthlabel.sandbox.renderer.style import styled

_SCENES: Final[dict[Place, Callable[[Stage], None]]] = {
    Place.MOUNTAINS: countryside.mountains,
    Place.FOREST: countryside.forest,
    Place.MEADOW: countryside.meadow,
    Place.SNOW: countryside.snowfield,
    Place.VILLAGE: countryside.village,
    Place.DESERT: countryside.desert,
    Place.MARS: countryside.mars,
    Place.MOON: countryside.moon,
    Place.BEACH: shore.beach,
    Place.SEA: shore.sea,
    Place.CLIFF: shore.cliff,
    Place.SKY: shore.above_clouds,
    Place.CITY: city.city,
    Place.ROOM: indoors.room,
    Place.LIBRARY: indoors.bookcases,
    Place.TABLE: indoors.table,
    Place.STUDIO: indoors.studio,
    Place.SPACE: beyond.space,
    Place.UNDERWATER: beyond.underwater,
    Place.ABSTRACT: beyond.abstract,
}
_SMALL_AREA_PX: Final = 320 * 320  # drawn at full size
_LARGEST_STAGE_PX: Final = 1200 * 1200  # scenery is soft anyway; subjects are always drawn at full size


def render(picture: Picture) -> Image.Image:
    """Draw ``picture``: RGB, exactly its size, with a visible SANDBOX badge.

    The same picture gives the same pixels, in every process and thread. Safe to call from many threads at once.
    """
    stage = scene(picture)
    image = finish.developed(stage, picture.endpoint, width_px=picture.width_px, height_px=picture.height_px)
    return completed(stage, image, picture)


def scene(picture: Picture) -> Stage:
    """The place and its light, without subjects."""
    stage = _stage(picture)
    _SCENES[stage.reading.place](stage)
    weather.strike(stage)
    return stage


def completed(
    stage: Stage, image: Image.Image, picture: Picture, *, arrange: acting.Arrangement | None = None
) -> Image.Image:
    """Subjects, weather, style, grain and badge on ``image``, which is drawn on. ``arrange`` may move the subjects."""
    acting.perform(stage, image, arrange=arrange)
    weather.fall(stage, image)
    image = finish.grained(styled(image, picture.style))
    finish.badge(image)
    return image


def blank(width_px: int, height_px: int) -> Image.Image:
    """The black picture that a safety filter gives instead of what it withholds."""
    return Image.new("RGB", (width_px, height_px))


def _stage(picture: Picture) -> Stage:
    reading = read(picture.prompt, picture.negative_prompt, library())
    rng = chance("scene", picture.seed, picture.endpoint, *picture.prompt.casefold().split())
    width, height = _stage_size(picture.width_px, picture.height_px)
    light = light_of(reading, rng)
    return Stage(np.zeros((height, width, 3), np.float32), reading, light, rng)


def _stage_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Scenery is painted at half size and enlarged, which also smooths its edges."""
    area = width_px * height_px
    share = 1.0 if area <= _SMALL_AREA_PX else min(0.5, sqrt(_LARGEST_STAGE_PX / area))
    return max(32, round(width_px * share)), max(32, round(height_px * share))
