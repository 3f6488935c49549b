"""Workers as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from synthlabel.launcher.environment import environment_of
from synthlabel.settings import Settings
from tests.processes import ROOT

COMMAND = (sys.executable, "-m", "synthlabel.cli", "worker")


@contextmanager
def worker_processes(settings: Settings, count: int) -> Generator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(_worker_process(settings))
        yield


@contextmanager
def _worker_process(settings: Settings) -> Generator[None]:
    # What it warns of here (a slow disc, a provider that is busy) is not what is being measured
    environment = {**os.environ, **environment_of(settings), "SYNTHLABEL_LOG_LEVEL": "error"}
    with subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
