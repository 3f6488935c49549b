"""Building the pages when they changed, and serving what was built."""

import hashlib
import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import uvicorn

from synthlabel.errors import ConfigurationError
from synthlabel.launcher.environment import environment_of
from synthlabel.launcher.pages import Pages
from synthlabel.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: where rxconfig.py is, and where Reflex keeps ``.web``."""

REFLEX_QUIET: Mapping[str, str] = {"REFLEX_CHECK_LATEST_VERSION": "false", "REFLEX_TELEMETRY_ENABLED": "false"}

# What the pages are made of. Services and domain: the types of the states' variables are part of the build.
_SOURCES = (
    "synthlabel/ui",
    "synthlabel/services",
    "synthlabel/domain",
    "synthlabel/catalog",
    "synthlabel/synthlabel.py",
    "synthlabel/settings.py",
    "rxconfig.py",
    "assets",
)
_LOCK = "reflex.lock"
_STAMP = ".web/synthlabel.stamp"
_BUILT = ".web/build/client"
_QUOTED_LINES = 12


class FrontendBuildError(Exception):
    """The build failed. The message holds the end of its log."""


def ensure_frontend(settings: Settings, *, project: Path = PROJECT) -> bool:
    """Build the pages unless the build there is of these very sources and addresses. Return True if it built.

    Takes about 10-20 s the first time (it fetches the JavaScript packages). Safe to repeat; an interrupted build is
    done again. Raises FrontendBuildError.
    """
    if is_built(settings, project=project):
        return False
    stamp = project / _STAMP
    sources = _fingerprint(settings, project)
    stamp.unlink(missing_ok=True)
    _export(settings, project)
    # The sources as they were before, in case somebody edits meanwhile; the lock as the build left it.
    stamp.write_text(sources + _digest(project, _LOCK))
    return True


def is_built(settings: Settings, *, project: Path = PROJECT) -> bool:
    """True if the build there is of these very sources and addresses. Takes some hundredths of a second."""
    stamp = project / _STAMP
    if not (stamp.exists() and (project / _BUILT / "index.html").exists()):
        return False
    return stamp.read_text() == _fingerprint(settings, project) + _digest(project, _LOCK)


def serve_frontend(settings: Settings, *, project: Path = PROJECT) -> None:
    """Serve the built pages on the frontend's port until SIGINT or SIGTERM.

    Raises ConfigurationError if nothing was built yet.
    """
    built = project / _BUILT
    if not built.is_dir():
        raise ConfigurationError("The pages are not built yet: run `synthlabel up`, which builds them.")
    uvicorn.run(Pages(built), host=settings.host, port=settings.frontend_port, log_level="warning", server_header=False)


def _fingerprint(settings: Settings, project: Path) -> str:
    addresses = (settings.api_url, settings.frontend_url, settings.frontend_port, settings.backend_port)
    return repr((_digest(project, *_SOURCES), importlib.metadata.version("reflex"), addresses))


def _digest(project: Path, *names: str) -> str:
    digest = hashlib.sha256()
    for path in _files(project, names):
        digest.update(f"\0{path.relative_to(project)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(project: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        root = project / name
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        # assets/external is written by the build itself
        skipped = {"__pycache__", "external"}
        yield from (path for path in files if path.is_file() and skipped.isdisjoint(path.parts))


def _export(settings: Settings, project: Path) -> None:
    log_path = settings.data_dir.absolute() / "logs" / "frontend-build.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "warning"]
    environment = {**os.environ, **environment_of(settings), **REFLEX_QUIET, "SYNTHLABEL_ROLE": "frontend"}
    with log_path.open("wb") as log:
        done = subprocess.run(
            command, cwd=project, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if done.returncode or not (project / _BUILT / "index.html").exists():
        end = "\n".join(log_path.read_text(errors="replace").splitlines()[-_QUOTED_LINES:])
        raise FrontendBuildError(f"Building the pages failed, see {log_path}:\n{end}")
