"""Scenes beyond the everyday: space, under water, abstract."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from synthlabel.sandbox.renderer import land, noise, sky
from synthlabel.sandbox.renderer.colour import Colour, Floats, colour, luma, mix, ramp, rgb, shifted, smoothstep
from synthlabel.sandbox.renderer.countryside import shafts
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.stage import Ground, Stage, blend, columns, disc, glow, place_sprite, rows

_NEBULAS = (
    ("#1b0f4a", "#a03cc8", "#ff8a6a"),
    ("#06283f", "#1f8fb0", "#9af0d0"),
    ("#2a0a2f", "#c02f6a", "#ffc06a"),
    ("#0a1a4f", "#3f6fe0", "#d09aff"),
)


def _accents(stage: Stage, choices: tuple[tuple[str, ...], ...]) -> list[Colour]:
    """The prompt's own colours, dark to light; else a set that its words pick."""
    if stage.reading.colours:
        named = [colour(triple) for triple in stage.reading.colours]
        if len(named) == 1:
            named = [shifted(named[0], -24, value=0.45), named[0], mix(shifted(named[0], 24), rgb("#ffffff"), 0.45)]
        return named
    turn = float(stage.rng.uniform(-14, 14))
    return [shifted(rgb(code), turn) for code in choices[(stage.reading.salt >> 16) % len(choices)]]


def space(stage: Stage) -> None:
    accents = _accents(stage, _NEBULAS)
    stage.pixels[:] = mix(accents[0] * 0.16, rgb("#04050c"), 0.6)
    stretch = stage.width / stage.height
    drift = noise.field(
        stage.rng, stage.width, stage.height, cells_x=2.2 * stretch, cells_y=2.2, octaves=5, roughness=0.56
    )
    dust = noise.field(
        stage.rng, stage.width, stage.height, cells_x=3.2 * stretch, cells_y=3.2, octaves=4, roughness=0.6
    )
    band = np.exp(
        -(
            (
                (
                    rows(stage) / stage.height
                    - 0.5
                    + (columns(stage) / stage.width - 0.5) * float(stage.rng.uniform(-0.8, 0.8))
                )
                / 0.34
            )
            ** 2
        )
    )
    cloud = smoothstep(0.3, 0.85, drift * (0.55 + 0.6 * band)) * (0.35 + 0.65 * dust)
    stage.pixels += ramp([accents[0] * 0.4, *accents[1:], accents[-1]], cloud) * (cloud * 1.5)[..., None]
    sky.stars(stage, float(stage.height), density=1.5)
    stage.sun_x = float(stage.rng.choice([0.2, 0.8]))
    if stage.reading.allows("planet", "planets") and (not stage.reading.portrait):
        _planet(stage, accents)
    stage.ground = Ground(near=0.74, far=0.5, size=0.44, soft=False, shadow=0.0, afloat=True)


def _planet(stage: Stage, accents: list[Colour]) -> None:
    """A banded sphere, lit from the sun's side, with a rim of air."""
    radius = stage.unit * float(stage.rng.uniform(0.16, 0.34))
    x = stage.width * (0.16 if stage.sun_x > 0.5 else 0.84) + float(stage.rng.uniform(-0.05, 0.05)) * stage.width
    y = stage.height * float(stage.rng.choice([0.22, 0.8]))
    glow(stage, x, y, radius=radius * 1.7, tint=accents[-1], strength=0.42)
    left, top = int(x - radius - 1), int(y - radius - 1)
    x0, y0, x1, y1 = (
        max(0, left),
        max(0, top),
        min(stage.width, int(x + radius + 2)),
        min(stage.height, int(y + radius + 2)),
    )
    if x0 >= x1 or y0 >= y1:
        return
    dx = (np.arange(x0, x1, dtype=np.float32) - x) / radius
    dy = (np.arange(y0, y1, dtype=np.float32)[:, None] - y) / radius
    out = dx * dx + dy * dy
    up = np.sqrt(np.clip(1 - out, 0, 1))
    day = np.clip((dx * (1 if stage.sun_x > 0.5 else -1) * 0.75 - dy * 0.35 + up * 0.5), 0, 1)
    storms = noise.field(stage.rng, x1 - x0, y1 - y0, cells_x=3, cells_y=9, octaves=4)
    bands = 0.5 + 0.5 * np.sin((dy + dx * 0.25) * 7 + storms * 4.5)
    surface = ramp([accents[0] * 1.3, accents[1], mix(accents[-1], rgb("#ffffff"), 0.2)], bands)
    paint = surface * (0.04 + 1.05 * day)[..., None]
    rim = np.clip(out, 0, 1) ** 6 * day
    paint += (255 - paint) * (rim[..., None] * 0.7) * (accents[-1] / 255)
    blend(stage.pixels[y0:y1, x0:x1], paint.astype(np.float32), np.clip((1 - np.sqrt(out)) * radius + 0.5, 0, 1))


