"""Pictures for the sandbox: drawn from a prompt's words by rules, with no model behind them.

A prompt is read into a place, an hour, weather, colours and subjects (``reading``); the place is painted at half size
(``countryside``, ``shore``, ``city``, ``indoors``, ``beyond``); subjects from a set of illustrations are put in
(``acting``); then come weather, style, grain and the badge (``painting`` joins all of it).

A picture that is given is redrawn (``redrawing``), edited (``editing``), enlarged (``upscaling``), freed from its
background (``cutting``, which finds the subject by ``saliency``) or described (``captions``).
"""

from synthlabel.sandbox.renderer.captions import caption
from synthlabel.sandbox.renderer.cutting import cut_out, mask_of
from synthlabel.sandbox.renderer.editing import edit
from synthlabel.sandbox.renderer.encoding import Format, Label, Note, encode, note_of
from synthlabel.sandbox.renderer.painting import blank, render
from synthlabel.sandbox.renderer.picture import Picture
from synthlabel.sandbox.renderer.redrawing import redraw
from synthlabel.sandbox.renderer.upscaling import upscale

__all__ = [
    "Format",
    "Label",
    "Note",
    "Picture",
    "blank",
    "caption",
    "cut_out",
    "edit",
    "encode",
    "mask_of",
    "note_of",
    "redraw",
    "render",
    "upscale",
]
