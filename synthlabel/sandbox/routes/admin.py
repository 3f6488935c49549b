"""``/admin``: for tests and operators on the same machine. No key is needed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.faults import Armed
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.replies import Refusal


class FaultOrder(BaseModel):
    """One shot unless ``times`` or ``always`` says otherwise; all endpoints unless one is named."""

    fault: str
    value: str | float = ""
    times: Annotated[int, Field(ge=1)] = 1
    always: bool = False
    endpoint: str | None = None


class PaceOrder(BaseModel):
    """What is left out stays as it is."""

    speed: Annotated[float, Field(gt=0)] | None = None
    concurrency: Annotated[int, Field(ge=0)] | None = None
    queue_seconds: Annotated[float, Field(ge=0)] | None = None
    run_seconds: Annotated[float, Field(ge=0)] | None = None


async def only_local_tools(request: Request) -> None:
    """Refuses other machines, and web pages, which a browser would let post here without asking."""
    host = request.client.host if request.client else ""
    if host not in ("127.0.0.1", "::1") or "origin" in request.headers:
        raise Refusal(403, "Only for tools on this machine.")


def admin_router(sandbox: Sandbox) -> APIRouter:
    router = APIRouter(prefix="/admin", dependencies=[Depends(only_local_tools)])

    @router.get("/stats")
    async def stats() -> Json:
        return sandbox.stats()

    @router.get("/requests")
    async def requests() -> list[Json]:
        return [_described(job) for job in sandbox.ledger.jobs.values()]

    @router.get("/faults")
    async def faults() -> list[Armed]:
        return sandbox.faults.armed

    @router.post("/faults")
    async def arm(order: FaultOrder) -> list[Armed]:
        times = None if order.always else order.times
        try:
            sandbox.faults.arm(Armed(order.fault, str(order.value), times, order.endpoint))
        except ValueError as error:
            raise Refusal(422, str(error)) from None
        return sandbox.faults.armed

    @router.delete("/faults")
    async def disarm() -> list[Armed]:
        sandbox.faults.armed.clear()
        return sandbox.faults.armed

    @router.post("/settings")
    async def settings(order: PaceOrder) -> Json:
        for name, value in order.model_dump(exclude_none=True).items():
            setattr(sandbox.line.pace, name, value)
        sandbox.line.advance()
        return sandbox.stats()["pace"]

    @router.post("/reset")
    async def reset() -> Json:
        await sandbox.reset()
        return sandbox.stats()

    return router


def _described(job: Job) -> Json:
    return {
        "request_id": job.request_id,
        "endpoint": job.endpoint,
        "input": job.arguments,
        "status": "CANCELLED" if job.outcome and job.outcome.cancelled else job.state,
        "status_code": job.outcome.status if job.outcome else None,
        "webhook_url": job.webhook_url,
        "webhook": job.webhook,
        "submitted_at": job.submitted_at,
        "billable_units": job.outcome.units if job.outcome else 0,
        "seed": job.seed,
        "faults": job.faults,
    }
