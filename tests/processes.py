"""Watching processes end, and running a few lines of Python in a process of their own."""

import os
import select
import subprocess
import sys
import textwrap
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 30.0


def wait_for_end(pid: int) -> bool:
    """Wait until a process that need not be our child is gone. False if it outlives our patience (Linux)."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE_S)[0])
    finally:
        os.close(descriptor)


@contextmanager
def running_script(source: str, *arguments: object) -> Generator[subprocess.Popen[str]]:
    """Run Python source with the project importable; it is killed at the end if it still runs."""
    command = [sys.executable, "-c", textwrap.dedent(source), *map(str, arguments)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a script printed; fails if it ended instead."""
    stream: IO[str] | None = process.stdout
    assert stream is not None
    line = stream.readline()
    assert line, f"the script ended with {process.wait()}"
    return line.strip()
