"""When something will be ready, judged by what came before it."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from synthlabel.db.tables import Generation
from synthlabel.db.unit_of_work import UnitOfWork
from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.pace import UNKNOWN_PACE, Outlook, Pace, Standing, outlook

KEPT_S = 10.0
_UNDER_WAY = frozenset({GenerationStatus.QUEUED, GenerationStatus.SUBMITTED, GenerationStatus.RUNNING})


class PaceReader:
    """Knows how long each model takes. Asks the database at most every ten seconds per model and process."""

    def __init__(self, *, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._clock = clock
        self._known: dict[str, tuple[float, Pace]] = {}

    async def outlooks(
        self, work: UnitOfWork, rows: Iterable[Generation], positions: Mapping[UUID, int]
    ) -> Mapping[UUID, Outlook]:
        """Return what is to be expected of those rows that are under way, by id.

        ``positions`` holds the place of waiting rows in their person's line.
        """
        now = datetime.now(UTC)
        under_way = [row for row in rows if row.status in _UNDER_WAY]
        paces = {model: await self._pace(work, model) for model in {row.model for row in under_way}}
        return {
            row.id: outlook(
                _standing(row, positions.get(row.id, row.queue_position)),
                paces[row.model],
                places=self._places,
                now=now,
            )
            for row in under_way
        }

    async def _pace(self, work: UnitOfWork, model: str) -> Pace:
        read_at, pace = self._known.get(model, (-KEPT_S, UNKNOWN_PACE))
        if self._clock() - read_at >= KEPT_S:
            median_s, p95_s, samples = await work.generations.measure_pace(model)
            pace = Pace(timedelta(seconds=median_s), timedelta(seconds=p95_s), samples)
            if pace.is_known:  # what is new becomes known at once; the question is cheap as long as there is little
                self._known[model] = (self._clock(), pace)
        return pace


def _standing(row: Generation, ahead: int | None) -> Standing:
    return Standing(
        status=GenerationStatus(row.status),
        ahead=ahead,
        first_ahead=row.first_position,
        submitted_at=row.submitted_at,
    )
