"""Weather before the lens: rain, snow, fog, lightning."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from synthlabel.sandbox.renderer.colour import mix, rgb
from synthlabel.sandbox.renderer.lexicon import INDOORS, WORLDS, Place, Weather
from synthlabel.sandbox.renderer.stage import Stage, glow


def is_outdoors(stage: Stage) -> bool:
    return stage.reading.place not in INDOORS and stage.reading.place not in WORLDS


def strike(stage: Stage) -> None:
    """A flash of lightning in the painted sky, before any subject."""
    if stage.reading.weather is not Weather.STORM or not is_outdoors(stage) or not stage.reading.allows("lightning"):
        return
    x, y = stage.width * float(stage.rng.uniform(0.15, 0.85)), 0.0
    points = [(x, y)]
    while y < 0.58 * stage.height:
        x += stage.unit * float(stage.rng.uniform(-0.05, 0.05))
        y += stage.height * float(stage.rng.uniform(0.03, 0.07))
        points.append((x, y))
    sheet = Image.new("L", (stage.width, stage.height))
    pen = ImageDraw.Draw(sheet)
    pen.line(points, fill=255, width=max(1, round(stage.unit / 190)))
    fork = points[len(points) // 2 :]
    turned = [(2 * fork[0][0] - px + 0.1 * (py - fork[0][1]), fork[0][1] + (py - fork[0][1]) * 0.7) for px, py in fork]
    pen.line(turned, fill=150, width=max(1, round(stage.unit / 380)))
    halo = np.asarray(sheet.filter(ImageFilter.BoxBlur(max(1, round(stage.unit / 70)))), np.float32) / 255
    core = np.asarray(sheet, np.float32) / 255
    stage.pixels += (255 - stage.pixels) * (np.clip(core + halo * 1.6, 0, 1)[..., None] * (rgb("#e6e2ff") / 255))
    glow(stage, points[0][0], 0.1 * stage.height, radius=0.6 * stage.unit, tint=rgb("#b8b4ff"), strength=0.6)


def fall(stage: Stage, picture: Image.Image) -> None:
    """Rain, snow or fog over the finished picture, subjects included."""
    if not is_outdoors(stage):
        return
    weather = stage.reading.weather
    if weather in {Weather.RAIN, Weather.STORM} and stage.reading.allows("rain"):
        _lay(picture, _rain(stage), tint=mix(stage.light.haze, rgb("#ffffff"), 0.55))
    snowing = weather is Weather.SNOW or (
        weather is not Weather.CLEAR
        and (stage.reading.place is Place.SNOW or stage.reading.mentions("snow", "snowy", "winter"))
    )
    if snowing and stage.reading.allows("snow", "snowing", "snowfall"):
        _lay(
            picture,
            _flakes(stage, dense=weather is Weather.SNOW),
            tint=rgb("#ffffff") * (0.6 + 0.4 * stage.light.strength),
        )
    if weather is Weather.FOG and stage.reading.allows("fog", "mist"):
        _lay(picture, _veil(stage), tint=stage.light.haze)


def _lay(picture: Image.Image, cover: Image.Image, *, tint: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> None:
    picture.paste(
        tuple(int(min(255, channel)) for channel in tint), (0, 0), cover.resize(picture.size, Image.Resampling.BILINEAR)
    )


def _rain(stage: Stage) -> Image.Image:
    sheet = Image.new("L", (stage.width, stage.height))
    pen = ImageDraw.Draw(sheet)
    slant = float(stage.rng.uniform(-0.22, 0.22))
    count = int(300 * stage.width * stage.height / stage.unit**2)
    for x, y, near in stage.rng.random((count, 3)).tolist():
        length = stage.unit * (0.03 + 0.08 * near)
        left, top = x * stage.width * 1.2 - 0.1 * stage.width, y * stage.height * 1.1 - length
        pen.line((left, top, left + slant * length, top + length), fill=int(26 + 74 * near**2), width=1)
    return sheet


def _flakes(stage: Stage, *, dense: bool) -> Image.Image:
    sheet = Image.new("L", (stage.width, stage.height))
    pen = ImageDraw.Draw(sheet)
    area = stage.width * stage.height / stage.unit**2
    for low, high, count, blur, shine in (
        (0.012, 0.02, 9, 0.007, 110),
        (0.004, 0.008, 90, 0.0016, 200),
        (0.0015, 0.003, 260, 0.0, 190),
    ):
        for x, y, size in stage.rng.random((int(count * area * (1.4 if dense else 0.7)), 3)).tolist():
            radius = stage.unit * (low + (high - low) * size)
            at_x, at_y = x * stage.width, y * stage.height
            pen.ellipse((at_x - radius, at_y - radius, at_x + radius, at_y + radius), fill=shine)
        if blur:
            sheet = sheet.filter(ImageFilter.BoxBlur(blur * stage.unit))
            pen = ImageDraw.Draw(sheet)
    return sheet


def _veil(stage: Stage) -> Image.Image:
    t = np.linspace(0, 1, 64, dtype=np.float32)
    share = 18 + 52 * np.exp(-(((t - 0.62) / 0.2) ** 2))
    return Image.fromarray(np.repeat(share[:, None], 2, axis=1).astype(np.uint8)).resize(
        (stage.width, stage.height), Image.Resampling.BILINEAR
    )
