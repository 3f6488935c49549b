"""What the launcher keeps alive."""

from typing import Protocol


class PartError(Exception):
    """A part cannot start, and trying again at once will not help. The message is one line for a person."""


class Part(Protocol):
    """One piece of the product: a child process or the database.

    Methods return at once; the launcher calls them again and again from its only thread.
    """

    @property
    def name(self) -> str: ...

    @property
    def once(self) -> bool:
        """True if it has to end with exit code 0 before the next part starts, instead of staying."""
        ...

    @property
    def awaited(self) -> bool:
        """True if the product is not ready before this part is."""
        ...

    @property
    def needs(self) -> frozenset[str] | None:
        """The names of the parts that have to be ready before it starts; None: every awaited one before it."""
        ...

    @property
    def grace_s(self) -> float:
        """How long it may take to stop before it is killed."""
        ...

    def start(self) -> None:
        """Start it, or start it again after it ended. Raises PartError."""
        ...

    def is_ready(self) -> bool:
        """Raises PartError if it never will be."""
        ...

    def poll(self) -> int | None:
        """Return the exit code if it ended since the last start."""
        ...

    def output(self) -> int | None:
        """Return a descriptor that becomes readable when ``pump`` has work, if there is one."""
        ...

    def pump(self) -> bool:
        """Take what was written. False: nothing more will come."""
        ...

    def tail(self) -> list[str]:
        """Return the last lines written since the last start that nobody saw yet."""
        ...

    def request_stop(self) -> None: ...

    def kill(self) -> None:
        """End it and everything that it started. Safe to repeat and after its end."""
        ...

    def close(self) -> None:
        """Free what it holds, after its end. Safe to repeat."""
        ...
