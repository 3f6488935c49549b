"""The embedded database as a part of the product."""

from synthlabel.embedded import EmbeddedPostgres, EmbeddedPostgresError
from synthlabel.embedded.parent_death import CAN_DIE_WITH_PARENT
from synthlabel.embedded.postgres import STOP_GRACE_S
from synthlabel.launcher.guardian import Guardian
from synthlabel.launcher.part import PartError


class DatabasePart:
    """The launcher itself holds the server: its fork has to come from the main thread of a process that stays."""

    name = "database"
    once = False
    awaited = True
    needs: frozenset[str] | None = frozenset()
    grace_s = STOP_GRACE_S

    def __init__(self, server: EmbeddedPostgres, *, guardian: Guardian | None = None) -> None:
        """``guardian``: who ends the server where the kernel does not. Its end may be hard: no commit is lost by it."""
        self._server = server
        self._guardian = None if CAN_DIE_WITH_PARENT else guardian
        self._watched: int | None = None
        self._ready = False

    def start(self) -> None:
        self._ready = False
        try:
            self._server.launch()
        except EmbeddedPostgresError as error:
            raise PartError(str(error)) from error

    def is_ready(self) -> bool:
        try:
            self._ready = self._server.is_ready()
        except EmbeddedPostgresError as error:
            raise PartError(str(error)) from error
        self._watch(self._server.pid)
        return self._ready

    def poll(self) -> int | None:
        # Until it is ready, ``is_ready`` judges an end: leftovers of a killed server are worth another try.
        return self._server.poll() if self._ready else None

    def output(self) -> int | None:
        return None

    def pump(self) -> bool:
        return False

    def tail(self) -> list[str]:
        return []

    def request_stop(self) -> None:
        self._ready = True  # from now on an end is an end
        self._server.request_stop()

    def kill(self) -> None:
        self._server.kill()

    def close(self) -> None:
        self._server.stop()
        self._watch(None)

    def _watch(self, group: int | None) -> None:
        if self._guardian is None or group == self._watched:
            return
        if self._watched is not None:
            self._guardian.release(self._watched)
        if group is not None:
            self._guardian.watch(group)
        self._watched = group
