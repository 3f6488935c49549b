"""Where the JSX files are. All are linked from here, so that one may import another by ``./name.jsx``."""

import reflex as rx

_FILES = (
    "account_form.jsx",
    "api.js",
    "command_button.jsx",
    "commands.js",
    "connection.jsx",
    "controls.jsx",
    "draft.js",
    "gallery.jsx",
    "gallery_data.js",
    "gallery_rows.js",
    "image_facts.jsx",
    "kept.jsx",
    "keys.jsx",
    "lightbox.jsx",
    "menu.jsx",
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
