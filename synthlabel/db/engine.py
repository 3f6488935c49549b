"""The connection to PostgreSQL: one engine per process, the same URL rules for every user of it."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

APPLICATION_NAME = "synthlabel"
CONNECT_TIMEOUT_S = 15


def libpq_url(database_url: str) -> str:
    """Return the address in libpq's form, for psycopg and procrastinate: no driver name in the scheme."""
    parts = urlsplit(database_url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.setdefault("connect_timeout", str(CONNECT_TIMEOUT_S))
    return urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query), ""))


def sqlalchemy_url(database_url: str) -> str:
    """Return the address in SQLAlchemy's form, with psycopg as the driver."""
    return libpq_url(database_url).replace("postgresql://", "postgresql+psycopg://", 1)


def create_engine(database_url: str, *, pool_size: int = 10) -> AsyncEngine:
    """Make the engine. Connects at first use.

    Server-side prepared statements are off: a pooler in transaction mode cannot carry them.
    Connections are tested before use, so that a restarted server costs no failed request.
    """
    return create_async_engine(
        sqlalchemy_url(database_url),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=240,
        connect_args={"prepare_threshold": None, "application_name": APPLICATION_NAME},
    )


async def check_database(engine: AsyncEngine) -> None:
    """Ask the server for a sign of life. Raises SQLAlchemyError."""
    async with engine.connect() as connection:
        await connection.execute(sa.text("SELECT 1"))
