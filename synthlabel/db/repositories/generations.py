"""Generations: reading them, and the few statements on which fairness and at-most-once rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from synthlabel.db.tables import Generation
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import AT_PROVIDER, TERMINAL, GenerationStatus
from synthlabel.errors import NotFoundError

_DISPATCH_LOCK = 7_301_002

# Whose turn is it? The person with the fewest requests at the provider; among equals, the one who has waited longest
# since the last turn. Of that person's waiting requests, the oldest.
_FAIREST = sa.text("""
    WITH head AS (
        SELECT DISTINCT ON (account_id) account_id, id
        FROM generation
        WHERE status = 'queued' AND NOT EXISTS (
            -- The provider said "later" to one of them: nobody knocks until then
            SELECT 1 FROM generation WHERE status = 'queued' AND next_look_at > now()
        )
        ORDER BY account_id, id
    ), busy AS (
        SELECT account_id, count(*) AS requests
        FROM generation
        WHERE status IN ('submitting', 'submitted', 'running')
        GROUP BY account_id
    )
    SELECT head.id
    FROM head
    LEFT JOIN busy USING (account_id)
    LEFT JOIN LATERAL (
        SELECT submit_started_at FROM generation
        WHERE account_id = head.account_id AND submit_started_at IS NOT NULL
        ORDER BY submit_started_at DESC LIMIT 1
    ) AS turn ON true
    ORDER BY coalesce(busy.requests, 0), turn.submit_started_at NULLS FIRST, head.id
    LIMIT 1
""")


_TAKES_A_PLACE = col(Generation.status).in_(AT_PROVIDER) | (
    # While images can't be stored, sending more would only pay for more of them
    (col(Generation.status) == GenerationStatus.INGESTING) & (col(Generation.misses) > 0)
)


PACE_SAMPLES = 50
WRITTEN_LATELY = 2000
"""How many of a person's latest requests are looked through for what they wrote."""


@dataclass(frozen=True, slots=True)
class WrittenPrompt:
    """Something that a person wrote: a prompt, or a template where the prompts were made of one."""

    text: str
    is_template: bool
    model: str
    """The one that it was last used with."""
    uses: int
    last_used_at: datetime


class GenerationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Generation) -> None:
        self._session.add(row)

    async def get(self, account_id: UUID, generation_id: UUID) -> Generation:
        """Return a person's own generation. Raises NotFoundError, also for somebody else's."""
        row = await self._session.get(Generation, generation_id)
        if row is None or row.account_id != account_id:
            raise NotFoundError("There is no such generation.")
        return row

    async def lock(self, generation_id: UUID) -> Generation | None:
        """Return the row and hold it until commit."""
        statement = (
            sa.select(Generation)
            .where(col(Generation.id) == generation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def lock_waiting(self, account_id: UUID) -> Sequence[Generation]:
        """Return all of a person's rows that wait here, in the order of their line, and hold them until commit."""
        statement = (
            sa.select(Generation)
            .where(col(Generation.account_id) == account_id, col(Generation.status) == GenerationStatus.QUEUED)
            .order_by(col(Generation.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def lock_by_request(self, request_id: str, submit_token: UUID | None) -> Generation | None:
        """Return the row of a provider's request: by its id, or by our token if the id never reached us."""
        known = col(Generation.request_id) == request_id
        if submit_token is not None:
            known |= (col(Generation.submit_token) == submit_token) & col(Generation.request_id).is_(None)
        statement = sa.select(Generation).where(known).order_by(col(Generation.request_id).nulls_last()).limit(1)
        return (await self._session.execute(statement.with_for_update())).scalar_one_or_none()

    async def list_page(
        self, account_id: UUID, *, status: Sequence[GenerationStatus] = (), before: UUID | None = None, limit: int
    ) -> Sequence[Generation]:
        """Return at most ``limit`` generations of a person, newest first, starting after the id ``before``."""
        statement = sa.select(Generation).where(col(Generation.account_id) == account_id)
        if status:
            statement = statement.where(col(Generation.status).in_(status))
        if before is not None:
            statement = statement.where(col(Generation.id) < before)
        statement = statement.order_by(col(Generation.id).desc()).limit(limit)
        return (await self._session.execute(statement)).scalars().all()

    async def list_written(self, account_id: UUID, *, search: str, limit: int) -> Sequence[WrittenPrompt]:
        """Return what the person wrote lately, each text once, newest first; only texts that hold ``search``."""
        latest = (
            sa.select(
                sa.func.coalesce(col(Generation.template), col(Generation.prompt)).label("text"),
                col(Generation.template).is_not(None).label("is_template"),
                col(Generation.model).label("model"),
                col(Generation.batch_id).label("batch_id"),
                col(Generation.id).label("id"),
                col(Generation.created_at).label("created_at"),
            )
            .where(col(Generation.account_id) == account_id, col(Generation.task) == Task.GENERATE)
            .order_by(col(Generation.id).desc())
            .limit(WRITTEN_LATELY)
            .subquery()
        ).c
        newest = sa.func.max(latest.created_at)
        presses = sa.func.count(sa.distinct(sa.func.coalesce(latest.batch_id, latest.id)))
        statement = (
            sa.select(
                latest.text,
                latest.is_template,
                sa.func.array_agg(aggregate_order_by(latest.model, latest.id.desc()))[1],
                presses,
                newest,
            )
            .where(latest.text.icontains(search, autoescape=True))
            .group_by(latest.text, latest.is_template)
            .order_by(newest.desc())
            .limit(limit)
        )
        return [WrittenPrompt(*row) for row in await self._session.execute(statement)]

    async def count_active(self, account_id: UUID) -> int:
        statement = sa.select(sa.func.count()).where(
            col(Generation.account_id) == account_id,
            col(Generation.status).not_in([*TERMINAL, GenerationStatus.UNKNOWN]),
        )
        return (await self._session.execute(statement)).scalar_one()

    async def measure_pace(self, model: str) -> tuple[float, float, int]:
        """Return median and 95th percentile, in seconds, of how long a model's latest requests took, and their number.

        From when the provider had them until their images were stored; anybody's requests.
        """
        took = sa.func.extract("epoch", col(Generation.finished_at) - col(Generation.submitted_at))
        latest = (
            sa.select(took.label("took_s"))
            .where(
                col(Generation.model) == model,
                col(Generation.status) == GenerationStatus.DONE,
                col(Generation.submitted_at).is_not(None),
            )
            .order_by(col(Generation.id).desc())
            .limit(PACE_SAMPLES)
            .subquery()
        ).c.took_s
        statement = sa.select(
            sa.func.percentile_cont(0.5).within_group(latest),
            sa.func.percentile_cont(0.95).within_group(latest),
            sa.func.count(latest),
        )
        row = (await self._session.execute(statement)).one()
        return float(row[0] or 0), float(row[1] or 0), int(row[2])

    async def positions(self, rows: Iterable[Generation]) -> dict[UUID, int]:
        """Return how many of the same person's requests wait before each of these that wait."""
        waiting = [row for row in rows if row.status == GenerationStatus.QUEUED]
        if not waiting:
            return {}
        people = {row.account_id for row in waiting}
        place = sa.func.row_number().over(partition_by=col(Generation.account_id), order_by=col(Generation.id)) - 1
        line = (
            sa.select(col(Generation.id).label("id"), place.label("ahead"))
            .where(col(Generation.account_id).in_(people), col(Generation.status) == GenerationStatus.QUEUED)
            .subquery()
        ).c
        statement = sa.select(line.id, line.ahead).where(line.id.in_([row.id for row in waiting]))
        return {row[0]: int(row[1]) for row in await self._session.execute(statement)}

    async def lock_next(self, *, concurrency: int) -> Generation | None:
        """Return the waiting request whose turn it is, locked; None if none waits or all places are taken.

        Until commit other dispatchers wait, so that ``concurrency`` holds across all workers.
        """
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(_DISPATCH_LOCK)))
        taken = sa.select(sa.func.count()).where(_TAKES_A_PLACE)
        if (await self._session.execute(taken)).scalar_one() >= concurrency:
            return None
        while (found := (await self._session.execute(_FAIREST)).scalar_one_or_none()) is not None:
            row = await self.lock(found)
            if row is not None and row.status == GenerationStatus.QUEUED:
                return row  # else it was cancelled while this waited for its lock
        return None

    async def count_free_places(self, *, concurrency: int) -> int:
        """Return for how many waiting requests there is a place at the provider now."""
        taken = sa.select(sa.func.count()).where(_TAKES_A_PLACE).scalar_subquery()
        queued = col(Generation.status) == GenerationStatus.QUEUED
        waiting = sa.select(sa.func.count()).where(queued).scalar_subquery()
        paused = (
            sa.select(sa.func.count()).where(queued, col(Generation.next_look_at) > sa.func.now()).scalar_subquery()
        )
        row = (await self._session.execute(sa.select(taken, waiting, paused))).one()
        return 0 if row[2] else max(0, min(concurrency - int(row[0]), int(row[1])))

    async def most_attempts_waiting(self) -> int:
        """Return how often the most unlucky of the waiting requests was turned away."""
        statement = sa.select(sa.func.coalesce(sa.func.max(col(Generation.submit_attempts)), 0)).where(
            col(Generation.status) == GenerationStatus.QUEUED
        )
        return (await self._session.execute(statement)).scalar_one()

    async def now(self) -> datetime:
        """Return the database's time: leases must not depend on the clocks of the workers."""
        return (await self._session.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()

    async def list_known_requests(self, request_ids: Sequence[str]) -> Sequence[str]:
        """Return those of the provider's request ids that belong to a row already."""
        statement = sa.select(col(Generation.request_id)).where(col(Generation.request_id).in_(request_ids))
        return [str(found) for found in (await self._session.execute(statement)).scalars()]

    async def has_unresolved_twin(self, row: Generation) -> bool:
        """True if another request with the same body may be at the provider without a known id."""
        statement = sa.select(col(Generation.id)).where(
            col(Generation.status).in_([GenerationStatus.SUBMITTING, GenerationStatus.UNKNOWN]),
            col(Generation.endpoint) == row.endpoint,
            col(Generation.arguments) == row.arguments,
            col(Generation.id) != row.id,
        )
        return (await self._session.execute(statement.limit(1))).scalar_one_or_none() is not None

    async def find_live_retry(self, generation_id: UUID) -> Generation | None:
        """Return the retry of a request that is on its way, if there is one."""
        statement = (
            sa.select(Generation)
            .where(col(Generation.retry_of) == generation_id, col(Generation.status).not_in(TERMINAL))
            .limit(1)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def renew_lease(self, generation_id: UUID, *, duration: timedelta) -> None:
        """Hold on to a row that one has leased."""
        statement = (
            sa.update(Generation)
            .where(col(Generation.id) == generation_id, col(Generation.lease_until).is_not(None))
            .values(lease_until=sa.func.now() + duration)
        )
        await self._session.execute(statement)

    async def lease(self, generation_id: UUID, *, duration: timedelta) -> Generation | None:
        """Claim a row that is at the provider or being stored. None if it is not, or if somebody else has it."""
        statement = (
            sa.update(Generation)
            .where(
                col(Generation.id) == generation_id,
                col(Generation.status).in_(
                    [GenerationStatus.SUBMITTED, GenerationStatus.RUNNING, GenerationStatus.INGESTING]
                ),
                col(Generation.lease_until).is_(None) | (col(Generation.lease_until) < sa.func.now()),
            )
            .values(lease_until=sa.func.now() + duration)
            .returning(Generation)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def list_abandoned_submissions(self) -> Sequence[UUID]:
        """Return requests whose sender is gone: the lease on the POST has run out."""
        statement = sa.select(col(Generation.id)).where(
            col(Generation.status) == GenerationStatus.SUBMITTING, col(Generation.lease_until) < sa.func.now()
        )
        return (await self._session.execute(statement)).scalars().all()

    async def list_overdue(self, *, limit: int = 500) -> Sequence[tuple[UUID, str]]:
        """Return unfinished requests, with their status, that somebody should have looked at by now."""
        statement = (
            sa.select(col(Generation.id), col(Generation.status))
            .where(
                col(Generation.status).in_(
                    [
                        GenerationStatus.SUBMITTED,
                        GenerationStatus.RUNNING,
                        GenerationStatus.INGESTING,
                        GenerationStatus.UNKNOWN,
                    ]
                ),
                col(Generation.next_look_at) < sa.func.now(),
                col(Generation.lease_until).is_(None) | (col(Generation.lease_until) < sa.func.now()),
            )
            .order_by(col(Generation.id))  # one order for all sweepers, or they lock each other out
            .limit(limit)
        )
        return [(row[0], row[1]) for row in await self._session.execute(statement)]

    async def count_by_status(self) -> dict[str, int]:
        statement = sa.select(col(Generation.status), sa.func.count()).group_by(col(Generation.status))
        return {str(row[0]): int(row[1]) for row in await self._session.execute(statement)}

    async def oldest_waiting_s(self) -> float:
        """Return for how many seconds the oldest queued request has waited; 0 if none waits."""
        age = sa.func.extract("epoch", sa.func.now() - sa.func.min(col(Generation.created_at)))
        statement = sa.select(sa.func.coalesce(age, 0)).where(col(Generation.status) == GenerationStatus.QUEUED)
        return float((await self._session.execute(statement)).scalar_one())
