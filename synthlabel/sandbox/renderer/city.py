"""The city: hazy skylines, lit windows, signs, and a street that mirrors them when wet."""

import numpy as np

from synthlabel.sandbox.renderer import land, noise, sky
from synthlabel.sandbox.renderer.colour import Colour, Floats, mix, rgb, shifted
from synthlabel.sandbox.renderer.lexicon import Hour, Weather
from synthlabel.sandbox.renderer.stage import Ground, Stage, blend, columns, glow, rows

_NEONS = ("#ff3d9a", "#2fe6ff", "#a45cff", "#ffb02e", "#3dffb0", "#ff5a4a")
_BRICKS = ("#8a93a8", "#c08f78", "#6f8fb0", "#d3b48c", "#7d9a94", "#a87f8c")


def city(stage: Stage) -> None:
    horizon = stage.height * 0.72
    sky.paint_sky(stage, horizon=horizon)
    for distance, tall, gap in ((0.72, 0.38, 0.05), (0.46, 0.4, 0.08), (0.16, 0.44, 0.13)):
        _block(stage, horizon, distance=distance, tall=tall * stage.unit, gap=gap * stage.unit)
        if distance > 0.3:
            sky.mist(stage, horizon, thickness=0.13 * stage.height, strength=0.5)
            _city_glow(stage, horizon)
    _signs(stage, horizon)
    _street(stage, horizon)


def _city_glow(stage: Stage, horizon: float) -> None:
    """The light of a whole city in the haze behind it."""
    if _is_lit(stage):
        tint = rgb("#ff4fb0") if stage.reading.mentions("neon", "cyberpunk") else rgb("#ffb066")
        glow(stage, 0.5 * stage.width, horizon, radius=0.55 * stage.unit, tint=tint, strength=0.32)


def _is_lit(stage: Stage) -> bool:
    return stage.reading.hour in {Hour.NIGHT, Hour.DUSK} or stage.reading.mentions("neon", "cyberpunk")


def _block(stage: Stage, horizon: float, *, distance: float, tall: float, gap: float) -> None:
    """A row of houses; nearer rows are darker, wider, with larger windows."""
    x = -float(stage.rng.uniform(0, gap))
    bricks = [mix(rgb(code), stage.light.sky[1], 0.18) for code in _BRICKS]
    middle = stage.width * (0.5 + 0.1 * float(stage.rng.uniform(-1, 1)))
    while x < stage.width:
        wide = gap * float(stage.rng.uniform(0.62, 1.25))
        centre = abs(x + wide / 2 - middle) / stage.width
        lift = 1.0 if distance > 0.3 else 0.45 + 1.1 * centre  # the street opens in the middle
        height = tall * float(stage.rng.uniform(0.45, 1.15)) * lift
        tone = stage.far_colour(
            shifted(
                bricks[int(stage.rng.integers(0, len(bricks)))],
                float(stage.rng.uniform(-14, 14)),
                value=float(stage.rng.uniform(0.55, 0.9)),
            ),
            distance,
        )
        _house(stage, x, x + wide, top=horizon - height, foot=horizon + 2, tone=tone, distance=distance)
        x += wide * float(stage.rng.uniform(0.9, 1.12))


def _house(stage: Stage, left: float, right: float, *, top: float, foot: float, tone: Colour, distance: float) -> None:
    x0, x1 = max(0, round(left)), min(stage.width, round(right))
    y0, y1 = max(0, round(top)), min(stage.height, round(foot))
    if x1 - x0 < 2 or y1 - y0 < 3:
        return
    fall = np.linspace(0, 1, y1 - y0, dtype=np.float32)[:, None, None]
    side = np.linspace(1.12, 0.86, x1 - x0, dtype=np.float32)[None, :, None]
    face = tone * (side if stage.sun_x < 0.5 else side[:, ::-1])
    stage.pixels[y0:y1, x0:x1] = face + (stage.light.haze - face) * (fall * (0.2 + 0.45 * distance))
    _windows(stage, stage.pixels[y0:y1, x0:x1], distance=distance)
    if stage.rng.random() < 0.35 and distance < 0.6:
        mast = (x0 + x1) // 2
        stage.pixels[max(0, y0 - round(0.05 * stage.unit)) : y0, mast : mast + max(1, round(stage.unit / 420))] = tone


def _windows(stage: Stage, wall: Floats, *, distance: float) -> None:
    """A grid of panes: some lit when it is dark, all of them sky-coloured by day."""
    pitch = max(3, round(stage.unit * (0.012 + 0.016 * (1 - distance))))
    pane = max(1, round(pitch * 0.5))
    down, across = (wall.shape[0] - 2) // pitch, (wall.shape[1] - 2) // pitch
    if down < 1 or across < 1:
        return
    lit = _is_lit(stage)
    shine = (stage.rng.random((down, across)) < (0.42 if lit else 1.0)) * stage.rng.uniform(0.35, 1.0, (down, across))
    tints = (
        [rgb("#ffd27a"), rgb("#ffe9b8"), rgb("#9fd4ff")]
        if lit
        else [stage.light.sky[1], stage.light.sky[0], stage.light.haze]
    )
    paint = np.stack(tints)[stage.rng.choice(3, (down, across), p=[0.6, 0.25, 0.15])]
    cover = np.kron(
        shine, np.pad(np.ones((pane, max(1, pane - 1))), ((0, pitch - pane), (0, pitch - max(1, pane - 1))))
    )
    colours = paint.repeat(pitch, 0).repeat(pitch, 1)
    opacity = (0.9 - 0.55 * distance) if lit else 0.42 * (1 - distance)
    offset = (wall.shape[1] - across * pitch) // 2 + 1
    area = wall[2 : 2 + down * pitch, offset : offset + across * pitch]
    blend(
        area,
        colours[: area.shape[0], : area.shape[1]].astype(np.float32),
        (cover * opacity).astype(np.float32)[: area.shape[0], : area.shape[1]],
    )


