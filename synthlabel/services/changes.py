"""News within one process: one listener on the database, any number of readers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from synthlabel.ports import Change, ChangeFeed

BUFFERED_CHANGES = 1000
EVERYTHING = Change(None, "everything", None)
NOTHING = Change(None, "nothing", None)


class ChangeHub:
    """Fans changes out. Slow readers lose single changes, never the fact that something changed."""

    def __init__(self, feed: ChangeFeed) -> None:
        self._feed = feed
        self._readers: dict[asyncio.Queue[Change], UUID | None] = {}

    async def run(self) -> None:
        """Listen until cancelled. One per process."""
        async with aclosing(self._feed.changes()) as changes:
            async for change in changes:
                self._publish(change)

    def _publish(self, change: Change) -> None:
        for queue, account_id in self._readers.items():
            if change.account_id is None or account_id is None or account_id == change.account_id:
                _put(queue, change)

    async def stream(
        self, account_id: UUID | None = None, *, idle_s: float | None = None
    ) -> AsyncGenerator[Change, None]:
        """Yield the changes of one person, or of everybody, from now on. Begins with ``everything``.

        With ``idle_s`` it yields ``nothing`` whenever it was quiet for so long.
        """
        queue: asyncio.Queue[Change] = asyncio.Queue(BUFFERED_CHANGES)
        queue.put_nowait(EVERYTHING)
        self._readers[queue] = account_id
        try:
            while True:
                yield await _next(queue, idle_s)
        finally:
            del self._readers[queue]


def _put(queue: asyncio.Queue[Change], change: Change) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        change = EVERYTHING
    queue.put_nowait(change)


async def _next(queue: asyncio.Queue[Change], idle_s: float | None) -> Change:
    try:
        return await asyncio.wait_for(queue.get(), idle_s)
    except TimeoutError:
        return NOTHING
