"""Scenes under a roof: room, library, table top, studio."""

import numpy as np

from synthlabel.sandbox.renderer import noise
from synthlabel.sandbox.renderer.colour import Colour, Floats, colour, mix, rgb, shifted, smoothstep
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.lexicon import Hour, Mood
from synthlabel.sandbox.renderer.noise import enlarged
from synthlabel.sandbox.renderer.stage import Ground, Stage, blend, disc, glow, place_sprite, rows

_WALLS = ("#c9d3cf", "#d8c7b4", "#b9c4d6", "#cdb9b4", "#a9b9a4", "#d9cfa8", "#8fa3a8")
_FURNITURE = ("potted plant", "couch and lamp", "chair")
_STUDIOS = ("#6d8fd6", "#e39a7c", "#8cc1a4", "#c58fc9", "#e6c36a", "#79b7c9", "#d97f86", "#9a92d8")


def _brightness(stage: Stage) -> float:
    dim = {Hour.NIGHT: 0.42, Hour.DUSK: 0.62, Hour.SUNSET: 0.86}.get(stage.reading.hour, 1.0)
    return dim * (0.6 if Mood.DARK in stage.reading.moods else 1.0)


def _wall_colour(stage: Stage, choices: tuple[str, ...]) -> Colour:
    named = stage.reading.colours
    base = colour(named[0]) if named else rgb(choices[(stage.reading.salt >> 20) % len(choices)])
    return shifted(base, float(stage.rng.uniform(-6, 6)))


