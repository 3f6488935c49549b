"""Where the JSX files are. All are linked from here, so that one may import another by ``./name.jsx``."""

import reflex as rx

_FILES = (
    "account_form.jsx",
    "activity.jsx",
    "activity_actions.js",
    "activity_address.js",
    "activity_bar.jsx",
    "activity_data.js",
    "activity_details.jsx",
    "activity_row.jsx",
    "activity_words.js",
    "api.js",
    "command_button.jsx",
    "commands.js",
    "connection.jsx",
    "controls.jsx",
    "draft.js",
    "gallery.jsx",
    "gallery_actions.js",
    "gallery_address.js",
    "gallery_bar.jsx",
    "gallery_boards.js",
    "gallery_data.js",
    "gallery_days.js",
    "gallery_dialogs.jsx",
    "gallery_grid.jsx",
    "gallery_keys.js",
    "gallery_layout.js",
    "gallery_outbox.js",
    "gallery_overlay.js",
    "gallery_query.js",
    "gallery_rail.jsx",
    "gallery_requests.js",
    "gallery_scrubber.jsx",
    "gallery_search.jsx",
    "gallery_selection.js",
    "gallery_states.jsx",
    "gallery_tile.jsx",
    "gallery_viewport.js",
    "gallery_words.js",
    "image_facts.jsx",
    "kept.jsx",
    "keys.jsx",
    "lightbox.jsx",
    "menu.jsx",
    "outbox_storage.js",
    "overlays.jsx",
    "palette.jsx",
    "picture.jsx",
    "small.jsx",
    "toasts.jsx",
)

_PATHS = {name: rx.asset(name, shared=True).importable_path for name in _FILES}


def source(name: str) -> str:
    """Return what a component names as its ``library``. Raises KeyError for a file that is not listed above."""
    return _PATHS[name]
