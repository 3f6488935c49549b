"""Is there an installation that works, and where is its database?"""

import asyncio

import psycopg

from synthlabel.db.engine import libpq_url
from synthlabel.embedded import EmbeddedPostgresError, find_running
from synthlabel.errors import ConfigurationError
from synthlabel.settings import Settings

CONNECT_TIMEOUT_S = 5.0


def database_url(settings: Settings) -> str | None:
    """Return the configured address, or the one of the embedded database while it runs.

    Raises ConfigurationError if that one belongs to another user.
    """
    try:
        return settings.database_url or find_running(settings.data_dir)
    except EmbeddedPostgresError as error:
        raise ConfigurationError(str(error)) from error


async def is_working(settings: Settings) -> bool:
    """True if a worker is alive at the database: only then is a request taken up."""
    address = database_url(settings)
    if address is None:
        return False
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await count_workers(address) > 0
    except (psycopg.Error, TimeoutError):
        return False


async def count_workers(address: str) -> int:
    """Return how many workers gave a sign of life lately. Raises psycopg.Error."""
    async with await psycopg.AsyncConnection.connect(libpq_url(address)) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
        )
        row = await cursor.fetchone()
        return 0 if row is None else int(row[0])