def underwater(stage: Stage) -> None:
    waters = (("#0a2f5c", "#12729a", "#7fe0dc"), ("#062b40", "#0f7a86", "#8ff0cf"), ("#101f5a", "#2466b8", "#8fd4f5"))
    deep, middle, shallow = (
        _accents(stage, waters)[:3] if not stage.reading.colours else [rgb(code) for code in waters[0]]
    )
    dim = 0.4 + 0.6 * stage.light.strength
    t = (rows(stage) / stage.height)[:, 0]
    stage.pixels[:] = ramp([shallow * dim, middle * dim, mix(middle, deep, 0.6) * dim, deep * dim], t)[:, None, :]
    stage.sun_x = float(stage.rng.uniform(0.3, 0.7))
    glow(
        stage,
        stage.sun_x * stage.width,
        -0.08 * stage.height,
        radius=0.7 * stage.unit,
        tint=rgb("#eafff4"),
        strength=0.85 * dim,
    )
    shafts(stage, strength=0.36 * dim, tilt=0.28)
    haze = mix(middle, deep, 0.35) * dim
    for at, swing, share in ((0.7, 0.12, 0.75), (0.78, 0.08, 0.5)):
        ridge = land.rugged(stage, at * stage.height, swing=swing * stage.unit, cells=2.4)
        land.hill(stage, ridge, crest=mix(deep, haze, share), foot=haze, depth=0.3 * stage.height)
    _seabed(stage, haze, dim)
    _bubbles(stage)
    stage.ground = Ground(near=0.72, far=0.46, size=0.44, soft=False, shadow=0.0, afloat=True)


def _seabed(stage: Stage, haze: Colour, dim: float) -> None:
    sand = mix(rgb("#e6d3a0") * dim, haze, 0.42)
    ridge = land.rolling(stage, 0.88 * stage.height, swing=0.03 * stage.unit, cells=1.6)
    land.hill(
        stage,
        ridge,
        crest=sand,
        foot=mix(sand * 0.6, haze, 0.3),
        depth=0.14 * stage.height,
        grain=land.speckle(stage, cells=10, depth=0.16),
    )
    names = ("coral", "herb", "coral", "spiral shell", "coral", "seedling")
    for x in np.linspace(0.05, 0.95, 6) + stage.rng.uniform(-0.06, 0.06, 6):
        name = names[int(stage.rng.integers(0, len(names)))]
        picture = library().sprites[name].picture()
        tall = stage.unit * float(stage.rng.uniform(0.08, 0.17)) * (0.5 if name == "spiral shell" else 1)
        lit = stage.light
        stage.light = type(lit)(lit.sky, lit.sun, haze, lit.shade, colour((0.72, 0.95, 1.0)), lit.strength)
        place_sprite(
            stage,
            picture,
            x=float(x) * stage.width,
            foot=stage.height * float(stage.rng.uniform(0.92, 0.98)),
            height=tall,
            haze=0.3,
        )
        stage.light = lit


def _bubbles(stage: Stage) -> None:
    for cluster in stage.rng.random((4, 2)):
        for x, y, size in stage.rng.random((6, 3)):
            at_x = (cluster[0] + (x - 0.5) * 0.06) * stage.width
            at_y = (cluster[1] * 0.8 + (y - 0.5) * 0.25) * stage.height
            radius = stage.unit * (0.003 + 0.009 * size**2)
            disc(stage, at_x, at_y, radius=radius, tint=rgb("#d9fbff"), opacity=0.22)
            disc(
                stage, at_x - radius * 0.35, at_y - radius * 0.35, radius=radius * 0.3, tint=rgb("#ffffff"), opacity=0.8
            )


_PALETTES = (
    ("#0f2a3f", "#1f7a8c", "#bfdbc4", "#f2c14e"),
    ("#2b0f3a", "#a4275e", "#f2704f", "#ffd98a"),
    ("#101820", "#3b4cc0", "#a06cf0", "#f5c6e8"),
    ("#12332b", "#3f8f5f", "#d9d98a", "#f5f0dc"),
    ("#1b1b2f", "#e0455a", "#f0a04f", "#fbe8c6"),
    ("#082032", "#2c6e9b", "#7fc8e8", "#f4f7ee"),
)


def abstract(stage: Stage) -> None:
    """Marble, ribbons or circles of light: the words choose which."""
    accents = sorted(_accents(stage, _PALETTES), key=lambda tone: float(luma(tone)))
    if stage.reading.mentions("marble", "fluid", "liquid", "ink", "paint"):
        style = 0
    elif stage.reading.mentions("silk", "wave", "waves", "ribbon", "flow", "gradient"):
        style = 1
    elif stage.reading.mentions("bokeh", "circle", "circles", "dot", "geometric", "bubble"):
        style = 2
    else:
        style = (stage.reading.salt >> 6) % 3
    (_marble, _ribbons, _circles)[style](stage, accents)
    stage.ground = Ground(near=0.72, far=0.6, size=0.46, soft=False, shadow=0.35, afloat=True)