def _pool(stage: Stage, x: float, y: float, radius: float) -> Floats:
    """Fall-off (1 in the middle) of a soft lamp, in shares of the picture; shape of the picture."""
    across, down = max(4, stage.width // 6), max(4, stage.height // 6)
    dx = (np.linspace(0, 1, across, dtype=np.float32) - x) * stage.width / (radius * stage.unit)
    dy = (np.linspace(0, 1, down, dtype=np.float32)[:, None] - y) * stage.height / (radius * stage.unit)
    return enlarged((1 / (1 + dx * dx + dy * dy)).astype(np.float32), stage.width, stage.height)


def studio(stage: Stage) -> None:
    """A seamless backdrop bending into the floor, a big soft light, sometimes a plinth."""
    base = _wall_colour(stage, _STUDIOS)
    stage.sun_x = float(stage.rng.uniform(0.25, 0.75))
    spot = _pool(stage, stage.sun_x, 0.4, 0.75)[..., None]
    bend = smoothstep(0.6, 0.84, rows(stage) / stage.height)[..., None]
    lit, dim = mix(base, rgb("#ffffff"), 0.42) * 1.02, shifted(base, -8, saturation=1.12, value=0.56)
    stage.pixels[:] = dim + (lit - dim) * np.clip(spot * 1.08 - 0.1 + bend * 0.16, 0, 1)
    stage.pixels *= 1 - 0.1 * np.exp(-(((rows(stage) / stage.height - 0.72) / 0.05) ** 2))[..., None]
    stage.pixels *= np.float32(0.45 + 0.55 * _brightness(stage))
    stage.ground = Ground(near=0.88, far=0.8, size=0.5, soft=False, mirror=0.12)
    if not stage.reading.portrait and stage.reading.roles and stage.rng.random() < 0.5:
        _plinth(stage, base)


def _plinth(stage: Stage, base: Colour) -> None:
    wide, top = 0.3 * stage.unit, 0.8 * stage.height
    x = np.arange(stage.width, dtype=np.float32) - stage.width / 2
    inside = np.clip(wide - np.abs(x), 0, 1)
    curve = np.sqrt(np.clip(1 - (x / wide) ** 2, 0, 1)) * 0.035 * stage.unit
    cover = (
        inside
        * np.clip(rows(stage) - (top + curve) + 0.5, 0, 1)
        * np.clip(0.93 * stage.height + curve - rows(stage), 0, 1)
    )
    shade = 0.98 - 0.38 * np.clip(x / wide * (1 if stage.sun_x < 0.5 else -1), -1, 1) ** 2 - 0.14 * (x / wide)
    side = mix(base, rgb("#ffffff"), 0.25)
    blend(stage.pixels, (side * shade[:, None]).astype(np.float32)[None], cover.astype(np.float32))
    lid = np.clip((1 - (x / wide) ** 2 - ((rows(stage) - top) / (0.035 * stage.unit)) ** 2) * 18, 0, 1)
    blend(stage.pixels, mix(base, rgb("#ffffff"), 0.6), lid.astype(np.float32))
    stage.ground = Ground(near=0.81, far=0.8, left=0.32, right=0.68, size=0.46, soft=False, mirror=0.1)


def room(stage: Stage) -> None:
    wall = _wall_colour(stage, _WALLS)
    floor_y = float(stage.rng.uniform(0.7, 0.76))
    stage.sun_x = float(stage.rng.choice([stage.rng.uniform(0.16, 0.3), stage.rng.uniform(0.7, 0.84)]))
    bright = _brightness(stage)
    stage.pixels[:] = wall * np.float32(bright * 0.78)
    light = _pool(stage, stage.sun_x, 0.35, 0.7)[..., None]
    stage.pixels += (mix(wall, rgb("#fff4dc"), 0.55) * bright - stage.pixels) * np.clip(light * 0.95, 0, 1)
    _window(stage)
    _boards(stage, floor_y, rgb("#9a6b43") * (0.55 + 0.45 * bright))
    _skirting(stage, floor_y, mix(wall, rgb("#ffffff"), 0.5) * bright)
    _furnish(stage, floor_y)
    stage.ground = Ground(near=0.93, far=0.83, size=0.44, soft=False, mirror=0.1)


def _window(stage: Stage) -> None:
    """A window that shows the hour, and the light it throws."""
    x, y, half, tall = stage.sun_x * stage.width, 0.34 * stage.height, 0.12 * stage.unit, 0.17 * stage.unit
    frame = stage.light.on(rgb("#f4f0ea"))
    for grow, is_pane in ((1.12, False), (1.0, True)):
        x0, x1 = max(0, round(x - half * grow)), min(stage.width, round(x + half * grow))
        y0, y1 = max(0, round(y - tall * grow)), round(y + tall * grow)
        if is_pane:
            t = np.linspace(0.1, 1, y1 - y0, dtype=np.float32)[:, None, None]
            stage.pixels[y0:y1, x0:x1] = stage.light.sky[0] + (stage.light.sky[2] - stage.light.sky[0]) * t
        else:
            stage.pixels[y0:y1, x0:x1] = frame
    bar = max(1, round(0.005 * stage.unit))
    stage.pixels[round(y - tall) : round(y + tall), round(x) - bar : round(x) + bar] = frame
    stage.pixels[round(y) - bar : round(y) + bar, max(0, round(x - half)) : round(x + half)] = frame
    glow(stage, x, y, radius=0.5 * stage.unit, tint=stage.light.sun, strength=0.1 + 0.32 * stage.light.strength)


def _boards(stage: Stage, y: float, wood: Colour) -> None:
    """A plank floor, planks wider the nearer they are."""
    top = int(y * stage.height)
    depth = (rows(stage, top) - top) / max(1, stage.height - top)
    x = (np.arange(stage.width, dtype=np.float32) / stage.width - 0.5) * stage.width / stage.unit
    plank = x / (0.3 + 0.9 * depth) * 9
    tone = noise.line(stage.rng, 64, cells=64, octaves=1)[np.floor(plank).astype(int) % 64] * 0.09
    seam = np.exp(-((np.abs(plank - np.round(plank)) * 22) ** 2)) * 0.3
    grain = noise.field(stage.rng, stage.width, stage.height - top, cells_x=26, cells_y=5, octaves=3) - 0.5
    shine = 0.84 + 0.34 * _pool(stage, stage.sun_x, y + 0.12, 0.5)[top:]
    stage.pixels[top:] = wood * ((1 + tone + grain * 0.16 - seam) * shine * (0.92 + 0.16 * depth))[..., None]


def _skirting(stage: Stage, y: float, tone: Colour) -> None:
    top, bottom = round((y - 0.028) * stage.height), round(y * stage.height)
    stage.pixels[top:bottom] = tone * 0.92
    stage.pixels[bottom : bottom + max(1, stage.height // 160)] *= 0.6


def _furnish(stage: Stage, floor_y: float) -> None:
    far = 1 - stage.sun_x
    if stage.light.strength < 0.5:
        x, y = far * stage.width, 0.3 * stage.height
        glow(stage, x, y, radius=0.75 * stage.unit, tint=rgb("#ffb45e"), strength=0.62)
    piece = _FURNITURE[int(stage.rng.integers(0, len(_FURNITURE)))]
    tall = 0.3 if piece != "potted plant" else 0.24
    _stand(stage, piece, x=far * stage.width + 0.16 * stage.unit, foot=floor_y + 0.05, tall=tall)
    art_x = far * stage.width + float(stage.rng.uniform(-0.08, 0.08)) * stage.unit
    _stand(stage, "framed picture", x=art_x, foot=float(stage.rng.uniform(0.38, 0.46)), tall=0.18)


def _stand(stage: Stage, name: str, *, x: float, foot: float, tall: float) -> None:
    picture = library().sprites[name].picture()
    place_sprite(stage, picture, x=x, foot=foot * stage.height, height=tall * stage.unit, haze=0.08)


def bookcases(stage: Stage) -> None:
    """Shelves of books, out of focus, under warm lamps."""
    across = max(32, int(stage.width / stage.unit * 90))
    shelf_rows = 5 if stage.height < stage.width * 1.2 else 8
    pixels = np.zeros((shelf_rows * 24, across, 3), np.float32)
    spines = [
        rgb(code)
        for code in ("#7c2d2a", "#2d4a5e", "#3f5a3a", "#8a6a34", "#4a2f4f", "#b08a5a", "#25344a", "#6b3a24", "#a8876a")
    ]
    for row in range(shelf_rows):
        _fill_shelf(stage, pixels[row * 24 : row * 24 + 24], spines)
    for channel in range(3):
        stage.pixels[..., channel] = enlarged(np.ascontiguousarray(pixels[..., channel]), stage.width, stage.height)
    stage.sun_x = float(stage.rng.choice([0.24, 0.76]))
    light = _pool(stage, stage.sun_x, 0.3, 0.55)[..., None]
    stage.pixels *= (0.34 + 0.95 * light) * (0.6 + 0.4 * _brightness(stage)) * colour((1.1, 0.94, 0.76))
    lamps = [(stage.sun_x, 0.26, 0.9)] + [
        (float(x), float(y), 0.5) for x, y in stage.rng.uniform(0.1, 0.6, (5, 2)) * [1.6, 1]
    ]
    for x, y, strength in lamps:
        glow(
            stage,
            x * stage.width,
            y * stage.height,
            radius=0.16 * stage.unit * strength,
            tint=rgb("#ffbe6a"),
            strength=strength,
        )
    _boards(stage, 0.82, rgb("#6a4228"))
    stage.ground = Ground(near=0.94, far=0.86, size=0.46, soft=False, mirror=0.12)


def _fill_shelf(stage: Stage, shelf: Floats, spines: list[Colour]) -> None:
    shelf[:] = rgb("#2a1a12")
    x = 0
    while x < shelf.shape[1]:
        wide, tall = int(stage.rng.integers(1, 4)), int(stage.rng.integers(13, 20))
        if stage.rng.random() > 0.08:
            spine = spines[int(stage.rng.integers(0, len(spines)))] * float(stage.rng.uniform(0.75, 1.35))
            shelf[21 - tall : 21, x : x + wide] = spine
            shelf[21 - tall + 3 : 21 - tall + 4, x : x + wide] = spine * 1.5
        x += wide
    shelf[21:24] = rgb("#6e4527")


def table(stage: Stage) -> None:
    """A wooden table top before a blurred room full of lights."""
    tone = _wall_colour(stage, ("#4f9a92", "#b97a52", "#5578a8", "#a8657a", "#6a9a5a", "#c29a4a")) * (
        0.5 + 0.5 * _brightness(stage)
    )
    stage.sun_x = float(stage.rng.choice([0.24, 0.76]))
    light = _pool(stage, stage.sun_x, 0.2, 0.75)[..., None]
    stage.pixels[:] = tone * 0.42 + (mix(tone, rgb("#ffeecb"), 0.6) - tone * 0.42) * np.clip(light, 0, 1)
    for _ in range(16):
        x, y = stage.rng.random(), stage.rng.uniform(0.04, 0.56)
        tint = mix(rgb("#ffd9a0"), shifted(tone, 40, value=1.5), float(stage.rng.random()))
        disc(
            stage,
            x * stage.width,
            y * stage.height,
            radius=stage.unit * float(stage.rng.uniform(0.02, 0.065)),
            tint=tint,
            opacity=float(stage.rng.uniform(0.12, 0.42)),
        )
    _table_top(stage, 0.62)
    stage.ground = Ground(near=0.88, far=0.74, left=0.2, right=0.8, size=0.56, soft=False, mirror=0.12, shadow=0.6)


def _table_top(stage: Stage, y: float) -> None:
    woods = {"marble": "#d9d7d4", "white": "#d8d2c8", "dark": "#4a3020", "stone": "#8a8a8c"}
    named = next((code for word, code in woods.items() if stage.reading.mentions(word)), None)
    wood = rgb(named or ("#a06a3c", "#b98552", "#7d5230")[(stage.reading.salt >> 10) % 3]) * (
        0.5 + 0.5 * _brightness(stage)
    )
    top = int(y * stage.height)
    tall = stage.height - top
    depth = (rows(stage, top) - top) / tall
    rings = noise.field(
        stage.rng, stage.width, tall, cells_x=2.4 * stage.width / stage.unit, cells_y=9, octaves=4, roughness=0.6
    )
    grain = np.sin(rings * 46 + depth * 26) * 0.05 + (rings - 0.5) * 0.3
    boards = depth**0.72 * 3.2
    seam = np.exp(-((np.abs(boards - np.round(boards)) * 60) ** 2)) * 0.4 * (np.round(boards) > 0)
    shine = 0.62 + 0.62 * _pool(stage, stage.sun_x, y + 0.08, 0.6)[top:]
    stage.pixels[top:] = wood * ((1 + grain - seam) * shine)[..., None]
    edge = np.exp(-(rows(stage, top) - top) / (0.006 * stage.height))[..., None] * 0.35
    stage.pixels[top:] += (255 - stage.pixels[top:]) * edge.astype(np.float32)
