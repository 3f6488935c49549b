"""One child process: its specification, and the process itself with its output."""

import contextlib
import os
import re
import select
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from synthlabel.embedded.log_file import LogFile
from synthlabel.embedded.parent_death import die_with_parent
from synthlabel.launcher.guardian import Guardian
from synthlabel.launcher.part import PartError
from synthlabel.logs import redact

STOP_GRACE_S = 10.0
_TAIL_LINES = 15
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def answers(url: str) -> Callable[[], bool]:
    """Return a probe: True when ``GET url`` is answered with 200 within two seconds."""
    parts = urlsplit(url)

    def probe() -> bool:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=2)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    return probe


def _at_once() -> bool:
    return True


def _inherited() -> Mapping[str, str]:
    return os.environ


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What to run. ``ready`` is asked until it is true.

    ``env`` gives the whole environment and is asked at every start: the database's address is known only then.
    ``required``: the product is not ready before it is. ``needs``: what has to be ready before it starts; None:
    every required child before it. ``once``: it has to end with exit code 0.
    """

    name: str
    argv: Sequence[str]
    env: Callable[[], Mapping[str, str]] = _inherited
    cwd: Path | None = None
    ready: Callable[[], bool] = _at_once
    required: bool = True
    needs: frozenset[str] | None = None
    once: bool = False
    grace_s: float = STOP_GRACE_S


class ChildProcess:
    """A ``Child`` as a part of the product: a session of its own, its output in a log and on the screen."""

    def __init__(
        self, child: Child, *, log: LogFile, show: Callable[[str, str], bool], guardian: Guardian | None = None
    ) -> None:
        self._child = child
        self._log = log
        self._show = show
        self._guardian = guardian
        self._process: subprocess.Popen[bytes] | None = None
        self._unfinished = b""
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    @property
    def name(self) -> str:
        return self._child.name

    @property
    def once(self) -> bool:
        return self._child.once

    @property
    def awaited(self) -> bool:
        return self._child.required

    @property
    def needs(self) -> frozenset[str] | None:
        return self._child.needs

    @property
    def grace_s(self) -> float:
        return self._child.grace_s

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self.close()
        self._tail.clear()
        try:
            self._process = subprocess.Popen(
                self._child.argv,
                env=self._child.env(),
                cwd=self._child.cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its own group, killed as a whole; Ctrl-C reaches the launcher alone
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        except OSError as error:
            raise PartError(f"Cannot start {self.name}: {error}") from error
        if self._guardian is not None:
            self._guardian.watch(self._process.pid)
        if self._process.stdout is not None:
            os.set_blocking(self._process.stdout.fileno(), False)

    def is_ready(self) -> bool:
        return not self.once and self._child.ready()

    def poll(self) -> int | None:
        return self._process.poll() if self._process else None

    def output(self) -> int | None:
        if self._process is None or self._process.stdout is None or self._process.stdout.closed:
            return None
        return self._process.stdout.fileno()

    def pump(self) -> bool:
        descriptor = self.output()
        if descriptor is None:
            return False
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return True
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        if not data and self._unfinished:
            lines, self._unfinished = [self._unfinished], b""
        self._take([_text_of(line) for line in lines])
        return bool(data)

    def tail(self) -> list[str]:
        return list(self._tail)

    def request_stop(self) -> None:
        # The leader alone: it knows in which order its own children stop.
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a dead group
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        while self._has_output() and self.pump():
            pass
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
            if self._guardian is not None:
                self._guardian.release(self._process.pid)

    def _has_output(self) -> bool:
        descriptor = self.output()
        return descriptor is not None and bool(select.select([descriptor], [], [], 0)[0])

    def _take(self, lines: list[str]) -> None:
        if not lines:
            return
        self._log.rotate()
        with self._log.open() as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
        self._tail.extend(line for line in lines if not self._show(self.name, line))


def _text_of(line: bytes) -> str:
    return redact(_ESCAPES.sub("", line.decode(errors="replace").rstrip("\r")))
