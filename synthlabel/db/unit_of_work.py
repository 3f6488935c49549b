"""One transaction and the repositories that work in it."""

import json
from types import TracebackType
from typing import Any, Self, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from synthlabel.db.repositories.accounts import AccountRepository
from synthlabel.db.repositories.actions import ActionRepository
from synthlabel.db.repositories.activity import ActivityRepository
from synthlabel.db.repositories.boards import BoardRepository
from synthlabel.db.repositories.downloads import DownloadRepository
from synthlabel.db.repositories.drafts import DraftRepository
from synthlabel.db.repositories.facets import FacetRepository
from synthlabel.db.repositories.generations import GenerationRepository
from synthlabel.db.repositories.idempotency import IdempotencyRepository
from synthlabel.db.repositories.images import ImageRepository
from synthlabel.db.repositories.ledger import LedgerRepository
from synthlabel.db.repositories.loras import LoraRepository
from synthlabel.db.repositories.marks import MarkRepository
from synthlabel.db.repositories.presets import PresetRepository
from synthlabel.db.repositories.shares import ShareRepository
from synthlabel.db.repositories.sources import SourceRepository
from synthlabel.db.repositories.tags import TagRepository
from synthlabel.db.repositories.uploads import UploadRepository
from synthlabel.db.repositories.wildcards import WildcardRepository
from synthlabel.errors import DatabaseUnavailableError
from synthlabel.ports import Job, JobQueue

CHANNEL = "synthlabel"
"""The NOTIFY channel. A payload is ``{"account": id, "kind": "generation", "id": id}``: ids, never contents."""

_LIMIT_EXCEEDED = "54"
"""The class of SQLSTATEs for statements and values that PostgreSQL can never take. psycopg calls them operational."""


class UnitOfWork:
    """``async with uow() as work: … await work.commit()``. Leaving without commit rolls everything back."""

    def __init__(self, engine: AsyncEngine, queue: JobQueue) -> None:
        self._session = AsyncSession(engine, expire_on_commit=False, autoflush=False)
        self._queue = queue
        self.accounts = AccountRepository(self._session)
        self.activity = ActivityRepository(self._session)
        self.actions = ActionRepository(self._session)
        self.boards = BoardRepository(self._session)
        self.downloads = DownloadRepository(self._session)
        self.drafts = DraftRepository(self._session)
        self.facets = FacetRepository(self._session)
        self.generations = GenerationRepository(self._session)
        self.idempotency = IdempotencyRepository(self._session)
        self.images = ImageRepository(self._session)
        self.ledger = LedgerRepository(self._session)
        self.loras = LoraRepository(self._session)
        self.marks = MarkRepository(self._session)
        self.shares = ShareRepository(self._session)
        self.sources = SourceRepository(self._session)
        self.tags = TagRepository(self._session)
        self.presets = PresetRepository(self._session)
        self.uploads = UploadRepository(self._session)
        self.wildcards = WildcardRepository(self._session)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._session.close()
        except DBAPIError as closing:
            error = error or closing
        if _is_unavailable(error):
            raise DatabaseUnavailableError("The database can't be reached now. Try again in a moment.") from error

    async def flush(self) -> None:
        await self._session.flush()

    async def commit(self) -> None:
        await self._session.commit()

    async def enqueue(self, job: Job) -> None:
        """Add a job that exists if and when this transaction commits."""
        connection = await self._session.connection()
        raw = await connection.get_raw_connection()
        await self._queue.enqueue(cast("Any", raw.driver_connection), job)

    async def notify(self, account_id: UUID | None, kind: str, row_id: UUID | None) -> None:
        """Tell every web process, on commit, that a row which a person may be looking at has changed.

        No row: many have changed, look again. No account: everybody may be looking.
        """
        payload = json.dumps({"account": _text(account_id), "kind": kind, "id": _text(row_id)})
        await self._session.execute(sa.select(sa.func.pg_notify(CHANNEL, payload)))


def _is_unavailable(error: BaseException | None) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    if str(getattr(error.orig, "sqlstate", None)).startswith(_LIMIT_EXCEEDED):
        return False
    return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated


def _text(row_id: UUID | None) -> str | None:
    return None if row_id is None else str(row_id)
