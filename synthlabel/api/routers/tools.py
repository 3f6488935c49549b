"""What is done to an image that is there: enlarge it, cut out its subject, describe it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BeforeValidator, Field

from synthlabel.api.answers import Estimate, Generation
from synthlabel.api.bodies import PricedBody, plain_params
from synthlabel.api.dependencies import CurrentActor, CurrentServices
from synthlabel.api.problems import problems
from synthlabel.api.routers.generations import IdempotencyKey
from synthlabel.domain.catalog import Task
from synthlabel.domain.generation import GenerationSpec

router = APIRouter(prefix="/images/{image_id}/tools", tags=["images"])


class ToolRequest(PricedBody):
    """Which tool, and how. Left out: the task's first one, with its defaults."""

    model: Annotated[str | None, Field(description="One of `tools` in `GET /catalog`.")] = None
    params: Annotated[
        dict[str, Any], BeforeValidator(plain_params), Field(default_factory=dict, description="The tool's inputs.")
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    spec: GenerationSpec
    max_price_micros: int | None


async def asked_for(
    image_id: str, task: Task, actor: CurrentActor, services: CurrentServices, body: ToolRequest | None = None
) -> Asked:
    """Return the request for a tool. Raises NotFoundError for an image that the caller does not see."""
    image = await services.gallery.get(actor, image_id)
    spec = services.generations.tool_spec(
        task,
        str(image.id),
        prompt=image.prompt,
        model=body.model if body else None,
        params=body.params if body else {},
    )
    return Asked(spec, body.max_price_micros if body else None)


AskedFor = Annotated[Asked, Depends(asked_for)]


@router.post("/{task}/estimate", responses=problems(404))
async def estimate_tool(asked: AskedFor, actor: CurrentActor, services: CurrentServices) -> Estimate:
    """What it would cost."""
    return Estimate.of(await services.generations.price(actor, asked.spec))


@router.post("/{task}", status_code=202, responses=problems(404, 409))
async def use_tool(
    asked: AskedFor,
    response: Response,
    actor: CurrentActor,
    services: CurrentServices,
    idempotency_key: IdempotencyKey = None,
) -> Generation:
    """Do it: a generation like any other, with a price, a place in line and a result."""
    view = await services.generations.request(
        actor, asked.spec, idempotency_key=idempotency_key, max_price_micros=asked.max_price_micros
    )
    response.headers["Location"] = f"/api/v1/generations/{view.id}"
    return Generation.of(view)
