"""LISTEN: what any process commits reaches every other one within milliseconds."""

import asyncio
import json
from collections.abc import AsyncGenerator
from uuid import UUID

import psycopg
from psycopg import sql

from synthlabel.logs import get_logger
from synthlabel.ports import Change

FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0
EVERYTHING = Change(None, "everything", None)

log = get_logger(__name__)


class PostgresChangeFeed:
    """Implements ``ports.ChangeFeed``. Holds one connection of its own: LISTEN needs a session, not a pool."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn = dsn
        self._channel = channel

    async def changes(self) -> AsyncGenerator[Change, None]:
        retry_s = FIRST_RETRY_S
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    retry_s = FIRST_RETRY_S
                    yield EVERYTHING  # notifications are not kept for those who were away
                    async for notification in connection.notifies():
                        change = _parse(notification.payload)
                        if change is not None:
                            yield change
            except psycopg.Error as error:
                log.info("listening again soon", reason=type(error).__name__)
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)


def _parse(payload: str) -> Change | None:
    try:
        data = json.loads(payload)
        return Change(_id(data["account"]), str(data["kind"]), _id(data["id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("a notification makes no sense")
        return None


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
