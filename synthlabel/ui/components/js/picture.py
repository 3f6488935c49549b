"""A picture that never jumps: thumbhash, then the thumbnail that fits, then a fade (``picture.jsx``)."""

from typing import Any

import reflex as rx

from synthlabel.ui.components.js.sources import source
from synthlabel.ui.components.text import Text


class Picture(rx.Component):
    library = source("picture.jsx")
    tag = "Picture"
    image_id: rx.Var[str]
    thumbhash: rx.Var[str]
    srcset: rx.Var[str]
    src: rx.Var[str]
    sizes: rx.Var[str]
    alt: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]


def picture(
    *, alt: Text, src: Text, srcset: Text, width: rx.Var[int] | int, height: rx.Var[int] | int, thumbhash: Text,
    sizes: Text = "320px", image_id: Text = "", **props: Any,
) -> rx.Component:  # fmt: skip
    """Return a picture in its final aspect ratio. ``srcset`` as in HTML: ``address 320w, address 640w``.

    With ``image_id`` it asks the API for fresh addresses, once, when it fails to load: they expire.
    """
    return Picture.create(
        alt=alt,
        src=src,
        srcset=srcset,
        width=width,
        height=height,
        thumbhash=thumbhash,
        sizes=sizes,
        image_id=image_id,
        **props,
    )