def _signs(stage: Stage, horizon: float) -> None:
    """Upright neon signs and their glow, on a night that asks for them."""
    if not _is_lit(stage) or stage.reading.hour is not Hour.NIGHT:
        return
    count = round((15 if stage.reading.mentions("neon", "cyberpunk") else 4) * stage.width / stage.unit)
    for _ in range(count):
        tint = rgb(_NEONS[int(stage.rng.integers(0, len(_NEONS)))])
        x = float(stage.rng.choice([stage.rng.uniform(0.02, 0.36), stage.rng.uniform(0.64, 0.98)])) * stage.width
        y = horizon - stage.unit * float(stage.rng.uniform(0.08, 0.34))
        wide, tall = (
            stage.unit * float(stage.rng.uniform(0.018, 0.034)),
            stage.unit * float(stage.rng.uniform(0.06, 0.15)),
        )
        if stage.rng.random() < 0.3:
            wide, tall = tall, wide
        glow(stage, x, y, radius=stage.unit * 0.12, tint=tint, strength=0.7)
        left, top = max(0, round(x - wide / 2)), max(0, round(y - tall / 2))
        sign = stage.pixels[top : round(y + tall / 2), left : round(x + wide / 2)]
        sign[:] = mix(tint, rgb("#ffffff"), 0.25)
        _strokes(stage, sign)


def _strokes(stage: Stage, sign: Floats) -> None:
    """Dark bars across a sign, like lettering too small to read."""
    length = max(sign.shape[:2])
    bars = np.repeat(stage.rng.random(8) < 0.4, -(-length // 8))[:length]
    inside = sign[1:-1, 1:-1] if min(sign.shape[:2]) > 4 else sign
    if sign.shape[0] >= sign.shape[1]:
        inside[bars[: inside.shape[0]]] *= 0.35
    else:
        inside[:, bars[: inside.shape[1]]] *= 0.35


def _street(stage: Stage, horizon: float) -> None:
    top = int(horizon)
    wet = stage.reading.weather in {Weather.RAIN, Weather.STORM}
    if wet or _is_lit(stage):
        land.water(stage, horizon, tint=rgb("#2a3040"), calm=0.75 if wet else 0.3)
        stage.pixels[top:] *= 0.82 if wet else 0.62
    else:
        grain = land.speckle(stage, cells=18, depth=0.08)
        tone = stage.light.on(rgb("#6c6d76"))
        land.hill(
            stage,
            np.full(stage.width, horizon, np.float32),
            crest=mix(tone, stage.light.haze, 0.45),
            foot=tone * 0.7,
            depth=stage.height - horizon,
            grain=grain,
        )
        _markings(stage, horizon)
    kerb = np.exp(-np.abs(rows(stage, top) - horizon) / (0.006 * stage.height)).astype(np.float32)
    blend(stage.pixels[top:], stage.light.shade, np.broadcast_to(kerb * 0.6, (stage.height - top, stage.width)))
    _lamps(stage, horizon)
    stage.ground = Ground(near=0.92, far=0.82, size=0.36, soft=False, mirror=0.34 if wet else 0.1)


def _markings(stage: Stage, horizon: float) -> None:
    """Pavement and a dashed line: the street is seen from its side."""
    pave = stage.pixels[int(horizon) : int(horizon + 0.05 * stage.height)]
    pave += (stage.light.on(rgb("#c9c4ba")) - pave) * np.float32(0.75)
    dash, gap = 0.1 * stage.unit, 0.17 * stage.unit
    on = np.mod(columns(stage) + float(stage.rng.uniform(0, gap)), gap) < dash
    line = stage.pixels[int(0.955 * stage.height) : int(0.965 * stage.height) + 1]
    line[:, on] += (stage.light.on(rgb("#f4eed8")) - line[:, on]) * np.float32(0.8)


def _lamps(stage: Stage, horizon: float) -> None:
    """Out-of-focus lights along the street: the bokeh of a night picture."""
    if not _is_lit(stage):
        return
    count = max(6, round(12 * stage.width / stage.unit))
    warm = [rgb("#ffb257"), rgb("#ffd79a"), rgb("#ff7a6a")] + (
        [rgb(code) for code in _NEONS[:4]] if stage.reading.hour is Hour.NIGHT else []
    )
    for x in noise.line(stage.rng, count, cells=12, octaves=1) * 0.06 + np.linspace(0.03, 0.97, count):
        tint = warm[int(stage.rng.integers(0, len(warm)))]
        y = horizon - stage.unit * float(stage.rng.uniform(0.0, 0.03))
        glow(
            stage,
            float(x) * stage.width,
            y,
            radius=stage.unit * float(stage.rng.uniform(0.03, 0.07)),
            tint=tint,
            strength=0.8,
        )
