"""Creating a cluster, and refusing one of another version."""

import os
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from synthlabel.embedded.account import SUGGESTED_DATA_DIR, Account, popen_options
from synthlabel.embedded.binaries import Binaries
from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.embedded.files import USER, ServerFiles

_FIRST_WITH_BUILTIN_LOCALE = 17


def find_place(files: ServerFiles, account: Account | None, *, elsewhere: Path | None) -> Path:
    """Return the directory in which the cluster is, or is to be created: where its link leads, else ``files.home``.

    If the server's user cannot enter ``files.home``, a new cluster goes below ``elsewhere``, in a directory of its own
    that is made here; parents are never opened up. Raises EmbeddedPostgresError if the cluster can't be reached.
    """
    link = files.cluster
    if link.is_symlink() and not link.exists():
        raise EmbeddedPostgresError(
            f"The database is gone from {link.readlink()}, to where {link} leads:"
            " bring it back, or remove that link to begin with an empty one."
        )
    place = link.resolve().parent if link.is_symlink() else files.home
    if account is None or account.can_enter(place):
        return place
    if link.exists() or elsewhere is None:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and {account.name!r}, the user it would run as, cannot enter"
            f" {place}: set SYNTHLABEL_DATA_DIR={SUGGESTED_DATA_DIR}, or do not run as root."
        )
    return _make_place(files.home, elsewhere, account)


def _make_place(home: Path, elsewhere: Path, account: Account) -> Path:
    try:
        elsewhere.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Not by the name alone: a new checkout in an old one's place must not find the old one's database.
        place = Path(tempfile.mkdtemp(prefix=f"{sha256(bytes(home)).hexdigest()[:8]}-", dir=elsewhere))
        place.chmod(0o711)
    except OSError as error:
        raise EmbeddedPostgresError(f"Cannot write to {elsewhere} ({error.strerror}): do not run as root.") from error
    if not account.can_enter(place):
        raise EmbeddedPostgresError(f"The user {account.name!r} cannot enter {place}: do not run as root.")
    return place


def refuse_other_version(cluster: Path, binaries: Binaries) -> None:
    """Raises EmbeddedPostgresError: another major version is never started "to see"."""
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise EmbeddedPostgresError(
            f"The database in {cluster} was made by PostgreSQL {found}, this is PostgreSQL {binaries.major}:"
            " dump it with the old version and restore it into a new SYNTHLABEL_DATA_DIR."
        )


def create_cluster(files: ServerFiles, place: Path, binaries: Binaries, *, account: Account | None) -> None:
    """Create it in ``place`` under another name and rename it: an interrupted initdb is never taken for a cluster.

    In another place than ``files.home``, a link there leads to it. Raises EmbeddedPostgresError, quoting initdb's last
    line.
    """
    with (
        tempfile.TemporaryDirectory(prefix="new-", dir=place) as scratch,
        tempfile.NamedTemporaryFile("w") as password_file,
        files.log.open() as log,
    ):
        password_file.write(files.password())
        password_file.flush()
        cluster = Path(scratch) / "cluster"
        cluster.mkdir(mode=0o700)
        if account is not None:
            Path(scratch).chmod(0o711)
            os.chown(cluster, account.uid, account.gid)
            os.chown(password_file.name, account.uid, account.gid)
        _initdb(cluster, binaries, password_file=password_file.name, account=account, log=log)
        if not (cluster / "PG_VERSION").exists():
            raise EmbeddedPostgresError(f"Creating the database failed, see {files.log.path}: {files.log.last_line()}")
        cluster.rename(place / files.cluster.name)
        if place != files.home:
            files.cluster.symlink_to(place / files.cluster.name)


def _initdb(cluster: Path, binaries: Binaries, *, password_file: str, account: Account | None, log: BinaryIO) -> None:
    # The builtin C.UTF-8 sorts alike everywhere and needs no locale of the system.
    builtin = ["--locale-provider=builtin"] if binaries.major >= _FIRST_WITH_BUILTIN_LOCALE else []
    command = [binaries.path("initdb"), "-D", str(cluster), "-U", USER, "--auth=scram-sha-256"]
    command += [f"--pwfile={password_file}", "-E", "UTF8", *builtin, "--locale=C.UTF-8", "--no-instructions"]
    subprocess.run(command, cwd="/", stdout=log, stderr=log, check=False, **popen_options(account))
