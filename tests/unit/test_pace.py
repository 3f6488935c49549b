"""What is to be expected of a request, judged by how long others took."""

from datetime import UTC, datetime, timedelta

import pytest

from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.pace import GIVE_UP_AFTER, UNKNOWN_PACE, Outlook, Pace, Standing, outlook

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
PACE = Pace(median=timedelta(seconds=20), p95=timedelta(seconds=40), samples=50)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def expected(
    status: str, *, ahead: int | None = None, first: int | None = None, since_s: float | None = None, pace: Pace = PACE
) -> Outlook:
    submitted_at = None if since_s is None else NOW - seconds(since_s)
    standing = Standing(GenerationStatus(status), ahead=ahead, first_ahead=first, submitted_at=submitted_at)
    return outlook(standing, pace, places=4, now=NOW)


def test_a_waiting_request_starts_when_places_have_become_free_for_those_before_it() -> None:
    found = expected("queued", ahead=7)
    assert found.expected_start_at == NOW + seconds(40)
    assert found.expected_done_at == NOW + seconds(60)


def test_without_history_nothing_is_promised() -> None:
    assert expected("queued", ahead=7, pace=UNKNOWN_PACE) == Outlook()
    assert expected("running", since_s=5, pace=UNKNOWN_PACE).expected_done_at is None


def test_in_the_providers_line_the_start_follows_from_how_the_line_moved() -> None:
    found = expected("submitted", ahead=3, first=9, since_s=12)
    assert found.expected_start_at == NOW + seconds(6)
    assert found.expected_done_at == NOW + seconds(26)


def test_a_line_that_stands_still_has_no_expected_start() -> None:
    assert expected("submitted", ahead=3, first=3, since_s=12).expected_start_at is None


@pytest.mark.parametrize(("ahead", "trend"), [(3, "shrinking"), (9, "steady"), (12, "growing"), (None, None)])
def test_the_trend_compares_with_the_place_at_first(ahead: int | None, trend: str | None) -> None:
    assert expected("submitted", ahead=ahead, first=9, since_s=1).queue_trend == trend


def test_a_running_request_is_done_after_the_usual_time_then_after_the_longest_usual() -> None:
    assert expected("running", since_s=5).expected_done_at == NOW + seconds(15)
    assert expected("running", since_s=25).expected_done_at == NOW + seconds(15)
    assert expected("running", since_s=45).expected_done_at is None


@pytest.mark.parametrize(("p95_s", "slow_after_s"), [(1, 30), (15, 30), (40, 80)])
def test_slow_is_twice_the_longest_usual_but_never_under_half_a_minute(p95_s: float, slow_after_s: float) -> None:
    pace = Pace(median=seconds(1), p95=seconds(p95_s), samples=50)
    assert not expected("running", since_s=slow_after_s, pace=pace).slow
    assert expected("running", since_s=slow_after_s + 1, pace=pace).slow


def test_without_history_slow_is_two_minutes() -> None:
    assert not expected("running", since_s=119, pace=UNKNOWN_PACE).slow
    assert expected("running", since_s=121, pace=UNKNOWN_PACE).slow


def test_what_the_provider_has_says_when_it_is_given_up() -> None:
    assert expected("submitted", since_s=60).given_up_at == NOW - seconds(60) + GIVE_UP_AFTER


@pytest.mark.parametrize("status", ["ingesting", "done", "failed", "cancelled", "unknown"])
def test_of_all_others_nothing_is_expected(status: str) -> None:
    assert expected(status, ahead=1, since_s=1000) == Outlook()
