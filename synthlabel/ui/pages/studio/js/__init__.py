"""The Studio's own React components: what must answer before, or without, the server."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from synthlabel.ui.pages.studio.forms import ModelCard, ShapeCard
from synthlabel.ui.pages.studio.lora_cards import LorasCard
from synthlabel.ui.pages.studio.presets import PresetsCard
from synthlabel.ui.pages.studio.source_cards import SourceCard

_FILES = (
    "compared.js",
    "form.jsx",
    "from_address.jsx",
    "gallery_picker.jsx",
    "generate.jsx",
    "lora_picker.jsx",
    "model_picker.jsx",
    "presets.jsx",
    "prompt.jsx",
    "prompt_history.jsx",
    "recipe_offer.jsx",
    "shared.js",
    "source_zone.jsx",
    "stream.jsx",
    "studio_keys.jsx",
    "tile.jsx",
    "tile_keys.jsx",
    "tools.jsx",
    "uploads.js",
    "word_lists.jsx",
    "written.js",
)
# All are linked from here, so that one may import another by ``./name.jsx``
_SOURCES = {name: rx.asset(name, shared=True).importable_path for name in _FILES}


class PromptText(rx.Component):
    """A text that survives a reload at any moment: see ``prompt.jsx`` for ``revision``. ``on_save`` gets the text.

    ``on_lines`` gets whether each line is a prompt of its own, and the text.
    """

    library = _SOURCES["prompt.jsx"]
    tag = "PromptText"
    value: rx.Var[str]
    revision: rx.Var[str]
    storage_key: rx.Var[str]
    rows: rx.Var[int]
    limit: rx.Var[int]
    placeholder: rx.Var[str]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    submit_id: rx.Var[str]
    tab_id: rx.Var[str]
    lines: rx.Var[bool]
    on_save: rx.EventHandler[passthrough_event_spec(str)]
    on_lines: rx.EventHandler[passthrough_event_spec(bool, str)]


class PromptHistory(rx.Component):
    """A button that lists earlier prompts. ``on_take`` gets the text of one."""

    library = _SOURCES["prompt_history.jsx"]
    tag = "PromptHistory"
    on_take: rx.EventHandler[passthrough_event_spec(str)]


class WordLists(rx.Component):
    """A button that opens the person's named lists."""

    library = _SOURCES["word_lists.jsx"]
    tag = "WordLists"
    prompt_id: rx.Var[str]
    on_change: rx.EventHandler[rx.event.no_args_event_spec]


class SourceZone(rx.Component):
    """Where images come in.

    ``on_images`` gets ids of the gallery, ``on_upload`` the id of an upload that is ready, ``on_restore`` the settings
    that were read from a file.
    """

    library = _SOURCES["source_zone.jsx"]
    tag = "SourceZone"
    sources: rx.Var[list[SourceCard]]
    takes: rx.Var[int]
    title: rx.Var[str]
    model: rx.Var[str]
    ready: rx.Var[bool]
    on_images: rx.EventHandler[passthrough_event_spec(list[str])]
    on_upload: rx.EventHandler[passthrough_event_spec(str)]
    on_remove: rx.EventHandler[passthrough_event_spec(str)]
    on_move: rx.EventHandler[passthrough_event_spec(str, int)]
    on_restore: rx.EventHandler[passthrough_event_spec(dict[str, Any])]


class LoraPicker(rx.Component):
    """A button that lists the person's LoRAs. They get ids; ``on_make_known`` name, address, family, trigger."""

    library = _SOURCES["lora_picker.jsx"]
    tag = "LoraPicker"
    card: rx.Var[LorasCard]
    mistakes: rx.Var[dict[str, str]]
    added: rx.Var[str]
    on_add: rx.EventHandler[passthrough_event_spec(str)]
    on_forget: rx.EventHandler[passthrough_event_spec(str)]
    on_remember: rx.EventHandler[passthrough_event_spec(str)]
    on_make_known: rx.EventHandler[passthrough_event_spec(str, str, str, str)]


class PresetBar(rx.Component):
    """The presets. ``on_choose`` and ``on_delete`` get an id, ``on_save_as`` and ``on_rename`` a name."""

    library = _SOURCES["presets.jsx"]
    tag = "PresetBar"
    card: rx.Var[PresetsCard]
    problem: rx.Var[str]
    saved: rx.Var[str]
    deleted_name: rx.Var[str]
    on_choose: rx.EventHandler[passthrough_event_spec(str)]
    on_save: rx.EventHandler[rx.event.no_args_event_spec]
    on_save_as: rx.EventHandler[passthrough_event_spec(str)]
    on_rename: rx.EventHandler[passthrough_event_spec(str)]
    on_delete: rx.EventHandler[passthrough_event_spec(str)]
    on_bring_back: rx.EventHandler[rx.event.no_args_event_spec]


