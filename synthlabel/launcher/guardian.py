"""Ends the children of a launcher that was killed.

The kernel's parent-death signal does that too, but only on Linux and only for direct children. The guardian is a small
process of its own: it knows the children's process groups, and when the pipe from the launcher closes it ends them,
grandchildren included. Run as a script, this file is the guardian; it needs the standard library alone.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

GRACE_S = 10.0
_POLL_S = 0.1


class Guardian:
    """The launcher's end of the pipe. Nothing here fails if the guardian itself was killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, cwd="/", start_new_session=True
        )

    def watch(self, group: int) -> None:
        """End this process group if the launcher dies."""
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        """The group is gone: its number may soon be somebody else's."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Dismiss the guardian, which ends what it still watches. Safe to repeat."""
        with contextlib.suppress(OSError):
            self._process.communicate()

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()


def _alive(groups: Iterable[int], number: int) -> set[int]:
    """Send a signal (0: none) to each group and return those that exist."""
    found: set[int] = set()
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, number)
            found.add(group)
    return found


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    deadline = time.monotonic() + GRACE_S
    groups = _alive(groups, signal.SIGTERM)
    while groups and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        groups = _alive(groups, 0)
    _alive(groups, signal.SIGKILL)


if __name__ == "__main__":
    main()
