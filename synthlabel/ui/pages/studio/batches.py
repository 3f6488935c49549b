"""Presses of Generate that made several: how they stand, and ending what is left of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from synthlabel.domain.account import Actor
from synthlabel.domain.generation import GenerationStatus
from synthlabel.services.activity import MAX_IDS, ActivityFilter
from synthlabel.services.registry import get_services
from synthlabel.ui.pages.studio.cards import CANCELLABLE, LIVE, RunCard


@dataclass(frozen=True, slots=True)
class BatchHead:
    """``words`` such as ``4 of 6 done, 1 failed``; ``share`` as a CSS length."""

    id: str
    title: str
    words: str
    share: str
    live: bool


def heads_of(runs: Iterable[RunCard]) -> Mapping[str, str]:
    """Return the batch above whose newest run it is said how the batch stands, by the run's id."""
    heads: dict[str, str] = {}
    for run in runs:
        if run.batch_id and run.batch_id not in heads.values():
            heads[run.id] = run.batch_id
    return heads


async def batch_head(actor: Actor, batch_id: str) -> BatchHead:
    """Count how the generations of a press stand."""
    counts = await get_services().activity.counts(actor, ActivityFilter(batch_id=UUID(batch_id)))
    total, done = sum(counts.values()), counts[GenerationStatus.DONE]
    live = sum(counts[status] for status in LIVE)
    others = (
        (counts[GenerationStatus.FAILED], "failed"),
        (counts[GenerationStatus.CANCELLED], "cancelled"),
        (counts[GenerationStatus.UNKNOWN], "unconfirmed"),
    )
    words = ", ".join([f"{done} of {total} done", *(f"{count} {word}" for count, word in others if count)])
    over = total - live
    return BatchHead(batch_id, f"{total} prompts at once", words, f"{round(100 * over / max(total, 1))}%", live > 0)


async def cancel_rest(actor: Actor, batch_id: str) -> int:
    """Cancel what is on its way of a press. Return how many that concerned. Safe to repeat."""
    activity = get_services().activity
    wanted = ActivityFilter(batch_id=UUID(batch_id), status=tuple(CANCELLABLE))
    left = await activity.list_page(actor, wanted, limit=MAX_IDS)
    if not left.items:
        return 0
    outcomes = await activity.cancel(actor, [str(view.id) for view in left.items])
    return sum(outcome.view is not None for outcome in outcomes)
