"""The pages that there are, in the order of the rail."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    route: str
    icon: str
    description: str
    fills_window: bool = False
    """On wide screens the page is as high as the window, and its panes scroll by themselves."""


STUDIO: Final = Page("Studio", "/", "sparkles", "Write what you want to see, and make images.", fills_window=True)
GALLERY: Final = Page("Gallery", "/gallery", "image", "Every image you have made, newest first.")

ACTIVITY: Final = Page("Activity", "/activity", "list-checks", "Everything that was asked for, and how it stands.")

PAGES: Final = (STUDIO, GALLERY, ACTIVITY)
