"""Throwing away what has had its time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.trash import KEPT_IN_TRASH
from synthlabel.ports import ObjectStorage

PURGED_AT_ONCE = 200


class HousekeepingService:
    def __init__(self, uow: Callable[[], UnitOfWork], storage: ObjectStorage) -> None:
        self._uow = uow
        self._storage = storage

    async def tidy(self) -> None:
        """Delete what has expired, and empty the trash of old images. Safe to repeat.

        Expired are sessions, failed sign-ins, answers that nobody may ask for again, and halves of files.
        Raises StorageError; what could not be deleted is left for the next time.
        """
        await self._forget(datetime.now(UTC))
        await self.purge()
        await self._storage.tidy()

    async def purge(self) -> None:
        """Delete the images whose time in the trash is over, also by a person's wish. Safe to repeat.

        Raises StorageError; what could not be deleted is left for the next time.
        """
        before = datetime.now(UTC) - KEPT_IN_TRASH
        while await self._purge(before):
            pass

    async def _forget(self, now: datetime) -> None:
        async with self._uow() as work:
            await work.accounts.delete_expired_sessions(before=now)
            await work.accounts.delete_old_failures(before=now - timedelta(days=1))
            await work.idempotency.delete_old()
            await work.actions.delete_old()
            await work.boards.delete_trashed(before=now - KEPT_IN_TRASH)
            await work.commit()

    async def _purge(self, before: datetime) -> bool:
        """Delete some images that were thrown away before a time, for good. Return whether there may be more.

        Files first: if that breaks off, the rows say what is left. Such old ones cannot be brought back meanwhile.
        """
        async with self._uow() as work:
            images = await work.images.list_trashed(before=before, limit=PURGED_AT_ONCE)
        for image in images:
            for key in (image.storage_key, *image.thumbnail_keys.values()):
                await self._storage.delete(key)
        async with self._uow() as work:
            await work.images.delete([image.id for image in images])
            await work.commit()
        return len(images) == PURGED_AT_ONCE
