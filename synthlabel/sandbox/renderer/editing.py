"""Editing: the sources, clearly recognisable, in the scene that the prompt asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import acting, finish, lexicon
from synthlabel.sandbox.renderer.blocking import Figure
from synthlabel.sandbox.renderer.casting import Role
from synthlabel.sandbox.renderer.colour import Floats
from synthlabel.sandbox.renderer.cutting import lifted
from synthlabel.sandbox.renderer.painting import completed, scene
from synthlabel.sandbox.renderer.picture import Picture
from synthlabel.sandbox.renderer.redrawing import flattened
from synthlabel.sandbox.renderer.stage import Stage
from synthlabel.sandbox.renderer.words import tokens

_SUBJECT_SHARES: Final = (0.015, 0.6)  # of the picture; anything else is taken for a scene
_TONE: Final = 0.55  # how far a kept picture takes on the light that the prompt asks for
_OPAQUE: Final = 24


def edit(picture: Picture, sources: Sequence[Image.Image]) -> Image.Image:
    """RGB, exactly the size of ``picture``.

    If the prompt names another place, the subjects of all sources stand there; otherwise the first source stays as it
    is, in the light of the prompt, and the others' subjects join it. What the prompt calls "the …" is taken to be in a
    source already, so only what it introduces ("a …", "two …") is drawn.
    """
    stage = scene(picture)
    moved = names_a_place(picture.prompt)
    subjects = [found for source in sources[0 if moved else 1 :] if (found := _subject(source)) is not None]
    if moved and subjects:
        image = finish.developed(stage, picture.endpoint, width_px=picture.width_px, height_px=picture.height_px)
    else:
        image = _relit(_fitted(sources[0], picture), stage, prompt=picture.prompt)
    stage.reading = replace(stage.reading, roles=tuple(role for role in stage.reading.roles if _is_new(role)))
    for place, subject in enumerate(subjects):
        _put(stage, image, subject, at=(place + 1) / (len(subjects) + 1), company=len(subjects))
    return completed(stage, image, picture)


def names_a_place(prompt: str) -> bool:
    return any(word in lexicon.PLACES and lexicon.PLACES[word] not in lexicon.SOFT_PLACES for word in tokens(prompt))


def _is_new(role: Role) -> bool:
    return not role.known


def _subject(source: Image.Image) -> Image.Image | None:
    """The trimmed subject of ``source``; None for a picture that has none, such as a landscape."""
    cut = lifted(source)
    if cut.width >= 32 and cut.height >= 32:
        _without_badge(cut)
    box = cut.getchannel("A").point(lambda value: 255 if value > _OPAQUE else 0).getbbox()
    share = float(np.asarray(cut.getchannel("A"), np.float32).mean()) / 255
    if box is None or not _SUBJECT_SHARES[0] <= share <= _SUBJECT_SHARES[1]:
        return None
    return cut.crop(box)


def _without_badge(cut: Image.Image) -> None:
    """An earlier picture's badge is no part of its subject."""
    left, top = finish.badge_corner(cut.size)
    cut.paste((0, 0, 0, 0), (left - 2, top - 2, cut.width, cut.height))


def _put(stage: Stage, image: Image.Image, subject: Image.Image, *, at: float, company: int) -> None:
    """Standing on the ground, large, the light of the place on it."""
    tall = min(image.height * 0.56, image.width * 0.8 / company * subject.height / subject.width)
    foot = image.height * (stage.ground.far + stage.ground.near) / 2
    if stage.ground.afloat:
        foot = image.height * 0.5 + tall / 2
    foot = max(foot, min(image.height * 0.97, tall * 1.05))
    figure = Figure(subject, "source", image.width * at, foot, tall, 1.0, stage.ground.afloat, cropped=False)
    acting.stand(stage, image, figure)


def _fitted(source: Image.Image, picture: Picture) -> Image.Image:
    """``source`` filling the picture; what does not fit its proportions is cut off at two edges."""
    given = flattened(source)
    scale = max(picture.width_px / given.width, picture.height_px / given.height)
    size = max(picture.width_px, round(given.width * scale)), max(picture.height_px, round(given.height * scale))
    left, top = (size[0] - picture.width_px) // 2, (size[1] - picture.height_px) // 2
    grown = given.resize(size, Image.Resampling.LANCZOS)
    return grown.crop((left, top, left + picture.width_px, top + picture.height_px))


def _relit(image: Image.Image, stage: Stage, *, prompt: str) -> Image.Image:
    """With the mean and spread of the scene's colours, if the prompt says anything about light, weather or colour."""
    words = set(tokens(prompt))
    said = words & (lexicon.HOURS.keys() | lexicon.WEATHERS.keys() | lexicon.MOODS.keys() | lexicon.COLOURS.keys())
    if not said and not names_a_place(prompt):
        return image
    pixels = np.asarray(image, np.float32)
    toned = _toned(pixels, stage.pixels)
    return Image.fromarray(np.clip(pixels + (toned - pixels) * np.float32(_TONE), 0, 255).astype(np.uint8))


def _toned(pixels: Floats, model: Floats) -> Floats:
    mean, spread = pixels.mean(axis=(0, 1)), pixels.std(axis=(0, 1)) + 1
    aim, breadth = model.mean(axis=(0, 1)), model.std(axis=(0, 1)) + 1
    return (pixels - mean) * np.clip(breadth / spread, 0.5, 1.4) + aim
