"""The light of a scene: sky, sun, haze and shadow colours by hour and weather, bent by mood and colour words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from synthlabel.sandbox.renderer.chance import Rng
from synthlabel.sandbox.renderer.colour import Colour, colour, luma, mix, rgb, shifted
from synthlabel.sandbox.renderer.lexicon import Hour, Mood, Place, Weather
from synthlabel.sandbox.renderer.reading import Reading


@dataclass(frozen=True, slots=True)
class Light:
    """``sky``: top, middle, horizon. ``key``: multiplies what the light falls on. ``strength``: 0 dark, 1 noon."""

    sky: tuple[Colour, Colour, Colour]
    sun: Colour
    haze: Colour
    shade: Colour
    key: Colour
    strength: float

    def on(self, surface: Colour) -> Colour:
        """``surface`` (its colour at noon) as this light shows it."""
        return mix(self.shade, surface * self.key, 0.28 + 0.68 * self.strength)


def _light(sky: str, sun: str, haze: str, shade: str, key: tuple[float, float, float], strength: float) -> Light:
    top, middle, horizon = (rgb(code) for code in sky.split())
    return Light((top, middle, horizon), rgb(sun), rgb(haze), rgb(shade), colour(key), strength)


_LIGHTS: Final[dict[Hour, tuple[Light, ...]]] = {
    Hour.DAWN: (
        _light("#6f86c4 #efb3b0 #ffe1b8", "#fff0cf", "#f6cfc0", "#57507f", (1.04, 0.9, 0.86), 0.74),
        _light("#4f7fa8 #a9c8c9 #fde3c0", "#fff3d6", "#d9d8cc", "#4a5f7a", (1.02, 0.95, 0.88), 0.76),
        _light("#7a6db0 #e59bb4 #ffd0b0", "#ffe8d0", "#eeb9bd", "#5b4a80", (1.05, 0.88, 0.9), 0.7),
    ),
    Hour.DAY: (
        _light("#2f7fd6 #7dbdf0 #d9f0fa", "#fffbe6", "#c5e2f0", "#2d4f74", (1.0, 1.0, 0.98), 1.0),
        _light("#3f93c9 #93d0e6 #f2f4e0", "#fff8dc", "#d5e8e0", "#2f5a66", (1.02, 1.0, 0.94), 0.98),
        _light("#4a86dc #9cc4f2 #eee9f4", "#fffaf0", "#d2dcf0", "#3a4f80", (1.0, 0.98, 1.0), 0.97),
    ),
    Hour.SUNSET: (
        _light("#3d2f78 #dd5a6e #ffb55a", "#fff0b4", "#f49a72", "#3a2358", (1.12, 0.78, 0.62), 0.62),
        _light("#27477f #c9718a #ffc36e", "#ffefbd", "#e8a087", "#33305f", (1.1, 0.82, 0.66), 0.62),
        _light("#5a2a6b #f0614f #ffcf5c", "#fff6c2", "#f98a55", "#4a1d4e", (1.15, 0.76, 0.55), 0.64),
    ),
    Hour.DUSK: (
        _light("#141c4a #5b4c94 #e58b93", "#ffdcc4", "#8f6f9f", "#1d1b45", (0.74, 0.66, 0.86), 0.44),
        _light("#10284f #38619a #d6a2a0", "#ffe2c8", "#6f83a8", "#14264a", (0.66, 0.72, 0.9), 0.44),
    ),
    Hour.NIGHT: (
        _light("#050a20 #0f1f4d #2d4c86", "#eef2ff", "#27437a", "#081230", (0.5, 0.6, 0.92), 0.3),
        _light("#08081f #1d1a4f #4b3f8c", "#f4eeff", "#3a3474", "#100c2c", (0.58, 0.54, 0.94), 0.3),
        _light("#03131f #0a3347 #1f6a78", "#ecfbff", "#1c5566", "#04161f", (0.46, 0.66, 0.8), 0.3),
    ),
}  # fmt: skip

_OVERCAST: Final = {Weather.RAIN: 0.62, Weather.STORM: 0.78, Weather.FOG: 0.5, Weather.SNOW: 0.42}
_TONES: Final[dict[Mood, tuple[float, float]]] = {  # saturation, value
    Mood.VIVID: (1.35, 1.03), Mood.MUTED: (0.62, 1.04), Mood.DARK: (0.9, 0.66), Mood.BRIGHT: (1.0, 1.1),
    Mood.MONO: (0.0, 1.0),
}  # fmt: skip
_OTHER_WORLDS: Final = {
    Place.MARS: ("#b98a66", "#e0a878", 0.62),
    Place.MOON: ("#05060c", "#2a2d36", 0.92),
}


def light_of(reading: Reading, rng: Rng) -> Light:
    """The wording picks the light, the seed only turns it by a few degrees."""
    choices = _LIGHTS[reading.hour]
    light = choices[(reading.salt >> 24) % len(choices)]
    light = _turned(light, ((reading.salt >> 32) % 25 - 12) + float(rng.uniform(-8, 8)))
    light = _weathered(light, reading.weather)
    if reading.place in _OTHER_WORLDS:
        light = _elsewhere(light, reading.place)
    for mood in sorted(reading.moods):
        light = _moody(light, mood)
    if reading.colours and not reading.roles:
        light = _washed(light, colour(reading.colours[0]))
    return light


def _all(light: Light, change: Callable[[Colour], Colour]) -> Light:
    top, middle, low = light.sky
    return replace(
        light,
        sky=(change(top), change(middle), change(low)),
        haze=change(light.haze),
        shade=change(light.shade),
        sun=mix(light.sun, change(light.sun), 0.5),
    )


def _turned(light: Light, degrees: float) -> Light:
    return _all(light, lambda tone: shifted(tone, degrees))


def _weathered(light: Light, weather: Weather) -> Light:
    share = _OVERCAST.get(weather, 0.0)
    if not share:
        return light
    grey = mix(rgb("#8d99a8"), rgb("#dfe5ea"), light.strength if weather is not Weather.STORM else 0.15)
    grey = grey * (0.3 + 0.7 * light.strength)
    veiled = _all(light, lambda tone: mix(tone, mix(grey, tone, 0.3), share))
    return replace(veiled, key=mix(light.key, colour((0.9, 0.94, 1.0)) * luma(light.key), share * 0.6))


def _elsewhere(light: Light, place: Place) -> Light:
    top, low, share = _OTHER_WORLDS[place]
    dim = 0.35 + 0.65 * light.strength
    upper, lower = rgb(top) * dim, rgb(low) * dim
    sky = (upper * 0.72, mix(upper, lower, 0.5), lower)
    mixed = tuple(mix(old, new, share) for old, new in zip(light.sky, sky, strict=True))
    return replace(light, sky=(mixed[0], mixed[1], mixed[2]), haze=mix(light.haze, lower, share))


def _moody(light: Light, mood: Mood) -> Light:
    if mood in _TONES:
        saturation, value = _TONES[mood]
        return _all(light, lambda tone: shifted(tone, 0, saturation=saturation, value=value))
    tint = rgb("#ff9a4a") if mood is Mood.WARM else rgb("#4a90ff")
    return _all(light, lambda tone: mix(tone, tint * (luma(tone) / luma(tint)), 0.3))


def _washed(light: Light, tint: Colour) -> Light:
    """A colour that describes no subject describes the picture."""
    return _all(light, lambda tone: mix(tone, tint * (0.35 + 0.65 * luma(tone) / 255 * 1.4), 0.38))
