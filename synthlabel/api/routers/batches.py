"""Many generations with one press: what they would be, and making them."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from synthlabel.api.answers import Generation, Usd
from synthlabel.api.bodies import GenerationRequest
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.domain.money import usd_string
from synthlabel.services.batches import Batch
from synthlabel.services.prompts import Preview

router = APIRouter(prefix="/generations", tags=["generations"])

MAX_LINES = 1000


class BatchRequest(GenerationRequest):
    """What to make of each prompt that the templates stand for: `{a|b}` is a choice, `__name__` one from a list."""

    prompt: Annotated[str, Field(description="Used if `prompts` is left out.")] = ""
    prompts: Annotated[
        tuple[str, ...], Field(max_length=MAX_LINES, description="Templates; empty ones are ignored.")
    ] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return self.prompts or (self.prompt,)


class BadLine(BaseModel):
    line: Annotated[int, Field(description="The number of the template, from 0.")]
    position: Annotated[int, Field(description="The offset of the character in it, from 0.")]
    message: str


class Expansion(BaseModel):
    """What a press would make. A count beyond a billion is told as a billion."""

    count: int
    prompts: Annotated[list[str], Field(description="The first ten.")]
    price_usd: Annotated[Usd, Field(description="Of all of them.")]
    formula: str
    limit: Annotated[int, Field(description="How many one press may make.")]
    errors: list[BadLine]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        return cls(
            count=preview.count,
            prompts=list(preview.prompts),
            price_usd=usd_string(preview.price_micros),
            formula=preview.formula,
            limit=preview.limit,
            errors=[BadLine.model_validate(error, from_attributes=True) for error in preview.errors],
        )


class MadeBatch(BaseModel):
    batch_id: Annotated[str | None, Field(description="Null for a single generation.")]
    count: int
    price_usd: Usd
    items: list[Generation]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        return cls(
            batch_id=None if batch.batch_id is None else str(batch.batch_id),
            count=len(batch.items),
            price_usd=usd_string(batch.price_micros),
            items=[Generation.of(view) for view in batch.items],
        )


@router.post("/expand")
async def expand_prompts(body: BatchRequest, actor: CurrentActor, services: CurrentServices) -> Expansion:
    """Say what templates stand for and what that costs, without making it."""
    return Expansion.of(await services.prompts.preview(actor, body.spec(), body.lines))


@router.post("/batch", status_code=202, responses=problems(409))
async def create_batch(
    body: BatchRequest, actor: CurrentActor, services: CurrentServices, idempotency_key: IdempotencyKey = None
) -> MadeBatch:
    """Ask for images of every prompt that the templates stand for: all of them or none."""
    batch = await services.batches.request(
        actor, body.spec(), body.lines, idempotency_key=idempotency_key, max_price_micros=body.max_price_micros
    )
    return MadeBatch.of(batch)
