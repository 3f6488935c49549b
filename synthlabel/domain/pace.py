"""How long requests take, and what that says about one that is under way. Expectations, never promises."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from synthlabel.domain.generation import GenerationStatus

GIVE_UP_AFTER = timedelta(hours=6)
"""A request that the provider still has after this time, counted from when it took it, is ended as failed. What had
begun to run counts as spent; for what only waited nothing is charged."""

FEWEST_SAMPLES = 3
NEVER_SLOW_BEFORE = timedelta(seconds=30)
SLOW_WITHOUT_HISTORY = timedelta(minutes=2)

Trend = Literal["shrinking", "growing", "steady"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a model's latest requests took, from when the provider had them until the images were ours."""

    median: timedelta
    p95: timedelta
    samples: int

    @property
    def is_known(self) -> bool:
        return self.samples >= FEWEST_SAMPLES

    @property
    def slow_after(self) -> timedelta:
        """After how long a request takes longer than usual."""
        return max(NEVER_SLOW_BEFORE, 2 * self.p95) if self.is_known else SLOW_WITHOUT_HISTORY


UNKNOWN_PACE = Pace(timedelta(0), timedelta(0), 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said about a request that is under way. None: nothing can."""

    expected_start_at: datetime | None = None
    expected_done_at: datetime | None = None
    queue_trend: Trend | None = None
    """How the line at the provider has changed since the request joined it."""
    slow: bool = False
    given_up_at: datetime | None = None
    """When the product ends it by itself: see ``GIVE_UP_AFTER``."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands. ``ahead``: in our own line while queued, in the provider's once it is there."""

    status: GenerationStatus
    ahead: int | None
    first_ahead: int | None
    submitted_at: datetime | None


def outlook(standing: Standing, pace: Pace, *, places: int, now: datetime) -> Outlook:
    """Say what is to be expected. ``places``: how many requests may be at the provider at once. Pure."""
    match standing.status:
        case GenerationStatus.QUEUED:
            return _waiting_here(standing, pace, places=places, now=now)
        case GenerationStatus.SUBMITTED | GenerationStatus.RUNNING if standing.submitted_at is not None:
            return _at_provider(standing, standing.submitted_at, pace, now=now)
        case _:
            return Outlook()


def _waiting_here(standing: Standing, pace: Pace, *, places: int, now: datetime) -> Outlook:
    if standing.ahead is None or not pace.is_known:
        return Outlook()
    # It waits because all places are taken: one is free each ``median / places``
    start = now + pace.median * (standing.ahead + 1) / places
    return Outlook(expected_start_at=start, expected_done_at=start + pace.median)


def _at_provider(standing: Standing, submitted_at: datetime, pace: Pace, *, now: datetime) -> Outlook:
    start = _start_in_line(standing, submitted_at, now=now)
    done = (start or submitted_at) + pace.median if pace.is_known else None
    if done is not None and done <= now:
        done = submitted_at + pace.p95
    return Outlook(
        expected_start_at=start,
        expected_done_at=done if done is not None and done > now else None,
        queue_trend=_trend(standing),
        slow=now - submitted_at > pace.slow_after,
        given_up_at=submitted_at + GIVE_UP_AFTER,
    )


def _start_in_line(standing: Standing, submitted_at: datetime, *, now: datetime) -> datetime | None:
    """Return when its turn comes if the line goes on as it went so far; None while it does not move."""
    if standing.status != GenerationStatus.SUBMITTED or standing.ahead is None or standing.first_ahead is None:
        return None
    gone = standing.first_ahead - standing.ahead
    return now + (now - submitted_at) * standing.ahead / gone if gone > 0 else None


def _trend(standing: Standing) -> Trend | None:
    if standing.status != GenerationStatus.SUBMITTED or standing.ahead is None or standing.first_ahead is None:
        return None
    if standing.ahead == standing.first_ahead:
        return "steady"
    return "shrinking" if standing.ahead < standing.first_ahead else "growing"
