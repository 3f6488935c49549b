"""Editing: the sources, clearly recognisable, in the scene that the prompt asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import acting, finish, lexicon
from synthlabel.sandbox.renderer.blocking import Figure
from synthlabel.sandbox.renderer.colour import Floats
from synthlabel.sandbox.renderer.cutting import Subject, flattened, subject_of
from synthlabel.sandbox.renderer.painting import completed, scene
from synthlabel.sandbox.renderer.picture import Picture
from synthlabel.sandbox.renderer.stage import Stage
from synthlabel.sandbox.renderer.words import tokens

_TONE: Final = 0.55  # how far a kept picture takes on the light that the prompt asks for


def edit(picture: Picture, sources: Sequence[Image.Image]) -> Image.Image:
    """RGB, exactly the size of ``picture``.

    If the prompt names another place, the subjects of all sources stand there; otherwise the first source stays as it
    is, in the light of the prompt, and the others' subjects join it. What the prompt calls "the …" is taken to be in a
    source already, so only what it introduces ("a …", "two …") is drawn.
    """
    stage = scene(picture)
    stage.reading = replace(stage.reading, roles=tuple(role for role in stage.reading.roles if not role.known))
    found = [subject_of(source) for source in sources]
    if names_a_place(picture.prompt) and any(found):
        return _moved(picture, stage, [subject for subject in found if subject is not None])
    return _kept(picture, stage, sources[0], found)


def _moved(picture: Picture, stage: Stage, subjects: list[Subject]) -> Image.Image:
    """All subjects in the prompt's place."""
    image = finish.developed(stage, picture.endpoint, width_px=picture.width_px, height_px=picture.height_px)
    room = 0.62 if stage.reading.roles else 1.0
    for place, subject in enumerate(subjects):
        at = room * (place + 1) / (len(subjects) + 1)
        _put(stage, image, subject.trimmed, at=at, share=room / len(subjects))
    if stage.reading.roles:
        stage.ground.left = 0.6
    return completed(stage, image, picture)


def _kept(picture: Picture, stage: Stage, source: Image.Image, found: list[Subject | None]) -> Image.Image:
    """The first picture in the prompt's light, the other subjects beside its own."""
    image = _relit(_fitted(source, picture), stage, prompt=picture.prompt)
    own = found[0]
    if own is not None:
        _leave_room(stage, own.box, own.cut.width)
    others = [subject for subject in found[1:] if subject is not None]
    left, right = stage.ground.left, stage.ground.right
    for place, subject in enumerate(others):
        at = left + (right - left) * (place + 0.5) / len(others)
        _put(stage, image, subject.trimmed, at=at, share=(right - left) / len(others))
    return completed(stage, image, picture)


def names_a_place(prompt: str) -> bool:
    return any(word in lexicon.PLACES and lexicon.PLACES[word] not in lexicon.SOFT_PLACES for word in tokens(prompt))


def _leave_room(stage: Stage, box: tuple[int, int, int, int], width_px: int) -> None:
    """What is new stands beside the subject, on the side that has more room."""
    if stage.ground.afloat:
        return
    left, right = box[0] / width_px, box[2] / width_px
    if left > 1 - right:
        stage.ground.left, stage.ground.right = 0.06, max(0.2, left)
    else:
        stage.ground.left, stage.ground.right = min(0.8, right), 0.94


def _put(stage: Stage, image: Image.Image, subject: Image.Image, *, at: float, share: float) -> None:
    """Standing on the ground around ``at``, as large as its ``share`` of the width allows, in the place's light."""
    tall = min(image.height * 0.56, image.width * 0.8 * share * subject.height / subject.width)
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
