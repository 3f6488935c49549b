"""Scenes of open land: mountains, forest, meadow, snow, village, desert, Mars, the Moon."""

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import land, noise, sky
from synthlabel.sandbox.renderer.colour import Colour, mix, rgb
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.lexicon import Hour, Mood, Weather
from synthlabel.sandbox.renderer.stage import Ground, Stage, disc, glow, place_sprite

_GREENS = ("#5f9a3c", "#6fa348", "#4f8f4a", "#8aa544", "#3f8a5a")
_AUTUMN = ("#b9762f", "#a8552a", "#c79a3a")


def _green(stage: Stage) -> Colour:
    if is_wintry(stage):
        return rgb("#e6edf6")
    autumn = Mood.WARM in stage.reading.moods
    shades = _AUTUMN if autumn else _GREENS
    return rgb(shades[(stage.reading.salt >> 40) % len(shades)])


def is_wintry(stage: Stage) -> bool:
    return stage.reading.weather is Weather.SNOW or stage.reading.mentions("snow", "snowy", "winter", "wintry")


def mountains(stage: Stage) -> None:
    horizon = stage.height * float(stage.rng.uniform(0.5, 0.6))
    sky.paint_sky(stage, horizon=horizon)
    tall, unit = stage.height, stage.unit
    surface = rgb(("#6d7688", "#7a6f74", "#5f6f80", "#86786a")[(stage.reading.salt >> 12) % 4])
    far = land.rugged(stage, horizon + 0.02 * tall, swing=0.2 * unit, cells=2.6)
    land.hill(stage, far, crest=stage.far_colour(surface, 0.66), foot=stage.light.haze, depth=0.2 * unit)
    peaks = land.rugged(stage, horizon + 0.08 * tall, swing=(0.34 + 0.1 * stage.rng.random()) * unit, cells=1.5)
    snow = 0.0 if stage.reading.mentions("volcano", "canyon") else float(stage.rng.uniform(0.3, 0.55))
    land.rocks(stage, peaks, surface=surface, snow=snow, haze=0.2, depth=0.34 * unit)
    sky.mist(stage, horizon + 0.05 * tall, thickness=0.045 * tall, strength=0.75)
    _valley(stage, horizon)


def _valley(stage: Stage, horizon: float) -> None:
    tall, unit, green = stage.height, stage.unit, _green(stage)
    woods = land.conifers(stage, horizon + 0.1 * tall, height=0.055 * unit, swing=0.015 * unit, gap=0.018 * unit)
    land.hill(
        stage,
        woods,
        crest=stage.far_colour(green * 0.5, 0.42),
        foot=stage.far_colour(green * 0.6, 0.6),
        depth=0.12 * tall,
    )
    lake = stage.reading.mentions("lake", "river", "fjord", "water") or (
        not stage.reading.roles and stage.rng.random() < 0.6
    )
    if lake and stage.reading.allows("water", "lake"):
        land.water(stage, horizon + 0.13 * tall, tint=rgb("#2f6f86"), calm=0.9)
    else:
        middle = land.rolling(stage, horizon + 0.15 * tall, swing=0.03 * unit, cells=1.4)
        land.hill(
            stage,
            middle,
            crest=stage.far_colour(green, 0.22),
            foot=stage.far_colour(green * 0.7, 0.1),
            depth=0.2 * tall,
        )
        woods = land.conifers(stage, horizon + 0.2 * tall, height=0.12 * unit, swing=0.04 * unit, gap=0.09 * unit)
        land.hill(
            stage,
            woods,
            crest=stage.far_colour(green * 0.45, 0.16),
            foot=stage.far_colour(green * 0.62, 0.1),
            depth=0.2 * tall,
        )
    _foreground(stage, 0.83 if lake else 0.76, surface=green)


def _foreground(
    stage: Stage, y: float, *, surface: Colour, swing: float = 0.03, depth: float = 0.16, shade: float = 0.58
) -> None:
    """The ground that subjects stand on."""
    ridge = land.rolling(stage, y * stage.height, swing=swing * stage.unit, cells=0.9)
    grain = land.speckle(stage, cells=16, depth=0.05 if is_wintry(stage) else depth)
    crest = mix(stage.light.on(surface * 1.12), stage.light.sun * stage.light.key, 0.1)
    land.hill(
        stage, ridge, crest=crest, foot=stage.light.on(surface * shade), depth=(1.04 - y) * stage.height, grain=grain
    )
    stage.ground = Ground(near=0.93, far=y + 0.05, size=0.38)


