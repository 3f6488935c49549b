"""Generations: price, request, look, follow, cancel, retry."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from synthlabel.api.answers import Estimate, Generation
from synthlabel.api.bodies import GenerationRequest
from synthlabel.api.dependencies import CurrentActor, CurrentServices, StillSignedIn
from synthlabel.api.problems import problems
from synthlabel.ports import Change
from synthlabel.services.views import GenerationView

router = APIRouter(prefix="/generations", tags=["generations"])

LOOK_AGAIN_S = 15.0

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="The same key and body within 24 hours give the first answer again."),
]


@router.post("/estimate")
async def estimate(body: GenerationRequest, actor: CurrentActor, services: CurrentServices) -> Estimate:
    """Price a request without making it."""
    return Estimate.of(await services.generations.price(actor, body.spec()))


@router.post("", status_code=202, responses=problems(409))
async def create_generation(
    body: GenerationRequest,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Generation:
    """Ask for images. Its price is set aside at once; the images arrive later."""
    view = await services.generations.request(
        actor, body.spec(), idempotency_key=idempotency_key, max_price_micros=body.max_price_micros
    )
    response.headers["Location"] = f"/api/v1/generations/{view.id}"
    return Generation.of(view)


async def own_generation(generation_id: str, actor: CurrentActor, services: CurrentServices) -> GenerationView:
    return await services.generations.get(actor, generation_id)


OwnGeneration = Annotated[GenerationView, Depends(own_generation)]


@router.get("/{generation_id}", responses=problems(404))
async def get_generation(generation: OwnGeneration) -> Generation:
    """One of one's own generations with its images."""
    return Generation.of(generation)


@router.post("/{generation_id}/cancel", status_code=202, responses=problems(404, 409))
async def cancel_generation(generation_id: str, actor: CurrentActor, services: CurrentServices) -> Generation:
    """Cancel what waits; ask the provider to cancel what it has. An unknown one is given up. Safe to repeat."""
    return Generation.of(await services.generations.cancel(actor, generation_id))


@router.post("/{generation_id}/retry", status_code=202, responses=problems(404, 409))
async def retry_generation(
    generation_id: str,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Generation:
    """Ask for the same again: a new generation, paid for anew."""
    view = await services.generations.retry(actor, generation_id, idempotency_key=idempotency_key)
    response.headers["Location"] = f"/api/v1/generations/{view.id}"
    return Generation.of(view)


@router.post("/{generation_id}/check", status_code=202, responses=problems(404))
async def check_generation(generation_id: str, actor: CurrentActor, services: CurrentServices) -> Generation:
    """Look for an unknown one at the provider now. Safe to repeat."""
    return Generation.of(await services.generations.check_again(actor, generation_id))


@router.get("/{generation_id}/events", response_class=EventSourceResponse, responses=problems(404))
async def follow_generation(
    generation: OwnGeneration, actor: CurrentActor, services: CurrentServices, still_signed_in: StillSignedIn
) -> AsyncGenerator[ServerSentEvent, None]:
    """The generation as server-sent events `generation`, each time it changes, until it is terminal.

    The stream also ends when the caller is signed out: within fifteen seconds, and before anything more is told.
    """
    shown = None
    async with aclosing(services.changes.stream(actor.user_id, idle_s=LOOK_AGAIN_S)) as changes:
        async for change in changes:
            if not _concerns(change, generation):
                continue
            if not await still_signed_in():
                return
            answer = Generation.of(await services.generations.get(actor, str(generation.id)))
            facts = _facts(answer)
            if facts != shown:
                shown = facts
                yield ServerSentEvent(event="generation", raw_data=answer.model_dump_json())
            if answer.finished_at is not None:
                return


def _concerns(change: Change, generation: GenerationView) -> bool:
    # An image's change does not say which generation it belongs to; a long silence may be a lost message.
    return change.kind in ("everything", "image", "nothing") or change.id == generation.id


def _facts(answer: Generation) -> str:
    """What makes an event worth sending: not the addresses of images, nor expectations, which are new each time."""
    addresses = {"url", "download_url", "thumbnail_url", "thumbnails"}
    return answer.model_dump_json(
        exclude={"images": {"__all__": addresses}, "expected_start_at": True, "expected_done_at": True}
    )
