"""Throwing away what has had its time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from synthlabel.db.unit_of_work import UnitOfWork


class HousekeepingService:
    def __init__(self, uow: Callable[[], UnitOfWork]) -> None:
        self._uow = uow

    async def tidy(self) -> None:
        """Delete expired sessions, old failed sign-ins, and answers that nobody may ask for again. Safe to repeat."""
        async with self._uow() as work:
            now = datetime.now(UTC)
            await work.accounts.delete_expired_sessions(before=now)
            await work.accounts.delete_old_failures(before=now - timedelta(days=1))
            await work.idempotency.delete_old()
            await work.commit()
