"""Bringing a database to the newest schema, by alembic."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from alembic import command
from synthlabel.db.engine import sqlalchemy_url
from synthlabel.errors import ConfigurationError

MIGRATION_LOCK = 7_301_003
ROOT = Path(__file__).resolve().parents[2]


def alembic_config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


@cache
def head_revision() -> str:
    """Return the newest revision that this code knows."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise ConfigurationError("The migrations are missing from this installation.")
    return revision


def upgrade(database_url: str) -> None:
    """Upgrade to the newest revision. Safe to repeat, and from several processes at once: one does the work.

    Raises ConfigurationError if the server can't be reached, or if a newer version has been there.
    """
    engine = sa.create_engine(sqlalchemy_url(database_url), poolclass=sa.NullPool)
    config = alembic_config()
    try:
        # A session-level lock outlives the transactions of the single revisions; the connection's end releases it.
        with engine.connect() as holder:
            holder.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
            with engine.connect() as connection:
                _refuse_newer(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ConfigurationError(f"DATABASE_URL: cannot reach the database ({reason})") from error
    finally:
        engine.dispose()


async def check_schema(engine: AsyncEngine) -> None:
    """Raise ConfigurationError unless the database is at the newest revision."""
    async with engine.connect() as connection:
        revision = await connection.run_sync(current_revision)
    if revision != head_revision():
        raise ConfigurationError("The database's schema is not the one of this version: run `synthlabel migrate`.")


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """True if this code knows the revision; else a newer version has made it."""
    script = ScriptDirectory.from_config(alembic_config())
    return revision in {known.revision for known in script.walk_revisions()}


def _refuse_newer(connection: sa.Connection) -> None:
    found = current_revision(connection)
    if found is not None and not is_known(found):
        raise ConfigurationError(
            f"DATABASE_URL: the database is at revision {found}, which this version does not know:"
            " a newer SynthLabel has used it. Start that version or a later one."
        )
