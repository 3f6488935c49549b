"""Calls from the provider."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from synthlabel.api.dependencies import CurrentServices
from synthlabel.api.problems import problems

MAX_BODY_BYTES = 10 * 1024 * 1024

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


class Accepted(BaseModel):
    status: Literal["accepted"] = "accepted"


@router.post("/fal", responses=problems(401, 413), max_body_size=MAX_BODY_BYTES)
async def accept_fal(
    request: Request,
    services: CurrentServices,
    token: Annotated[str | None, Query(description="Our own token of the request.")] = None,
) -> Accepted:
    """Note that the provider has news of a request. The body's ED25519 signature is checked. Safe to repeat.

    A request that is not ours is accepted as well: the provider would only repeat the call.
    """
    await services.results.accept_webhook(dict(request.headers), await request.body(), token)
    return Accepted()
