"""Past requests as the platform API tells of them."""

from datetime import UTC, datetime
from typing import Literal, TypeVar

from synthlabel.sandbox.catalogue import endpoints
from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Job, Json

_NANO = 1_000_000_000
Item = TypeVar("Item")


def split(values: list[str] | None) -> list[str]:
    """The values of a query parameter that may be repeated or separated by commas."""
    return [part for each in values or [] for part in each.split(",") if part]


def page_of(items: list[Item], limit: int, cursor: str) -> tuple[list[Item], Json]:
    """Return one page and the fields that lead to the next."""
    first = int(cursor) if cursor.isdecimal() else 0
    more = first + limit < len(items)
    return items[first : first + limit], {"next_cursor": str(first + limit) if more else None, "has_more": more}


def matching(
    sandbox: Sandbox,
    request_ids: list[str] | None,
    endpoint_ids: list[str] | None,
    start: datetime | None,
    end: datetime | None,
) -> list[Job]:
    """Requests in the order of their submission; a filter that is None lets all pass."""
    ids, names = set(split(request_ids)), set(split(endpoint_ids))
    first, last = _unix(start, 0.0), _unix(end, float("inf"))
    return [
        job
        for job in sandbox.ledger.jobs.values()
        if (not ids or job.request_id in ids)
        and (not names or job.endpoint in names)
        and first <= job.submitted_at <= last
    ]


def listed(job: Job, *, with_payloads: bool) -> Json:
    outcome = job.outcome
    item: Json = {
        "request_id": job.request_id,
        "endpoint_id": job.endpoint,
        "sent_at": _iso(job.submitted_at),
        "started_at": _iso(outcome.started_at if outcome else job.started_at),
        "ended_at": _iso(outcome.finished_at if outcome else None),
        "status_code": outcome.status if outcome else None,
        "duration": outcome.finished_at - outcome.started_at if outcome else None,
    }
    if with_payloads:
        item["json_input"] = job.arguments if job.keeps_payloads else None
        item["json_output"] = outcome.body if outcome and job.keeps_payloads else None
    return item


def billing_event(job: Job) -> Json:
    outcome = job.outcome
    assert outcome is not None  # noqa: S101 - callers select finished requests
    price = endpoints()[job.endpoint].price
    unit_price = price.usd if price else 0.0
    return {
        "request_id": job.request_id,
        "endpoint_id": job.endpoint,
        "timestamp": _iso(outcome.finished_at),
        "output_units": outcome.units,
        "unit_price": unit_price,
        "percent_discount": 0,
        "cost_estimate_nano_usd": round(outcome.units * unit_price * _NANO),
    }


def result_kind(job: Job) -> Literal["success", "error", "user_error"] | None:
    if job.outcome is None:
        return None
    if job.outcome.ok:
        return "success"
    return "error" if job.outcome.status >= 500 else "user_error"


def _unix(moment: datetime | None, otherwise: float) -> float:
    if moment is None:
        return otherwise
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