def forest(stage: Stage) -> None:
    tall, unit = stage.height, stage.unit
    sky.paint_sky(stage, horizon=0.62 * tall)
    green = _green(stage) * 0.7
    glow(stage, stage.sun_x * stage.width, 0.3 * tall, radius=0.6 * unit, tint=stage.light.sun, strength=0.45)
    foggy = 0.05 if stage.reading.weather is Weather.FOG else 0.0
    layers = ((0.56, 0.2, 0.78), (0.62, 0.3, 0.6), (0.67, 0.42, 0.4), (0.74, 0.5, 0.2))
    for at, height, haze in layers:
        ridge = land.conifers(
            stage, at * tall, height=height * unit, swing=0.04 * unit, gap=height * unit * (0.16 + (1 - haze) * 0.22)
        )
        haze = min(0.92, haze + foggy)
        land.hill(
            stage,
            ridge,
            crest=stage.far_colour(green * 0.6, haze),
            foot=stage.far_colour(green, min(0.95, haze + 0.3)),
            depth=0.36 * tall,
        )
    _grove(stage, haze=foggy)
    shafts(stage, strength=0.2)
    _foreground(stage, 0.78, surface=mix(green, rgb("#6a5a34"), 0.25) * 1.2, swing=0.02, depth=0.3)
    _trunks(stage, haze=foggy)
    if stage.reading.weather is Weather.FOG:
        sky.mist(stage, 0.7 * tall, thickness=0.12 * tall, strength=0.4)


def _grove(stage: Stage, *, haze: float) -> None:
    """Single trees before the wood, the nearer ones to the sides."""
    if is_wintry(stage):
        return
    count = round(7 * max(1.0, stage.width / stage.height))
    for depth in sorted(stage.rng.random(count).tolist()):
        name = "evergreen tree" if stage.rng.random() < 0.72 else "deciduous tree"
        x = float(stage.rng.choice([stage.rng.uniform(0.04, 0.4), stage.rng.uniform(0.6, 0.96)]))
        tree = library().sprites[name].picture()
        far = min(0.8, 0.5 - 0.36 * depth + haze * 4)
        height = stage.unit * (0.16 + 0.26 * depth)
        place_sprite(stage, tree, x=x * stage.width, foot=stage.height * (0.74 + 0.07 * depth), height=height, haze=far)


def shafts(stage: Stage, *, strength: float, tilt: float = 0.35) -> None:
    """Beams of light slanting down from the sun's side."""
    side = 1 if stage.sun_x < 0.5 else -1
    span = int(stage.width + stage.height * tilt) + 2
    beams = np.clip(noise.line(stage.rng, span, cells=7, octaves=3), 0, 1)
    offset = (np.arange(stage.height) * tilt).astype(np.intp)[:, None]
    index = np.arange(stage.width)[None, :] + (offset.max() - offset if side > 0 else offset)
    fade = np.linspace(1, 0, stage.height, dtype=np.float32)[:, None] ** 1.4
    cover = (beams[np.clip(index, 0, span - 1)] * fade * strength).astype(np.float32)
    stage.pixels += (255 - stage.pixels) * (cover[..., None] * (stage.light.sun / 255))


def _trunks(stage: Stage, *, haze: float) -> None:
    """Two or three dark stems that frame the picture."""
    x = np.arange(stage.width, dtype=np.float32)
    bark = stage.far_colour(rgb("#3a2a22"), 0.06 + haze)
    for at in (stage.rng.uniform(-0.01, 0.07), stage.rng.uniform(0.93, 1.02), stage.rng.choice([0.14, 0.86])):
        thick = stage.unit * float(stage.rng.uniform(0.022, 0.05))
        away = np.abs(x - np.float32(at * stage.width)) / thick
        foot = stage.height * float(stage.rng.uniform(0.84, 0.95))
        flare = np.clip(
            1 + 0.5 * np.exp((np.arange(int(foot), dtype=np.float32) - foot) / (0.05 * stage.height)), 1, 2
        )[:, None]
        cover = np.clip((flare - away) * thick, 0, 1)
        lit = 1.25 - 0.55 * np.clip((x - at * stage.width) / thick * (1 if stage.sun_x < 0.5 else -1), -1, 1)
        rough = 0.9 + 0.2 * noise.line(stage.rng, stage.width, cells=90, octaves=2)
        region = stage.pixels[: int(foot)]
        region += (bark * (lit * rough)[:, None] - region) * cover[..., None]


