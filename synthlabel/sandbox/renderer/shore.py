"""Scenes by and above the water: beach, open sea, cliff, and the sky over the clouds."""

import numpy as np

from synthlabel.sandbox.renderer import land, noise, sky
from synthlabel.sandbox.renderer.colour import mix, rgb, smoothstep
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.stage import Ground, Stage, blend, columns, place_sprite, rows

_SEAS = ("#1f86a8", "#1c6fa0", "#2299a0", "#2a6c8f")


def _open_water(stage: Stage, horizon: float, *, calm: float, bottom: float | None = None) -> None:
    sky.paint_sky(stage, horizon=horizon)
    if stage.rng.random() < 0.55 and stage.reading.allows("island"):
        island = land.rugged(stage, horizon, swing=0.07 * stage.unit, cells=2.0)
        window = np.exp(-(((columns(stage) / stage.width - (1 - stage.sun_x)) / 0.17) ** 2))
        ridge = horizon + 2 - (horizon - island) * window
        land.hill(
            stage,
            ridge.astype(np.float32),
            crest=stage.far_colour(rgb("#4a6a6a"), 0.6),
            foot=stage.light.haze,
            depth=0.08 * stage.unit,
        )
    land.water(stage, horizon, tint=rgb(_SEAS[(stage.reading.salt >> 12) % 4]), calm=calm, bottom=bottom)


def sea(stage: Stage) -> None:
    horizon = stage.height * float(stage.rng.uniform(0.44, 0.54))
    _open_water(stage, horizon, calm=0.55)
    _crests(stage, horizon)
    stage.ground = Ground(near=0.86, far=0.68, size=0.42, soft=True, shadow=0.35, mirror=0.42)


def _crests(stage: Stage, horizon: float) -> None:
    """White edges of a few waves, longer and wider the nearer they are."""
    top = int(horizon)
    share = (rows(stage, top) - horizon) / (stage.height - horizon)
    stretch = stage.width / stage.height
    swell = noise.field(stage.rng, stage.width, stage.height - top, cells_x=7 * stretch, cells_y=34, octaves=3)
    cover = smoothstep(0.74, 0.86, swell) * (0.1 + 0.4 * share)
    blend(stage.pixels[top:], stage.light.on(rgb("#ffffff")), cover.astype(np.float32))


def beach(stage: Stage) -> None:
    horizon = stage.height * float(stage.rng.uniform(0.42, 0.5))
    shore = stage.height * 0.69
    _open_water(stage, horizon, calm=0.35, bottom=stage.height * 0.84)
    top = int(horizon)
    shallow = smoothstep(0.15, 1.0, (rows(stage, top) - horizon) / (shore - horizon))
    blend(
        stage.pixels[top:],
        stage.light.on(rgb("#5fd6cf")),
        np.broadcast_to(shallow * 0.5, (stage.height - top, stage.width)),
    )
    _sand(stage, shore)
    if not any(role.sprite.name == "palm tree" for role in stage.reading.roles) and stage.reading.allows(
        "palm", "tree"
    ):
        _palms(stage)
    stage.ground = Ground(near=0.93, far=0.8, size=0.38)


def _sand(stage: Stage, shore: float) -> None:
    side = 1 if stage.rng.random() < 0.5 else -1
    x = np.linspace(-1, 1, stage.width, dtype=np.float32)
    edge = (
        shore
        + side * x * 0.07 * stage.height
        - 0.02 * stage.unit * noise.line(stage.rng, stage.width, cells=2.2, octaves=2)
    )
    sand = rgb("#efd9a6")
    foam = stage.light.on(rgb("#ffffff"))
    land.hill(stage, edge - 0.016 * stage.unit, crest=foam, foot=foam, depth=9)
    land.hill(
        stage, edge, crest=stage.light.on(sand * 0.74), foot=stage.light.on(sand * 0.78), depth=0.03 * stage.height
    )
    dry = edge + (0.035 + 0.012 * noise.line(stage.rng, stage.width, cells=3, octaves=2)) * stage.height
    grain = land.speckle(stage, cells=14, depth=0.08)
    land.hill(
        stage,
        dry.astype(np.float32),
        crest=stage.light.on(sand * 1.02),
        foot=stage.light.on(sand * 0.84),
        depth=0.3 * stage.height,
        grain=grain,
    )


