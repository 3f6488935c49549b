"""Describing a picture in plain words."""

from typing import Literal

from PIL import Image

from synthlabel.sandbox.renderer.encoding import Note

Length = Literal["short", "normal", "long"]


def caption(image: Image.Image, note: Note | None, *, length: Length) -> str:
    """A description of ``image``. A picture of the sandbox is described by its own prompt."""
    if note and note.prompt:
        return f"An illustration of {note.prompt}."
    return f"An image of {image.width} by {image.height} pixels."
