"""The product's own components: pure, data in, events out. Pages use these and ``rx.el``, nothing else.

Colours and sizes are the classes that ``ui.theme`` lists. Texts are plain strings or Vars (``Text``), flags ``Flag``.
"""

from synthlabel.ui.components.buttons import button, icon_button, link_button, tooltip
from synthlabel.ui.components.facts import copy_text, elapsed, money, mono, relative_time
from synthlabel.ui.components.feedback import (
    empty_state,
    error_state,
    notice,
    pill,
    progress_bar,
    skeleton,
    status_badge,
)
from synthlabel.ui.components.fields import (
    described_by,
    field,
    number_slider,
    segmented,
    select,
    stepper,
    switch,
    text_area,
    text_input,
)
from synthlabel.ui.components.js.controls import Option
from synthlabel.ui.components.js.keys import Key, key, keys
from synthlabel.ui.components.js.picture import picture
from synthlabel.ui.components.js.router import Link
from synthlabel.ui.components.overlays import dialog, menu, menu_item, menu_link, menu_separator
from synthlabel.ui.components.text import Child, Flag, OnClick, Text, joined

__all__ = [
    "Child",
    "Flag",
    "Key",
    "Link",
    "OnClick",
    "Option",
    "Text",
    "button",
    "copy_text",
    "described_by",
    "dialog",
    "elapsed",
    "empty_state",
    "error_state",
    "field",
    "icon_button",
    "joined",
    "key",
    "keys",
    "link_button",
    "menu",
    "menu_item",
    "menu_link",
    "menu_separator",
    "money",
    "mono",
    "notice",
    "number_slider",
    "picture",
    "pill",
    "progress_bar",
    "relative_time",
    "segmented",
    "select",
    "skeleton",
    "status_badge",
    "stepper",
    "switch",
    "text_area",
    "text_input",
    "tooltip",
]
