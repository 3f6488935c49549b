"""What is to be drawn."""

from dataclasses import dataclass
from typing import Final

MIN_SIDE_PX: Final = 64
MAX_SIDE_PX: Final = 4096


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. ``style`` is the identity of a LoRA (any text): it changes inks and surface, never the subject.

    Raises ValueError for a side outside 64-4096 px.
    """

    prompt: str
    seed: int
    width_px: int
    height_px: int
    negative_prompt: str = ""
    style: str = ""
    endpoint: str = ""

    def __post_init__(self) -> None:
        for side in (self.width_px, self.height_px):
            if not MIN_SIDE_PX <= side <= MAX_SIDE_PX:
                raise ValueError(f"a side must be {MIN_SIDE_PX}-{MAX_SIDE_PX} px, not {side}")