def meadow(stage: Stage) -> None:
    tall, unit, green = stage.height, stage.unit, _green(stage)
    horizon = tall * float(stage.rng.uniform(0.5, 0.58))
    sky.paint_sky(stage, horizon=horizon)
    land.hill(
        stage,
        land.rolling(stage, horizon - 0.03 * tall, swing=0.07 * unit, cells=1.5),
        crest=stage.far_colour(green * 0.8, 0.68),
        foot=stage.far_colour(green, 0.8),
        depth=0.15 * tall,
    )
    trees = land.canopy(stage, horizon + 0.05 * tall, height=0.06 * unit, swing=0.03 * unit)
    land.hill(
        stage,
        trees,
        crest=stage.far_colour(green * 0.62, 0.42),
        foot=stage.far_colour(green * 0.9, 0.5),
        depth=0.1 * tall,
    )
    for at, haze in ((0.09, 0.3), (0.15, 0.16)):
        ridge = land.rolling(stage, horizon + at * tall, swing=0.045 * unit, cells=1.3)
        land.hill(
            stage,
            ridge,
            crest=stage.far_colour(mix(green, rgb("#d9dc70"), 0.3), haze),
            foot=stage.far_colour(green * 0.85, haze),
            depth=0.16 * tall,
        )
    _foreground(stage, 0.74, surface=green, depth=0.2)
    if not is_wintry(stage) and stage.reading.allows("flower", "flowers"):
        _flowers(stage)


def _flowers(stage: Stage) -> None:
    """Dots of blossom, small and many far away, larger near."""
    petals = [rgb(code) for code in ("#ffffff", "#ffd84a", "#f27aa8", "#b58cff", "#ff7a5c")]
    chosen = stage.rng.choice(len(petals), 2, replace=False)
    for _ in range(int(70 + 60 * stage.width / stage.height)):
        depth = float(stage.rng.random()) ** 0.7
        x, y = float(stage.rng.random()) * stage.width, stage.height * (0.79 + 0.2 * depth)
        tint = stage.light.on(petals[int(chosen[int(stage.rng.random() < 0.3)])])
        disc(stage, x, y, radius=stage.unit * (0.0018 + 0.0052 * depth), tint=tint, opacity=0.9)


def snowfield(stage: Stage) -> None:
    tall, unit = stage.height, stage.unit
    horizon = tall * float(stage.rng.uniform(0.5, 0.58))
    sky.paint_sky(stage, horizon=horizon)
    white, blue = rgb("#f6f9ff"), rgb("#b9cdea")
    peaks = land.rugged(stage, horizon + 0.03 * tall, swing=0.2 * unit, cells=1.8)
    land.rocks(stage, peaks, surface=rgb("#7f8ea6"), snow=0.95, haze=0.38, depth=0.2 * unit)
    for at, height, haze in ((0.06, 0.1, 0.5), (0.11, 0.16, 0.28)):
        woods = land.conifers(
            stage, horizon + at * tall, height=height * unit, swing=0.03 * unit, gap=height * unit * 0.45
        )
        land.hill(
            stage,
            woods,
            crest=stage.far_colour(rgb("#a9c0d2"), haze),
            foot=stage.far_colour(rgb("#4a6a7c"), haze),
            depth=height * unit * 0.9,
        )
        ridge = land.rolling(stage, horizon + (at + 0.045) * tall, swing=0.02 * unit, cells=1.4)
        land.hill(
            stage,
            ridge,
            crest=stage.far_colour(white, haze * 0.8),
            foot=stage.far_colour(blue, haze),
            depth=0.12 * tall,
        )
    for x, height in zip(
        stage.rng.choice([0.06, 0.15, 0.86, 0.95], 2, replace=False), stage.rng.uniform(0.3, 0.46, 2), strict=True
    ):
        _frosted(stage, float(x) * stage.width, foot=0.81 * tall, height=float(height) * unit)
    _foreground(stage, 0.76, surface=white, depth=0.05, shade=0.8)
    sparkle = stage.rng.random((40, 2))
    for x, y in sparkle:
        disc(stage, x * stage.width, (0.8 + 0.2 * y) * tall, radius=unit * 0.0016, tint=rgb("#ffffff"), opacity=0.8)


def _frosted(stage: Stage, x: float, *, foot: float, height: float) -> None:
    tree = library().sprites["evergreen tree"].picture()
    place_sprite(stage, tree, x=x, foot=foot, height=height, haze=0.12)
    place_sprite(stage, _whitened(), x=x, foot=foot, height=height, haze=0.0)


def _whitened() -> Image.Image:
    """Snow lying on the light upper sides of the tree."""
    tree = library().sprites["evergreen tree"].picture()
    lightness = np.asarray(tree.convert("L"), np.float32)
    cover = np.clip((lightness - 88) * 5, 0, 235) * (np.asarray(tree.getchannel("A")) > 128)
    snow = Image.new("RGBA", tree.size, (250, 252, 255, 0))
    snow.putalpha(Image.fromarray(cover.astype(np.uint8)))
    return snow


