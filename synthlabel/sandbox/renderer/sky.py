"""Skies: gradient, sun or moon, stars, clouds, aurora."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from synthlabel.sandbox.renderer import noise
from synthlabel.sandbox.renderer.colour import Colour, Floats, mix, ramp, rgb, smoothstep
from synthlabel.sandbox.renderer.lexicon import VEILS, Hour, Place, Weather
from synthlabel.sandbox.renderer.stage import Stage, blend, columns, disc, glow, rows

_SUN_HEIGHT = {Hour.DAWN: 0.86, Hour.DAY: 0.3, Hour.SUNSET: 0.88, Hour.DUSK: 1.05, Hour.NIGHT: 0.34}
_CEILINGS = {Weather.RAIN: 0.72, Weather.STORM: 0.85, Weather.SNOW: 0.6}


def paint_sky(stage: Stage, *, horizon: float) -> None:
    """Fill the picture with sky down to ``horizon`` (px); below it the horizon's colour goes on."""
    depth = np.minimum(rows(stage)[:, 0] / max(1.0, horizon), 1.0) ** 0.9
    stage.pixels[:] = ramp(list(stage.light.sky), depth)[:, None, :]
    dark = stage.reading.hour is Hour.NIGHT or stage.reading.place is Place.MOON
    if (dark or stage.reading.hour is Hour.DUSK) and stage.reading.allows("star"):
        stars(stage, horizon, density=1.0 if dark else 0.35)
    if stage.reading.mentions("aurora", "borealis"):
        aurora(stage, horizon)
    _sun_or_moon(stage, horizon)
    if stage.reading.place is not Place.MOON and stage.reading.allows("cloud"):
        clouds(stage, horizon)


