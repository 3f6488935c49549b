"""Who runs the server: PostgreSQL refuses root, so root borrows an unprivileged user that already exists."""

import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from synthlabel.embedded.errors import EmbeddedPostgresError

CANDIDATES = ("postgres", "nobody")
SUGGESTED_DATA_DIR = "/var/lib/synthlabel"


class PopenOptions(TypedDict, total=False):
    """The arguments of ``subprocess`` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user to drop to."""

    name: str
    uid: int
    gid: int

    def can_enter(self, directory: Path) -> bool:
        """True if ``directory`` and all its parents let this user through."""
        question = ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)]
        return not subprocess.run(question, cwd="/", stderr=subprocess.DEVNULL, **popen_options(self)).returncode


def account_for(cluster: Path) -> Account | None:
    """Return who has to run the server of ``cluster``; None: the present user.

    An existing cluster stays its owner's. Never creates a user.
    Raises EmbeddedPostgresError if it belongs to somebody whom we cannot become, or if root finds nobody.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner in (None, os.geteuid()):
            return None
        raise EmbeddedPostgresError(
            f"The database in {cluster} belongs to user id {owner}: start as that user,"
            " or set SYNTHLABEL_DATA_DIR to a directory of your own."
        )
    if owner:
        return _owner_account(owner, cluster.stat().st_gid)
    for name in CANDIDATES:
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwnam(name))
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and neither of the users postgres and nobody exists:"
        " start as another user, or set DATABASE_URL."
    )


def _owner_account(uid: int, gid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:  # a container's number without a name
        return Account(f"uid {uid}", uid, gid)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def popen_options(account: Account | None) -> PopenOptions:
    """Return what ``subprocess`` needs to run a program as ``account`` (None: as the present user)."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
