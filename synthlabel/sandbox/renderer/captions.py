"""Describing a picture in plain words: by its own prompt if the sandbox drew it, else by what its pixels show."""

from typing import Final, Literal

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer.colour import Floats, luma
from synthlabel.sandbox.renderer.cutting import Subject, flattened, subject_of
from synthlabel.sandbox.renderer.encoding import Note
from synthlabel.sandbox.renderer.illustrations import library
from synthlabel.sandbox.renderer.lexicon import HOURS, INDOORS, WORLDS, Hour
from synthlabel.sandbox.renderer.reading import read

Length = Literal["short", "normal", "long"]

_SMALL_PX: Final = 96
_NAMED: Final[dict[str, tuple[int, int, int]]] = {
    "black": (20, 20, 22), "white": (244, 244, 244), "grey": (132, 134, 138), "red": (205, 45, 45),
    "orange": (236, 130, 40), "yellow": (244, 208, 66), "green": (66, 150, 70), "dark green": (34, 72, 40),
    "teal": (24, 136, 138), "light blue": (140, 196, 236), "blue": (50, 100, 205), "dark blue": (22, 36, 92),
    "purple": (126, 70, 176), "pink": (240, 140, 178), "brown": (128, 84, 56), "beige": (222, 206, 178),
}  # fmt: skip
_HOURS: Final = {
    Hour.DAWN: "in the light of dawn", Hour.DAY: "in daylight", Hour.SUNSET: "at sunset", Hour.DUSK: "at dusk",
    Hour.NIGHT: "at night",
}  # fmt: skip


def caption(image: Image.Image, note: Note | None, *, length: Length) -> str:
    """English, one sentence (short) to about four (long). The same picture and note give the same words."""
    small = flattened(image)
    small.thumbnail((_SMALL_PX, _SMALL_PX), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32)
    prompt = " ".join(note.prompt.split()).rstrip(" .,;") if note else ""
    first = _retold(prompt) if prompt else _plain(image, pixels)
    if length == "short":
        return first
    more = [_colours(pixels), _light(pixels)]
    if length == "long" or not prompt:
        more.insert(0, _composition(image))
    return " ".join([first, *more])


def _retold(prompt: str) -> str:
    """The prompt as a sentence; the hour that it implies is said if it does not say so itself."""
    reading = read(prompt, "", library())
    told = reading.words & HOURS.keys() or reading.place in INDOORS | WORLDS
    hour = "" if told else f", {_HOURS[reading.hour]}"
    return f"An illustration of {prompt[0].lower()}{prompt[1:]}{hour}."


def _plain(image: Image.Image, pixels: Floats) -> str:
    shape = "square" if image.width == image.height else "landscape" if image.width > image.height else "portrait"
    names = _names(pixels)
    return f"A {shape} picture in {_listed(names)}."


def _names(pixels: Floats, *, at_least: float = 0.06) -> list[str]:
    """The colours that cover ``at_least`` that share, the largest first, three at most."""
    table = np.array(list(_NAMED.values()), np.float32)
    flat = pixels.reshape(-1, 3)
    weights = np.array([1.0, 1.2, 1.0], np.float32)
    nearest = (((flat[:, None] - table[None]) * weights) ** 2).sum(axis=2).argmin(axis=1)
    shares = np.bincount(nearest, minlength=len(table)) / len(flat)
    order = np.argsort(-shares, kind="stable")[:3]
    names = list(_NAMED)
    return [names[index] for index in order if shares[index] >= at_least] or [names[int(order[0])]]


def _colours(pixels: Floats) -> str:
    half = pixels.shape[0] // 2
    above, below = _names(pixels[:half] if half else pixels)[0], _names(pixels[half:])[0]
    if above == below:
        return f"{above.capitalize()} dominates the whole picture."
    return f"The upper half is mostly {above}, the lower half mostly {below}."


def _light(pixels: Floats) -> str:
    grey = luma(pixels)
    mean, spread = float(grey.mean()), float(grey.std())
    brightness = "dark" if mean < 70 else "bright" if mean > 175 else "of medium brightness"
    contrast = "low" if spread < 28 else "strong" if spread > 64 else "moderate"
    return f"It is {brightness}, with {contrast} contrast."


def _composition(image: Image.Image) -> str:
    subject = subject_of(image)
    if subject is None:
        return "No single thing stands out from its surroundings."
    return f"{_shape(subject)} in {_names(_inside(subject))[0]} stands out {_position(subject)}."


def _shape(subject: Subject) -> str:
    left, top, right, bottom = subject.box
    wide, tall = right - left, bottom - top
    fill = float(np.asarray(subject.trimmed.getchannel("A"), np.float32).mean()) / 255
    form = "A tall shape" if tall > 1.5 * wide else "A wide shape" if wide > 1.5 * tall else "A compact shape"
    return "A block" if fill > 0.93 and form == "A compact shape" else form


def _inside(subject: Subject) -> Floats:
    small = subject.trimmed
    small.thumbnail((_SMALL_PX, _SMALL_PX), Image.Resampling.BOX)
    rgba = np.asarray(small, np.float32)
    return rgba[rgba[..., 3] > 128][None, :, :3]


def _position(subject: Subject) -> str:
    left, top, right, bottom = subject.box
    x, y = (left + right) / 2 / subject.cut.width, (top + bottom) / 2 / subject.cut.height
    across = "left" if x < 0.38 else "right" if x > 0.62 else ""
    down = "upper" if y < 0.36 else "lower" if y > 0.64 else ""
    if not across and not down:
        return "in the middle"
    return f"at the {' '.join(part for part in (down, across) if part)}" + (" side" if not down else " part")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
