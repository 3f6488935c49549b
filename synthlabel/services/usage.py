"""What was spent, from the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.account import Actor


@dataclass(frozen=True, slots=True)
class Spend:
    """In micro-dollars. ``reserved`` is spoken for by generations on their way."""

    month_micros: int
    reserved_micros: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures over everybody, for operators. ``generations`` counts by status."""

    generations: Mapping[str, int]
    oldest_waiting_s: float
    reserved_micros: int
    spent_micros: int


class UsageService:
    def __init__(self, uow: Callable[[], UnitOfWork]) -> None:
        self._uow = uow

    async def spend(self, actor: Actor) -> Spend:
        """Return the person's spending in this calendar month (UTC), and what is reserved now."""
        month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        async with self._uow() as work:
            return Spend(
                month_micros=await work.ledger.sum_settled(actor.user_id, since=month),
                reserved_micros=await work.ledger.sum_open_reservations(actor.user_id),
            )

    async def totals(self) -> Totals:
        """Return what the whole installation has in hand, without anybody's name. For metrics, not for people."""
        async with self._uow() as work:
            return Totals(
                generations=await work.generations.count_by_status(),
                oldest_waiting_s=await work.generations.oldest_waiting_s(),
                reserved_micros=await work.ledger.sum_open_reservations(),
                spent_micros=await work.ledger.sum_settled(),
            )
