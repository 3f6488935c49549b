"""How much a file may say, and what a reader of a container hands over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_PARTS = 100_000
"""Chunks or segments. The largest pictures that are taken have some ten thousand."""
MAX_TEXTS = 100
"""Tried to read, of any length and whether they can be read or not."""
MAX_TEXT_BYTES = 2 * 1024 * 1024
"""After decompression. Whole workflows are written into files; few are half as long."""
MAX_TOTAL_CHARS = 8 * 1024 * 1024
"""Of all texts of a file. So many bytes are unpacked at most, see ``png``."""


class DamagedFileError(Exception):
    """The container is not built as its format says."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a container holds, as it stands there. Nothing of it is to be trusted."""

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    exif: bytes | None = None
    xmp: bytes | None = None
