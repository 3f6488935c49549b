"""Editing: the sources, clearly recognisable, in the scene that the prompt asks for."""

from collections.abc import Sequence

from PIL import Image

from synthlabel.sandbox.renderer.painting import render
from synthlabel.sandbox.renderer.picture import Picture
from synthlabel.sandbox.renderer.redrawing import redraw


def edit(picture: Picture, sources: Sequence[Image.Image]) -> Image.Image:
    """RGB, exactly the size of ``picture``. Deterministic."""
    return redraw(picture, sources[0], strength=0.35) if sources else render(picture)
