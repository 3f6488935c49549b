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
from synthlabel.ui.pages.studio.lora_state import StudioLoraState
from synthlabel.ui.pages.studio.preset_state import StudioPresetState
from synthlabel.ui.pages.studio.source_state import StudioSourceState
from synthlabel.ui.pages.studio.stream_state import StudioStreamState
from synthlabel.ui.pages.studio.take_state import StudioTakeState
from synthlabel.ui.pages.studio.tool_state import StudioToolState
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
            "price_again",
            "reset_settings",
            "set_advanced",
            "set_count",
            "set_flag",
            "set_height",
            "set_lines",
            "set_negative_prompt",
            "set_number",
            "set_prompt",
            "set_seed",
            "set_seed_mode",
            "set_text",
            "set_width",
            "submit",
            "undo",
            "use_example",
            "use_text",
        ),
        *_names(StudioLoraState, "add", "forget", "make_known", "remember", "remove", "set_weight"),
        *_names(StudioPresetState, "bring_back", "choose", "delete", "rename", "save", "save_as"),
        *_names(StudioSourceState, "add_images", "add_upload", "move", "remove"),
        *_names(StudioTakeState, "restore_file", "take_from_image", "take_from_run"),
        *_names(StudioToolState, "run", "start_over"),
        *_names(
            StudioStreamState,
            "cancel",
            "cancel_batch",
            "cancel_newest",
            "cancel_waiting",
            "check_again",
            "load",
            "load_older",
            "look_again",
            "retry",
        ),
    }
)
