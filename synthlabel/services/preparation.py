"""Before the paid call: source images go up at the provider, and the body gets their addresses.

Nothing is sent and nothing costs anything here. ``sources_sent`` is committed together with the finished body, before
the call: a row in ``submitting`` without it was certainly not sent, whatever died.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from synthlabel.db.tables import Generation, GenerationSource
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.generation import GenerationStatus, with_sources
from synthlabel.errors import (
    DatabaseUnavailableError,
    NotFoundError,
    ProviderBusyError,
    ProviderRefusedError,
    StorageError,
)
from synthlabel.ports import ImageProvider, ObjectStorage
from synthlabel.services.outcome import finish

LONGEST = timedelta(minutes=10)
"""Ten sources at a minute each: who takes longer is stuck."""


class Preparation:
    def __init__(
        self, uow: Callable[[], UnitOfWork], provider: ImageProvider, storage: ObjectStorage, *, lease: timedelta
    ) -> None:
        self._uow = uow
        self._provider = provider
        self._storage = storage
        self._lease = lease

    async def complete(self, claimed: Generation) -> bool:
        """Put the sources of a claimed row up and finish its body. False if it is not to be sent any more.

        Holds the claim meanwhile. Raises ProviderRefusedError if a source is gone or not accepted, ProviderBusyError
        if it may work later. Safe to repeat: the files are put up anew.
        """
        async with self._uow() as work:
            sources = await work.sources.list_of(claimed.id)
        try:
            async with asyncio.timeout(LONGEST.total_seconds()), self._held(claimed):
                addresses = [await self._put_up(source) for source in sources]
        except TimeoutError as error:
            raise ProviderBusyError("The source images could not be put up in time. Nothing was sent.") from error
        return await self._store(claimed, addresses)

    async def _put_up(self, source: GenerationSource) -> str:
        try:
            data = await self._storage.get(source.storage_key)
        except NotFoundError as error:
            raise ProviderRefusedError("A source image is gone. Nothing was sent.", code="source_gone") from error
        except StorageError as error:
            raise ProviderBusyError(error.user_message) from error
        filename = source.storage_key.rpartition("/")[2]
        return await self._provider.upload(data, content_type=source.content_type, filename=filename)

    async def _store(self, claimed: Generation, addresses: Sequence[str]) -> bool:
        arguments = with_sources(claimed.arguments, addresses)
        async with self._uow() as work:
            row = await work.generations.lock(claimed.id)
            if row is None or not is_claimed_by(row, claimed):
                return False
            wanted = row.cancel_requested_at is None
            if wanted:
                row.arguments, row.sources_sent = arguments, True
                # From now on: a lost answer is searched for around this time
                row.submit_started_at = await work.generations.now()
                row.lease_until = row.submit_started_at + self._lease
            else:
                note = "cancelled before sending"
                await finish(work, row, GenerationStatus.CANCELLED, charged_micros=0, note=note)
            await work.commit()
        claimed.arguments = arguments
        return wanted

    @asynccontextmanager
    async def _held(self, claimed: Generation) -> AsyncGenerator[None, None]:
        holding = asyncio.create_task(self._hold(claimed))
        try:
            yield
        finally:
            holding.cancel()

    async def _hold(self, claimed: Generation) -> None:
        """Keep the claim, however long the files take."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            with suppress(DatabaseUnavailableError):
                async with self._uow() as work:
                    await work.generations.renew_lease(claimed.id, duration=self._lease)
                    await work.commit()


def is_claimed_by(row: Generation, claimed: Generation) -> bool:
    """Return whether a locked row still belongs to who claimed it: each claim counts as one more attempt."""
    return row.status == GenerationStatus.SUBMITTING and row.submit_attempts == claimed.submit_attempts
