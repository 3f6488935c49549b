"""One real PostgreSQL for a test session, and cheap databases in it."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from synthlabel.embedded import EmbeddedPostgres


@contextmanager
def open_directory() -> Generator[Path]:
    """Give a temporary directory that the unprivileged user, to whom root drops for PostgreSQL, can enter."""
    with tempfile.TemporaryDirectory(prefix="synthlabel-", dir="/tmp") as name:
        directory = Path(name)
        directory.chmod(0o711)
        yield directory


@contextmanager
def postgres_server() -> Generator[EmbeddedPostgres]:
    """Run a server with an empty data directory; everything is gone afterwards."""
    with open_directory() as directory:
        server = EmbeddedPostgres(directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def url_of(server: EmbeddedPostgres, database: str) -> str:
    return f"{server.url.rpartition('/')[0]}/{database}"


def create_database(server: EmbeddedPostgres, name: str, *, template: str | None = None) -> str:
    """Create a database and return its URL. With a template (nobody may be connected to it) it is a copy."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template or "template1")
    )
    _execute(server, statement)
    return url_of(server, name)


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    """Drop a database, disconnecting whoever uses it. Safe to repeat."""
    _execute(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def forgo_durability(server: EmbeddedPostgres) -> None:
    """Make a server fast that need not survive a power cut."""
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        _execute(server, sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
    _execute(server, sql.SQL("SELECT pg_reload_conf()").format())


def _execute(server: EmbeddedPostgres, statement: sql.Composed) -> None:
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
