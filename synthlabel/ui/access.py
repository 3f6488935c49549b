"""Who may call which handler: complete, and held against Reflex's registry by a test.

Any method of a state can be called from any socket, so this table is the public face of the pages. ``PUBLIC`` handlers
run for everybody; ``SIGNED_IN`` ones for a valid session (and their services check whose row it is).
"""

from collections.abc import Iterable
from typing import Any, Final

from synthlabel.ui.feedback import ToastState
from synthlabel.ui.pages.accounts.state import AccountsState
from synthlabel.ui.pages.activity.state import ActivityState
from synthlabel.ui.pages.gallery.state import GalleryState
from synthlabel.ui.pages.studio.form_state import StudioFormState
from synthlabel.ui.pages.studio.stream_state import StudioStreamState
from synthlabel.ui.shell.state import ShellState


def _names(state: type[Any], *handlers: str) -> Iterable[str]:
    return (f"{state.get_full_name()}.{handler}" for handler in handlers)


ENTRANCE: Final = f"{ShellState.get_full_name()}.enter"
"""The first handler of every private page: its refusal leads to the sign-in page."""

PUBLIC: Final = frozenset(
    {
        *_names(AccountsState, "look"),
        *_names(ToastState, "show", "dismiss"),
    }
)

SIGNED_IN: Final = frozenset(
    {
        ENTRANCE,
        *_names(ActivityState, "load"),
        *_names(GalleryState, "load"),
        *_names(
            StudioFormState,
            "choose_model",
            "choose_shape",
            "load",
            "reset_settings",
            "set_advanced",
            "set_count",
            "set_flag",
            "set_height",
            "set_negative_prompt",
            "set_number",
            "set_prompt",
            "set_seed",
            "set_seed_mode",
            "set_text",
            "set_width",
            "submit",
            "take_from_image",
            "take_from_run",
            "undo",
            "use_example",
        ),
        *_names(
            StudioStreamState,
            "cancel",
            "cancel_newest",
            "check_again",
            "load",
            "load_older",
            "retry",
        ),
    }
)