def village(stage: Stage) -> None:
    meadow(stage)
    names = ("house", "house with garden", "house", "church", "deciduous tree", "evergreen tree")
    spots = np.linspace(0.08, 0.92, 7) + stage.rng.uniform(-0.04, 0.04, 7)
    feet = stage.rng.uniform(0.68, 0.77, 7)
    for x, foot in sorted(zip(spots, feet, strict=True), key=lambda spot: spot[1]):
        name = names[int(stage.rng.integers(0, len(names)))]
        near = (float(foot) - 0.68) / 0.09
        place_sprite(
            stage,
            library().sprites[name].picture(),
            x=float(x) * stage.width,
            foot=float(foot) * stage.height,
            height=stage.unit * (0.1 + 0.08 * near),
            haze=0.3 - 0.18 * near,
        )
        if stage.reading.hour in {Hour.NIGHT, Hour.DUSK} and "house" in name:
            glow(
                stage,
                float(x) * stage.width,
                float(foot - 0.03) * stage.height,
                radius=0.07 * stage.unit,
                tint=rgb("#ffb84a"),
                strength=0.75,
            )
    stage.ground.far = 0.84


def desert(stage: Stage) -> None:
    _dunes(stage, rgb(("#dca867", "#d9935a", "#e0b878")[(stage.reading.salt >> 12) % 3]), mesas=True)


def mars(stage: Stage) -> None:
    _dunes(stage, rgb("#b5532c"), mesas=True)


def _dunes(stage: Stage, sand: Colour, *, mesas: bool) -> None:
    tall, unit = stage.height, stage.unit
    horizon = tall * float(stage.rng.uniform(0.52, 0.6))
    sky.paint_sky(stage, horizon=horizon)
    if mesas:
        step = noise.line(stage.rng, stage.width, cells=4 * stage.width / tall, octaves=3)
        ridge = (
            horizon
            - unit * 0.17 * np.clip(step * 3.2, 0, 1)
            + unit * 0.012 * noise.line(stage.rng, stage.width, cells=30)
        )
        land.hill(
            stage,
            ridge.astype(np.float32),
            crest=stage.far_colour(sand * 0.72, 0.5),
            foot=stage.far_colour(sand, 0.72),
            depth=0.16 * unit,
        )
    for at, swing, haze in ((0.01, 0.03, 0.5), (0.06, 0.05, 0.3), (0.14, 0.07, 0.12)):
        _dune(stage, horizon + at * tall, swing=swing * unit, sand=sand, haze=haze)
    _dune(stage, 0.8 * tall, swing=0.05 * unit, sand=sand, haze=0.0)
    stage.ground = Ground(near=0.93, far=0.82, size=0.38)


def _dune(stage: Stage, y: float, *, swing: float, sand: Colour, haze: float) -> None:
    """A dune: the light side towards the sun, a sharp line, the dark side, wind ripples when near."""
    ridge = land.rolling(stage, y, swing=swing, cells=1.1, octaves=2)
    grain = land.speckle(stage, cells=7, depth=0.1 * (1 - haze))
    slope = np.gradient(ridge) * (1 if stage.sun_x < 0.5 else -1)
    lit = 1 + np.clip(slope * 1.1, -0.22, 0.16)
    crest = mix(stage.far_colour(sand * 1.1, haze), stage.light.sun * stage.light.key, 0.12)
    land.hill(
        stage,
        ridge,
        crest=crest,
        foot=stage.far_colour(sand * 0.62, haze),
        depth=0.3 * stage.height,
        grain=grain * lit.astype(np.float32),
    )


def moon(stage: Stage) -> None:
    sky.paint_sky(stage, horizon=0.62 * stage.height)
    earth = library().sprites["globe showing Americas"].picture()
    x = stage.width * (1 - stage.sun_x)
    glow(stage, x, 0.26 * stage.height, radius=0.22 * stage.unit, tint=rgb("#7ab8ff"), strength=0.5)
    place_sprite(stage, earth, x=x, foot=0.36 * stage.height, height=0.2 * stage.unit, haze=0.0)
    _dunes_of_dust(stage)


def _dunes_of_dust(stage: Stage) -> None:
    dust = rgb("#a9abb4") * (0.6 + 0.4 * stage.light.strength)
    for at, swing in ((0.62, 0.06), (0.68, 0.04), (0.78, 0.03)):
        ridge = land.rolling(stage, at * stage.height, swing=swing * stage.unit, cells=2, octaves=4)
        land.hill(
            stage,
            ridge,
            crest=dust * (0.6 + at * 0.45),
            foot=dust * 0.42,
            depth=0.3 * stage.height,
            grain=land.speckle(stage, cells=14, depth=0.22),
        )
    stage.ground = Ground(near=0.93, far=0.82, size=0.38, shadow=0.7)