class ModelPicker(rx.Component):
    """A listbox. ``on_select`` gets the id of another model than the present one."""

    library = _SOURCES["model_picker.jsx"]
    tag = "ModelPicker"
    models: rx.Var[list[ModelCard]]
    value: rx.Var[str]
    labelled_by: rx.Var[str]
    described_by: rx.Var[str]
    invalid: rx.Var[bool]
    on_select: rx.EventHandler[passthrough_event_spec(str)]


class ShapePicker(rx.Component):
    """Radio buttons with drawn rectangles. ``on_select`` gets a ratio's label, or ``custom``."""

    library = _SOURCES["form.jsx"]
    tag = "ShapePicker"
    shapes: rx.Var[list[ShapeCard]]
    value: rx.Var[str]
    size: rx.Var[str]
    takes_custom: rx.Var[bool]
    on_select: rx.EventHandler[passthrough_event_spec(str)]


class Disclosure(rx.Component):
    """A part of the form that unfolds. ``on_change`` gets whether it is open now."""

    library = _SOURCES["form.jsx"]
    tag = "Disclosure"
    title: rx.Var[str]
    remark: rx.Var[str]
    open: rx.Var[bool]
    on_change: rx.EventHandler[passthrough_event_spec(bool)]


class GenerateButton(rx.Component):
    """``on_generate`` gets a key that is the same for every click that means the same request, the prompt on the
    screen, and the price on the button."""

    library = _SOURCES["generate.jsx"]
    tag = "GenerateButton"
    price: rx.Var[str]
    price_micros: rx.Var[int]
    stale: rx.Var[bool]
    answered: rx.Var[str]
    revision: rx.Var[str]
    results_id: rx.Var[str]
    stream_id: rx.Var[str]
    form_id: rx.Var[str]
    prompt_id: rx.Var[str]
    on_generate: rx.EventHandler[passthrough_event_spec(str, str, int)]


class StudioKeys(rx.Component):
    library = _SOURCES["studio_keys.jsx"]
    tag = "StudioKeys"
    prompt_id: rx.Var[str]
    generate_id: rx.Var[str]
    on_undo: rx.EventHandler[rx.event.no_args_event_spec]
    on_cancel: rx.EventHandler[rx.event.no_args_event_spec]
    on_cancel_waiting: rx.EventHandler[rx.event.no_args_event_spec]
    on_start_over: rx.EventHandler[rx.event.no_args_event_spec]


class Tile(rx.Component):
    """A finished image with all that can be done with it; ``TileKeys`` around it hears what was chosen."""

    library = _SOURCES["tile.jsx"]
    tag = "Tile"
    image_id: rx.Var[str]
    alt: rx.Var[str]
    src: rx.Var[str]
    srcset: rx.Var[str]
    sizes: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]
    thumbhash: rx.Var[str]
    download: rx.Var[str]
    rating: rx.Var[int]
    favorite: rx.Var[bool]


class TileKeys(rx.Component):
    """``on_take`` gets a part of a recipe and an image's id."""

    library = _SOURCES["tile_keys.jsx"]
    tag = "TileKeys"
    on_take: rx.EventHandler[passthrough_event_spec(str, str)]


class Tools(rx.Component):
    """Tools for images, which cost money: chosen at a tile, with a key or by an address.

    ``on_tool`` gets a key that is the same until it is ``answered``, the tool's task, an image's id, and the price that
    was shown in micro-dollars.
    """

    library = _SOURCES["tools.jsx"]
    tag = "Tools"
    answered: rx.Var[str]
    on_tool: rx.EventHandler[passthrough_event_spec(str, str, str, int)]


class FromAddress(rx.Component):
    """Carries out ``/?take=…&image=…`` once ``ready``. ``on_take`` is that of ``TileKeys``; ``Tools`` hears of tools.

    ``on_text`` gets what a description said: ``/?take=words&run=…``.
    """

    library = _SOURCES["from_address.jsx"]
    tag = "FromAddress"
    ready: rx.Var[bool]
    on_take: rx.EventHandler[passthrough_event_spec(str, str)]
    on_text: rx.EventHandler[passthrough_event_spec(str)]


class Clamped(rx.Component):
    """Two lines of a text, with *more*."""

    library = _SOURCES["stream.jsx"]
    tag = "Clamped"
    text: rx.Var[str]


class NextPage(rx.Component):
    """A button that presses itself when it comes into view."""

    library = _SOURCES["stream.jsx"]
    tag = "NextPage"
    label: rx.Var[str]
    busy: rx.Var[bool]
    on_next: rx.EventHandler[rx.event.no_args_event_spec]


class ClockTime(rx.Component):
    """An RFC 3339 time on the person's own clock, after ``words``. Gone once it has passed, unless ``exact``."""

    library = _SOURCES["stream.jsx"]
    tag = "ClockTime"
    value: rx.Var[str]
    words: rx.Var[str]
    exact: rx.Var[bool]


class Clockwork(rx.Component):
    """Ticks while ``is_on`` and the page is looked at."""

    library = _SOURCES["stream.jsx"]
    tag = "Clockwork"
    is_on: rx.Var[bool]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]
