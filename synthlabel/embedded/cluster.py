"""Creating a cluster, and refusing one of another version."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from synthlabel.embedded.account import SUGGESTED_DATA_DIR, Account, popen_options
from synthlabel.embedded.binaries import Binaries
from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.embedded.files import USER, ServerFiles

_FIRST_WITH_BUILTIN_LOCALE = 17


def refuse_closed_directory(files: ServerFiles, account: Account | None) -> None:
    """Raises EmbeddedPostgresError if the server's user cannot reach the cluster; parents are never opened up."""
    if account is not None and not account.can_enter(files.home):
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and {account.name!r}, the user it would run as, cannot enter"
            f" {files.home}: set SYNTHLABEL_DATA_DIR={SUGGESTED_DATA_DIR}, or do not run as root."
        )


def refuse_other_version(cluster: Path, binaries: Binaries) -> None:
    """Raises EmbeddedPostgresError: another major version is never started "to see"."""
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise EmbeddedPostgresError(
            f"The database in {cluster} was made by PostgreSQL {found}, this is PostgreSQL {binaries.major}:"
            " dump it with the old version and restore it into a new SYNTHLABEL_DATA_DIR."
        )


def create_cluster(files: ServerFiles, binaries: Binaries, *, account: Account | None) -> None:
    """Create it beside its place and rename it: an interrupted initdb is never taken for a cluster.

    Raises EmbeddedPostgresError, quoting initdb's last line.
    """
    with (
        tempfile.TemporaryDirectory(prefix="new-", dir=files.home) as scratch,
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
        cluster.rename(files.cluster)


def _initdb(cluster: Path, binaries: Binaries, *, password_file: str, account: Account | None, log: BinaryIO) -> None:
    # The builtin C.UTF-8 sorts alike everywhere and needs no locale of the system.
    builtin = ["--locale-provider=builtin"] if binaries.major >= _FIRST_WITH_BUILTIN_LOCALE else []
    command = [binaries.path("initdb"), "-D", str(cluster), "-U", USER, "--auth=scram-sha-256"]
    command += [f"--pwfile={password_file}", "-E", "UTF8", *builtin, "--locale=C.UTF-8", "--no-instructions"]
    subprocess.run(command, cwd="/", stdout=log, stderr=log, check=False, **popen_options(account))
