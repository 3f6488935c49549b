"""Everything that was asked for: finding it, counting it, ending or repeating much of it at once."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from synthlabel.api.answers import Generation, GenerationPage
from synthlabel.api.bodies import Body, Cursor, Limit, Words
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationStatus
from synthlabel.errors import FieldError, InvalidInputError
from synthlabel.services.activity import MAX_IDS, ActivityFilter, Outcome

router = APIRouter(prefix="/generations", tags=["generations"])


class ActivityFields(Body):
    """Which generations: all that is named must hold. Each list may be repeated."""

    status: tuple[GenerationStatus, ...] = ()
    model: tuple[Words, ...] = ()
    task: tuple[Task, ...] = ()
    batch: Annotated[UUID | None, Field(description="Those that one press asked for.")] = None
    q: Annotated[Words, Field(description="Text that the prompt, or what it was made of, holds.")] = ""
    everyone: Annotated[bool, Field(description="Everybody's. For administrators only.")] = False
    account: Annotated[UUID | None, Field(description="Somebody's. For administrators only.")] = None

    def filter(self) -> ActivityFilter:
        return ActivityFilter(
            status=self.status,
            model=self.model,
            task=self.task,
            batch_id=self.batch,
            search=self.q.strip(),
            everyone=self.everyone,
            account_id=self.account,
        )


class ActivityQuery(ActivityFields):
    limit: Limit = 50
    cursor: Cursor = None


class Counts(BaseModel):
    """How many there are in each status, whatever statuses were asked for."""

    counts: dict[GenerationStatus, int]
    total: int


class BulkAction(Body):
    """`cancel` what is on its way, or `retry` what ended without images. `all` cancels what of one's own waits here."""

    kind: Literal["cancel", "retry"]
    ids: Annotated[tuple[str, ...], Field(max_length=MAX_IDS)] = ()
    all: bool = False


class Refusal(BaseModel):
    code: str
    message: str


class BulkResult(BaseModel):
    id: str
    ok: bool
    generation: Annotated[Generation | None, Field(description="The retry, if it was retried.")]
    error: Refusal | None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        error = outcome.error
        return cls(
            id=outcome.id,
            ok=error is None,
            generation=None if outcome.view is None else Generation.of(outcome.view),
            error=None if error is None else Refusal(code=error.code, message=error.user_message),
        )


class BulkAnswer(BaseModel):
    results: list[BulkResult]


@router.get("")
async def list_generations(
    query: Annotated[ActivityQuery, Query()], actor: CurrentActor, services: CurrentServices
) -> GenerationPage:
    """One's own generations, newest first; an administrator's may be everybody's, and then say whose they are."""
    page = await services.activity.list_page(actor, query.filter(), cursor=query.cursor, limit=query.limit)
    return GenerationPage.of(page)


@router.get("/counts")
async def count_generations(
    query: Annotated[ActivityFields, Query()], actor: CurrentActor, services: CurrentServices
) -> Counts:
    """How many there are in each status under these filters."""
    counts = await services.activity.counts(actor, query.filter())
    return Counts(counts=dict(counts), total=sum(counts.values()))


@router.post("/actions", responses=problems(409))
async def act_on_generations(
    body: BulkAction, actor: CurrentActor, services: CurrentServices, idempotency_key: IdempotencyKey = None
) -> BulkAnswer:
    """Cancel or retry many. Each is tried; the answer says what became of each. Nothing unconfirmed is retried so."""
    activity = services.activity
    if body.kind == "retry":
        if body.all:
            raise InvalidInputError(FieldError("all", "Name what to retry: each is paid for anew."))
        found = await activity.retry(actor, body.ids, idempotency_key=idempotency_key)
    elif body.all:
        found = await activity.cancel_waiting(actor)
    else:
        found = await activity.cancel(actor, body.ids)
    return BulkAnswer(results=[BulkResult.of(outcome) for outcome in found])