def _palms(stage: Stage) -> None:
    palm = library().sprites["palm tree"].picture()
    side = stage.rng.choice([0.1, 0.9])
    for offset, foot, height in ((0.09, 0.79, 0.34), (0.0, 0.84, 0.5)):
        x = side + (offset if side < 0.5 else -offset)
        place_sprite(stage, palm, x=x * stage.width, foot=foot * stage.height, height=height * stage.unit, haze=0.08)


def cliff(stage: Stage) -> None:
    """A headland on one side; subjects stand on its top."""
    horizon = stage.height * float(stage.rng.uniform(0.54, 0.6))
    _open_water(stage, horizon, calm=0.5)
    _crests(stage, horizon)
    right = stage.rng.random() < 0.5
    x = np.linspace(0, 1, stage.width, dtype=np.float32)
    inland = x if right else 1 - x
    jag = 0.02 * noise.line(stage.rng, stage.width, cells=14, octaves=3)
    drop = smoothstep(0.3, 0.52, inland + jag)
    top = 0.66 * stage.height - 0.02 * stage.height * noise.line(stage.rng, stage.width, cells=2, octaves=2)
    ridge = (stage.height * 1.02 - (stage.height * 1.02 - top) * drop).astype(np.float32)
    land.rocks(stage, ridge, surface=rgb("#8a7666"), snow=0, haze=0.04, depth=0.9 * stage.height)
    _turf(stage, ridge, drop)
    left, far_right = (0.56, 0.92) if right else (0.08, 0.44)
    stage.ground = Ground(near=0.73, far=0.7, left=left, right=far_right, size=0.27)


def _turf(
    stage: Stage,
    ridge: "np.ndarray[tuple[int], np.dtype[np.float32]]",
    drop: "np.ndarray[tuple[int], np.dtype[np.float32]]",
) -> None:
    """Grass on the flat top, hanging over the edge."""
    thick = stage.height * (0.075 + 0.03 * noise.line(stage.rng, stage.width, cells=26, octaves=3)) * (drop > 0.86)
    below = rows(stage) - ridge
    cover = np.clip(below + 0.5, 0, 1) * np.clip(thick - below, 0, 1)
    green = rgb("#6f9a46")
    shade = np.clip(below / np.maximum(1, thick), 0, 1)[..., None]
    crest, foot = (
        mix(stage.light.on(green * 1.2), stage.light.sun * stage.light.key, 0.12),
        stage.light.on(green * 0.55),
    )
    blend(stage.pixels, crest + (foot - crest) * shade, cover.astype(np.float32))


def above_clouds(stage: Stage) -> None:
    """High air over a sea of cloud."""
    horizon = stage.height * 0.72
    sky.paint_sky(stage, horizon=horizon)
    white = mix(stage.light.on(rgb("#ffffff")), stage.light.sun * stage.light.key, 0.25)
    for step, at in enumerate((0.72, 0.8, 0.89)):
        heap = land.canopy(stage, at * stage.height, height=(0.09 + 0.05 * step) * stage.unit, swing=0.03 * stage.unit)
        near = 0.35 + 0.3 * step
        crest = mix(stage.light.haze, white, near)
        land.hill(
            stage,
            heap,
            crest=mix(crest, white, 0.4),
            foot=mix(stage.light.haze, stage.light.sky[1], 0.4),
            depth=(0.12 + 0.05 * step) * stage.unit,
        )
        sky.mist(stage, (at + 0.03) * stage.height, thickness=0.04 * stage.height, strength=0.35)
    stage.ground = Ground(near=0.66, far=0.5, size=0.4, shadow=0.0, soft=False, afloat=True)