def stars(stage: Stage, horizon: float, *, density: float) -> None:
    count = int(stage.width * horizon / 260 * density)
    x = stage.rng.integers(0, stage.width, count)
    y = (stage.rng.random(count) ** 1.3 * horizon).astype(int) % stage.height
    shine = stage.rng.random(count).astype(np.float32) ** 5 * 210 + 26
    tints = np.stack([rgb("#ffffff"), rgb("#cfe0ff"), rgb("#ffe6c8")])[stage.rng.integers(0, 3, count)] / 255
    stage.pixels[y, x] += shine[:, None] * tints
    for order, index in enumerate(np.argsort(shine)[-max(1, count // 110) :]):
        at_x, at_y, size = float(x[index]), float(y[index]), stage.unit * 0.0054 * float(shine[index]) / 210
        disc(stage, at_x, at_y, radius=max(0.6, size * 0.45), tint=rgb("#ffffff"), opacity=0.85)
        if order % 5 == 0:
            glow(stage, at_x, at_y, radius=size * 3, tint=rgb("#dfe9ff"), strength=0.55)


def aurora(stage: Stage, horizon: float) -> None:
    height = int(horizon)
    if height < 4:
        return
    for tint, base in ((rgb("#38f0a0"), 0.62), (rgb("#7a5cff"), 0.42)):
        crest = horizon * (base + 0.13 * noise.line(stage.rng, stage.width, cells=2.5, octaves=2))
        curtain = 0.55 + 0.45 * noise.line(stage.rng, stage.width, cells=22, octaves=2)
        up = (crest - rows(stage, 0, height)) / (horizon * 0.42)
        veil = np.where(up > 0, np.exp(-up * 2.4), np.exp(up * 16)) * np.clip(curtain, 0.08, 1)
        region = stage.pixels[:height]
        region += (255 - region) * ((veil * 0.62)[..., None] * (tint / 255)).astype(np.float32)


def _sun_or_moon(stage: Stage, horizon: float) -> None:
    hour, reading = stage.reading.hour, stage.reading
    night = hour is Hour.NIGHT
    stage.sun_x = float(stage.rng.choice([stage.rng.uniform(0.14, 0.38), stage.rng.uniform(0.62, 0.86)]))
    x = stage.sun_x * stage.width
    y = horizon * (_SUN_HEIGHT[hour] + float(stage.rng.uniform(-0.08, 0.06)))
    veiled = reading.weather in VEILS
    strength = 0.36 if veiled else 0.8
    if not reading.allows("moon" if night else "sun"):
        return
    tint = stage.light.sun
    glow(
        stage,
        x,
        y,
        radius=stage.unit * (0.34 if night else 0.75),
        tint=mix(tint, stage.light.haze, 0.4),
        strength=strength * (0.42 if night else 0.8),
    )
    glow(stage, x, y, radius=stage.unit * 0.2, tint=tint, strength=strength * (0.5 if night else 0.9))
    if veiled or hour is Hour.DUSK or reading.casts("crescent moon", "full moon", "sun"):
        return
    radius = stage.unit * (0.052 if night else 0.05 if hour is Hour.DAY else 0.068)
    if reading.mentions("moon", "sun", "giant"):
        radius *= 1.5
    disc(stage, x, y, radius=radius, tint=tint)
    if night:
        _moon_face(stage, x, y, radius)


def _moon_face(stage: Stage, x: float, y: float, radius: float) -> None:
    grey = mix(stage.light.sun, stage.light.haze, 0.3)
    for dx, dy, size in ((-0.3, -0.15, 0.3), (0.25, 0.2, 0.22), (0.1, -0.42, 0.16), (-0.2, 0.42, 0.14)):
        disc(stage, x + dx * radius, y + dy * radius, radius=radius * size, tint=grey, opacity=0.55)


def clouds(stage: Stage, horizon: float) -> None:
    """Fair-weather heaps one by one; rain, storm and snow bring a closed ceiling."""
    if stage.reading.weather in _CEILINGS:
        _ceiling(stage, horizon, amount=_CEILINGS[stage.reading.weather])
        return
    count = round((3 if stage.reading.weather is Weather.CLEAR else 9) * max(0.8, stage.width / stage.height))
    for share in sorted(stage.rng.random(count).tolist(), reverse=True):
        _heap(stage, horizon * (0.1 + 0.74 * share), size=stage.unit * (0.34 - 0.27 * share), faint=0.35 * share)


def _heap(stage: Stage, base: float, *, size: float, faint: float) -> None:
    """One cloud: overlapping balls on a flat base, rounded by the slope of their blurred outline."""
    wide, tall = max(8, round(size)), max(6, round(size * 0.62))
    sheet = Image.new("L", (wide, tall))
    pen = ImageDraw.Draw(sheet)
    floor = tall * 0.74
    for at in np.linspace(0.14, 0.86, 9) + stage.rng.uniform(-0.05, 0.05, 9):
        radius = wide * (0.055 + 0.13 * float(stage.rng.uniform(0.55, 1)) * np.sin(np.pi * at) ** 1.2)
        x, y = at * wide, floor - radius * float(stage.rng.uniform(0.55, 1.0))
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    soft = np.asarray(sheet.filter(ImageFilter.BoxBlur(max(1, wide // 60))), np.float32) / 255
    deep = np.asarray(sheet.filter(ImageFilter.GaussianBlur(wide / 16)), np.float32) / 255
    under = np.clip((floor - np.arange(tall, dtype=np.float32)[:, None]) / (wide * 0.09) + 0.35, 0, 1)
    side = 1 if stage.sun_x < 0.5 else -1
    slope = (np.gradient(deep, axis=0) * 0.8 + np.gradient(deep, axis=1) * 0.5 * side) * wide
    lit = np.clip(0.42 + 0.14 * slope, 0, 1) * (0.45 + 0.55 * under)
    bright, dull = _cloud_colours(stage)
    left, top = round(float(stage.rng.uniform(-0.1, 1.1)) * stage.width - wide / 2), round(base - floor)
    x0, x1, y0, y1 = max(0, left), min(stage.width, left + wide), max(0, top), min(stage.height, top + tall)
    if x0 >= x1 or y0 >= y1:
        return
    seen = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    paint = mix(dull + (bright - dull) * lit[seen][..., None], stage.light.haze, faint)
    blend(stage.pixels[y0:y1, x0:x1], paint, (soft * (0.35 + 0.6 * under))[seen])


def _ceiling(stage: Stage, horizon: float, *, amount: float) -> None:
    height = max(4, int(horizon))
    small_w, small_h = max(4, stage.width // 2), max(4, height // 2)
    stretch = stage.width / max(1.0, stage.height)
    shape = noise.field(stage.rng, small_w, small_h, cells_x=2.4 * stretch + 1, cells_y=5, octaves=4, roughness=0.46)
    relief = shape - _moved(shape, 4 if stage.sun_x < 0.5 else -4, 4)
    fade = np.linspace(1, 0.3, small_h, dtype=np.float32)[:, None]
    cover = smoothstep(0.72 - amount * 0.5, 0.98 - amount * 0.3, shape) * fade
    cover = np.clip(noise.enlarged(cover.astype(np.float32), stage.width, height), 0, 1)
    lit = noise.enlarged(np.clip(0.5 - relief * 5.0, 0, 1).astype(np.float32), stage.width, height)
    bright, dull = _cloud_colours(stage)
    region = stage.pixels[:height]
    seen = region.shape[0]
    blend(region, dull + (bright - dull) * lit[:seen, :, None], cover[:seen])


def _moved(values: Floats, right: int, down: int) -> Floats:
    """``values`` shifted, its edges repeated."""
    y = np.clip(np.arange(values.shape[0]) - down, 0, values.shape[0] - 1)
    x = np.clip(np.arange(values.shape[1]) - right, 0, values.shape[1] - 1)
    return values[y[:, None], x]


def _cloud_colours(stage: Stage) -> tuple[Colour, Colour]:
    light = stage.light
    stormy = stage.reading.weather in {Weather.STORM, Weather.RAIN}
    bright = mix(light.sun, light.sky[2], 0.25) * (0.22 + 0.78 * light.strength**0.5)
    dull = mix(mix(light.sky[1], light.shade, 0.22), light.sky[2], 0.25)
    return (mix(bright, dull, 0.6), mix(dull, light.shade, 0.4)) if stormy else (bright, dull)


def mist(stage: Stage, y: float, *, thickness: float, strength: float) -> None:
    """A bank of fog lying around row ``y``."""
    top, bottom = max(0, int(y - thickness * 2)), min(stage.height, int(y + thickness * 2))
    if top >= bottom:
        return
    wave = y + thickness * 0.35 * noise.line(stage.rng, stage.width, cells=2, octaves=2)
    away = (rows(stage, top, bottom) - wave) / thickness
    patches = 0.75 + 0.25 * noise.line(stage.rng, columns(stage).size, cells=3, octaves=2)
    blend(
        stage.pixels[top:bottom], stage.light.haze, (np.exp(-away * away * 1.6) * strength * patches).astype(np.float32)
    )
