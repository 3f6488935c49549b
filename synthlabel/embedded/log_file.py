"""The file that a child process writes its output to."""

import shutil
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 10_000_000


class LogFile:
    """A log that several processes append to, with one older copy ``<name>.1``.

    The child holds the file open itself, so that its last words are kept even if we are gone. Rotating copies and
    truncates therefore; append mode lets the child go on at the new end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = 0

    def open(self) -> BinaryIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("ab", buffering=0)

    def rotate(self) -> None:
        """Start anew if the file grew beyond 10 MB. Cheap otherwise."""
        if self.path.exists() and self.path.stat().st_size > MAX_BYTES:
            shutil.copyfile(self.path, self.path.with_name(self.path.name + ".1"))
            with self.path.open("r+b") as file:
                file.truncate()
            self._mark = 0

    def mark(self) -> None:
        """Remember the present end: ``since_mark`` starts there."""
        self._mark = self.path.stat().st_size if self.path.exists() else 0

    def since_mark(self) -> str:
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(self._mark)
            return file.read().decode(errors="replace")

    def last_line(self) -> str:
        """Return the last line since the mark, or an empty string."""
        lines = self.since_mark().strip().splitlines()
        return lines[-1] if lines else ""
