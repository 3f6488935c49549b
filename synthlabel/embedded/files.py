"""The files around a cluster: lock, password, port, and the note that tells others where the server is."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.embedded.log_file import LogFile

USER = DATABASE = "synthlabel"
HOST = "127.0.0.1"
_LOCK_PATIENCE_S = 0.2


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who serves a directory: the supervisor's process id and the URL with its password."""

    pid: int
    url: str


class ServerFiles:
    """``<data_dir>/postgres`` and ``<data_dir>/logs/postgres.log``; see the package's supervisor for the layout."""

    def __init__(self, data_dir: Path) -> None:
        self.home = data_dir.absolute() / "postgres"
        self.cluster = self.home / "cluster"
        self.log = LogFile(data_dir.absolute() / "logs" / "postgres.log")
        # Patient for a moment: whoever looks whether it is held holds it for an instant.
        self._lock = FileLock(self.home / "lock", timeout=_LOCK_PATIENCE_S, mode=0o600)

    def take_lock(self) -> None:
        """Safe to repeat. Raises EmbeddedPostgresError if another supervisor has it, or nothing can be written."""
        try:
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.log.open().close()
            if not self._lock.is_locked:
                self._lock.acquire()
        except Timeout:
            raise EmbeddedPostgresError(self._already_served()) from None
        except OSError as error:
            raise EmbeddedPostgresError(
                f"Cannot write to {error.filename or self.home} ({error.strerror}):"
                " set SYNTHLABEL_DATA_DIR to a directory that you may write to."
            ) from error

    def release(self) -> None:
        """Withdraw the announcement and free the lock. Safe to repeat; does nothing if the lock is not ours."""
        if self._lock.is_locked:
            (self.home / "running.json").unlink(missing_ok=True)
            self._lock.release()

    def password(self) -> str:
        """Return the password of the only user, made at the first call."""
        path = self.home / "password"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(24))
        return path.read_text()

    def choose_port(self) -> int:
        """Return the stored port, or a new one if there is none yet or somebody else took it."""
        path = self.home / "port"
        with contextlib.suppress(FileNotFoundError, ValueError):
            port = int(path.read_text())
            if _is_free(port):
                return port
        with socket.create_server((HOST, 0)) as probe:
            port = int(probe.getsockname()[1])
        path.write_text(str(port))
        return port

    def url(self, port: int) -> str:
        return f"postgresql://{USER}:{self.password()}@{HOST}:{port}/{DATABASE}"

    def announce(self, url: str) -> None:
        _write_private(self.home / "running.json", json.dumps({"pid": os.getpid(), "url": url}))

    def announcement(self) -> Announcement | None:
        """Return who serves this directory now, if anybody. Raises PermissionError if that is another user.

        The lock tells: a process id in the note of a supervisor that was killed may be somebody else's by now.
        """
        if not self._is_served():
            return None
        try:
            note = json.loads((self.home / "running.json").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return Announcement(int(note["pid"]), str(note["url"]))

    def _is_served(self) -> bool:
        try:
            with (self.home / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # closing gives it back
        except BlockingIOError:
            return True
        except (FileNotFoundError, NotADirectoryError):
            return False
        return False

    def _already_served(self) -> str:
        try:
            found = self.announcement()
        except PermissionError:
            found = None
        address = found.url.rpartition("@")[2] if found else ""
        by = f"process {found.pid} at {address}" if found else "another process"
        return f"The database in {self.home} is already served by {by}: stop it, or set SYNTHLABEL_DATA_DIR."


def _write_private(path: Path, text: str) -> None:
    """Write atomically, readable by nobody else at any moment."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except (OSError, OverflowError):
        return False
    return True
