"""The supervisor of the embedded PostgreSQL.

It keeps PostgreSQL as a foreground child in ``<data_dir>/postgres``::

    lock          held while a supervisor lives
    port          chosen once, chosen again only if taken
    password      of the only user, mode 0600
    running.json  pid and URL while the server answers, mode 0600
    cluster/      PostgreSQL's own, or a link to it (see ``elsewhere``)

and its log in ``<data_dir>/logs/postgres.log``. Crash recovery is PostgreSQL's job: it is given time, and nothing
of the cluster is ever deleted, ``postmaster.pid`` least of all (two servers on one directory destroy it).
"""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from synthlabel.embedded.account import Account, account_for, popen_options
from synthlabel.embedded.binaries import Binaries, find_binaries, readable_by
from synthlabel.embedded.cluster import create_cluster, find_place, refuse_other_version
from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.embedded.files import DATABASE, HOST, ServerFiles
from synthlabel.embedded.parent_death import die_with_parent

STOP_GRACE_S = 60.0
_POLL_S = 0.02
_REPORT_EVERY_S = 3.0
# After a postmaster was killed, its last backends count as "still running" for a moment.
_LEFTOVER_RETRY_S = 15.0
_LEFTOVER_PAUSE_S = 0.3
_LEFTOVER_SIGNS = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block")

_TUNING = {
    "shared_buffers": "64MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres:
    """One server, owned by this process; it shuts down if this process dies (Linux).

    Use it from the main thread: the kernel's parent-death signal follows the thread that forked.
    Either ``start()``, which waits, or ``launch()`` and then ``is_ready()`` until it is true.

    ``elsewhere``: root's server runs as another user, who may not be let into ``data_dir``; a new cluster then goes
    into a directory of its own below this one. None: it is refused instead.
    """

    def __init__(
        self, data_dir: Path, *, elsewhere: Path | None = None, on_progress: Callable[[str], None] | None = None
    ) -> None:
        self._files = ServerFiles(data_dir)
        self._elsewhere = elsewhere
        self._report = on_progress or _say_nothing
        self._binaries: Binaries | None = None
        self._account: Account | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._ready = False
        self._launched_at = 0.0
        self._forked_at = 0.0

    @property
    def url(self) -> str:
        """``postgresql://synthlabel:<password>@127.0.0.1:<port>/synthlabel``; RuntimeError before a launch."""
        if self._port is None:
            raise RuntimeError("the server was not launched yet")
        return self._files.url(self._port)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None before a launch."""
        return self._child.pid if self._child else None

    @property
    def returncode(self) -> int | None:
        """How the server ended (negative: the signal that killed it); None while it runs or before a launch."""
        return self._child.returncode if self._child else None

    def start(self) -> str:
        """Launch, wait until the server answers and return its URL. May be called again after the server died.

        Waits as long as crash recovery takes, reporting progress.
        Raises EmbeddedPostgresError if the server cannot run; the directory is released then.
        """
        self.launch()
        report_at = self._launched_at + _REPORT_EVERY_S
        try:
            while not self.is_ready():
                if time.monotonic() > report_at:
                    report_at += _REPORT_EVERY_S
                    self._report(f"the database is not ready yet: {self._files.log.last_line()}")
                time.sleep(_POLL_S)
        except BaseException:
            self.stop()
            raise
        return self.url

    def launch(self) -> None:
        """Take the lock, create the cluster if it is missing, fork the server; does not wait for it.

        May be called again after the server died; the port stays then, for clients know it.
        Raises EmbeddedPostgresError; the directory is released then.
        """
        files = self._files
        files.take_lock()
        try:
            self._account = account_for(files.cluster)
            place = find_place(files, self._account, elsewhere=self._elsewhere)
            self._binaries = readable_by(self._account, find_binaries())
            if files.cluster.exists():
                refuse_other_version(files.cluster, self._binaries)
            else:
                kept_in = "" if place == files.home else f" in {place}: {files.home} is closed to its user"
                self._report(f"creating the database{kept_in}")
                create_cluster(files, place, self._binaries, account=self._account)
            self._port = self._port or files.choose_port()
            self._launched_at = time.monotonic()
            self._fork(self._binaries, self._port)
        except BaseException:
            self._release()
            raise

    def is_ready(self) -> bool:
        """True when the server answers and the database exists. Raises EmbeddedPostgresError if it refused to start."""
        if self._ready:
            return True
        if self._child is None or self._binaries is None or self._port is None:
            raise RuntimeError("the server was not launched yet")
        if self._child.poll() is not None:
            self._try_again_or_raise(self._binaries, self._port)
            return False
        question = [self._binaries.path("pg_isready"), "-q", "-h", HOST, "-p", str(self._port)]
        if subprocess.run(question, cwd="/", check=False).returncode:
            return False
        _ensure_database(self.url)
        self._files.announce(self.url)
        self._ready = True
        return True

    def poll(self) -> int | None:
        """Return how the server ended, None while it runs. To be called now and then: it rotates the log, too."""
        self._files.log.rotate()
        return self._child.poll() if self._child else None

    def request_stop(self) -> None:
        """Ask for the fast shutdown: clients are disconnected, open transactions rolled back, a checkpoint made."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """Stop at once. No commit is lost: the next start replays the log."""
        self._signal(signal.SIGQUIT)

    def stop(self) -> int | None:
        """Stop the server, release the directory, return the exit code. Safe to repeat."""
        self.request_stop()
        if self._child is not None:
            try:
                self._child.wait(STOP_GRACE_S)
            except subprocess.TimeoutExpired:
                self.kill()
                self._child.wait()
        self._release()
        return self.returncode

    def _fork(self, binaries: Binaries, port: int) -> None:
        command = [binaries.path("postgres"), "-D", str(self._files.cluster.resolve()), "-h", HOST, "-p", str(port)]
        # No Unix socket: its path is limited to 107 bytes, and every client has the port.
        settings = ["-k", "", *(f"--{name}={value}" for name, value in _TUNING.items())]
        self._ready = False
        self._forked_at = time.monotonic()
        self._files.log.mark()
        with self._files.log.open() as log:
            self._child = subprocess.Popen(
                [*command, *settings],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle, in our order
                preexec_fn=die_with_parent(signal.SIGINT),
                **popen_options(self._account),
            )

    def _try_again_or_raise(self, binaries: Binaries, port: int) -> None:
        log = self._files.log
        leftover = any(sign in log.since_mark() for sign in _LEFTOVER_SIGNS)
        now = time.monotonic()
        if not leftover or now - self._launched_at > _LEFTOVER_RETRY_S:
            raise EmbeddedPostgresError(
                f"The database did not start (exit {self.returncode}), see {log.path}: {log.last_line()}"
            )
        if now - self._forked_at > _LEFTOVER_PAUSE_S:
            self._fork(binaries, port)

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def _release(self) -> None:
        self._ready = False
        self._files.release()


def find_running(data_dir: Path) -> str | None:
    """Return the URL of the server that a supervisor on ``data_dir`` keeps now, or None.

    Raises EmbeddedPostgresError if it belongs to another user.
    """
    files = ServerFiles(data_dir)
    try:
        found = files.announcement()
    except PermissionError:
        raise EmbeddedPostgresError(
            f"The database in {files.home} belongs to another user: run this as that user, or set DATABASE_URL."
        ) from None
    return found.url if found else None


def _ensure_database(url: str) -> None:
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not exists:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _say_nothing(_: str) -> None:
    pass
