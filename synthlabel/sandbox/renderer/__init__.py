"""Pictures for the sandbox: drawn from a prompt's words by rules, with no model behind them.

A prompt is read into a place, an hour, weather, colours and subjects (``reading``); the place is painted at half size
(``countryside``, ``shore``, ``city``, ``indoors``, ``beyond``); subjects from a set of illustrations are put in
(``acting``); then come weather, style, grain and the badge (``painting`` joins all of it).
"""

from synthlabel.sandbox.renderer.encoding import Format, encode
from synthlabel.sandbox.renderer.painting import blank, render
from synthlabel.sandbox.renderer.picture import Picture

__all__ = ["Format", "Picture", "blank", "encode", "render"]
