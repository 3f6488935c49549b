"""The product's own programs as processes, with nothing of the tests' environment in them."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from synthlabel.settings import Settings


def environment(settings: Settings, **changes: str) -> dict[str, str]:
    """Return the environment that makes a program read these settings."""
    values = {
        "DATABASE_URL": settings.database_url or "",
        "SYNTHLABEL_FAL_URL": settings.fal_url or "",
        "SYNTHLABEL_DATA_DIR": str(settings.data_dir.absolute()),
        "SYNTHLABEL_SECRET": settings.secret.get_secret_value() if settings.secret else "",
        "SYNTHLABEL_BACKEND_PORT": str(settings.backend_port),
        "SYNTHLABEL_SUBMIT_TIMEOUT_S": str(settings.submit_timeout_s),
        "SYNTHLABEL_PROVIDER_CONCURRENCY": str(settings.provider_concurrency),
    }
    return bare_environment(**values, **changes)


def bare_environment(**values: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **values}


def start(*arguments: str, env: Mapping[str, str], folder: Path) -> subprocess.Popen[str]:
    """Start a program whose output is read with ``communicate``."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "synthlabel.cli", *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    )


class Program:
    """A program that can be killed and started again. What it says goes to a file."""

    def __init__(self, *arguments: str, env: Mapping[str, str], folder: Path, log: Path) -> None:
        self._command = [sys.executable, "-m", "synthlabel.cli", *arguments]
        self._env, self._folder, self._log = dict(env), folder, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; return the exit code, or the negative signal."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextmanager
def worker_program(settings: Settings, *, log: Path) -> Generator[Program]:
    """Run a worker; it is killed at the end."""
    program = Program("worker", env=environment(settings), folder=settings.data_dir, log=log)
    program.start()
    try:
        yield program
    finally:
        program.kill()