def _warped(stage: Stage, *, cells: float, warp: float) -> Floats:
    """Smooth noise bent by other noise; taken at half size, so that its contours are smooth."""
    wide, tall = stage.width // 2, stage.height // 2
    across = cells * stage.width / stage.height
    east, south = (noise.field(stage.rng, wide, tall, cells_x=across, cells_y=cells, octaves=2) - 0.5 for _ in range(2))
    base = noise.field(stage.rng, 2 * wide, 2 * tall, cells_x=across * 1.4, cells_y=cells * 1.4, octaves=3)
    push = warp * stage.unit / 2
    x = np.clip(np.arange(wide) + wide / 2 + east * push, 0, 2 * wide - 1).astype(np.intp)
    y = np.clip(np.arange(tall)[:, None] + tall / 2 + south * push, 0, 2 * tall - 1).astype(np.intp)
    softened = noise.enlarged(base[y, x], max(2, wide // 2), max(2, tall // 2))
    return noise.enlarged(softened, stage.width, stage.height)


def _marble(stage: Stage, accents: list[Colour]) -> None:
    flow = _warped(stage, cells=1.9, warp=1.1)
    flow = (flow - flow.min()) / max(1e-3, float(np.ptp(flow)))
    bands = 0.5 + 0.5 * np.sin(flow * 21)
    body = ramp(
        [accents[0] * 0.55, accents[0], *accents[1:-1], mix(accents[-1], rgb("#ffffff"), 0.25)],
        bands.astype(np.float32) * smoothstep(0.05, 0.7, flow),
    )
    vein = np.exp(-((np.sin(flow * 21 + 0.9) * 7) ** 2)) * smoothstep(0.35, 0.6, flow)
    relief = (flow - np.roll(flow, (2, 2), (0, 1))) * stage.unit / 512
    stage.pixels[:] = body
    blend(stage.pixels, mix(accents[-1], rgb("#fff0c0"), 0.45), (vein * 0.9).astype(np.float32))
    stage.pixels *= (1 + np.clip(relief * 9, -0.22, 0.3))[..., None]


def _ribbons(stage: Stage, accents: list[Colour]) -> None:
    t = rows(stage)[:, 0] / stage.height
    stage.pixels[:] = ramp([accents[-1], mix(accents[-1], accents[len(accents) // 2], 0.6)], t)[:, None, :]
    count = 9
    for index in range(count):
        share = index / (count - 1)
        tone = ramp([*accents[::-1]], np.array(share, np.float32))
        y = stage.height * (0.02 + 1.0 * share)
        ridge = land.rolling(stage, y, swing=0.16 * stage.unit, cells=1.1, octaves=2)
        shadow = tone * 0.4
        below = np.clip((rows(stage) - ridge + 0.05 * stage.unit) / (0.05 * stage.unit), 0, 1)
        blend(stage.pixels, shadow, (below**2 * 0.2).astype(np.float32))
        land.hill(stage, ridge, crest=mix(tone, rgb("#ffffff"), 0.3), foot=tone * 0.72, depth=0.22 * stage.height)


def _circles(stage: Stage, accents: list[Colour]) -> None:
    t = np.clip(rows(stage) / stage.height * 0.6 + columns(stage) / stage.width * 0.4, 0, 1)
    stage.pixels[:] = ramp([accents[0] * 0.6, accents[len(accents) // 3], accents[0] * 0.9], t)
    sheet = Image.new("L", (stage.width, stage.height))
    for blur, count, low, high in ((0.02, 16, 0.06, 0.2), (0.006, 16, 0.03, 0.1), (0.0, 14, 0.01, 0.045)):
        for _ in range(count):
            tint = mix(
                accents[int(stage.rng.integers(1, len(accents)))] if len(accents) > 1 else accents[0],
                rgb("#ffffff"),
                0.15,
            )
            sheet.paste(0, (0, 0, *sheet.size))
            x, y = stage.rng.random() * stage.width, stage.rng.random() * stage.height
            radius = stage.unit * float(stage.rng.uniform(low, high))
            ImageDraw.Draw(sheet).ellipse((x - radius, y - radius, x + radius, y + radius), fill=150)
            edge = max(0, int(radius + 4 * blur * stage.unit + 2))
            box = (
                max(0, int(x) - edge),
                max(0, int(y) - edge),
                min(stage.width, int(x) + edge),
                min(stage.height, int(y) + edge),
            )
            if box[0] >= box[2] or box[1] >= box[3]:
                continue
            spot = sheet.crop(box).filter(ImageFilter.BoxBlur(blur * stage.unit))
            region = stage.pixels[box[1] : box[3], box[0] : box[2]]
            blend(region, tint, np.asarray(spot, np.float32) / 255)
