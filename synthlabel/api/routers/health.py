"""Whether the process runs, and whether it can work."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from synthlabel.api.dependencies import CurrentServices
from synthlabel.logs import get_logger

CHECK_TIMEOUT_S = 2.0
KEPT_S = 2.0
FAILURE_KEPT_S = 1.0
"""Shorter: who waits for something to come up should soon see that it did."""

router = APIRouter(tags=["health"])
log = get_logger(__name__)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Check(BaseModel):
    status: Literal["ok", "failed", "timed_out"]
    took_ms: Annotated[int, Field(ge=0)]


class Readiness(BaseModel):
    status: Literal["ready", "not_ready"]
    checks: dict[str, Check]


class Readings:
    """The last outcome of each check. Anybody may ask, so asking often must cost the dependencies nothing."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Check]] = {}
        self._good_until: dict[str, float] = {}

    async def read(self, name: str, check: Callable[[], Awaitable[None]]) -> Check:
        """Return what is known, or check anew: one check of a dependency at a time, however many ask."""
        task = self._running.get(name)
        if task is None or (task.done() and time.monotonic() >= self._good_until[name]):
            task = self._running[name] = asyncio.create_task(self._run(name, check))
        # One who leaves must not take the answer from the others.
        return await asyncio.shield(task)

    async def _run(self, name: str, check: Callable[[], Awaitable[None]]) -> Check:
        outcome = await _check(name, check)
        self._good_until[name] = time.monotonic() + (KEPT_S if outcome.status == "ok" else FAILURE_KEPT_S)
        return outcome


@router.get("/healthz")
async def healthz() -> Health:
    """The process runs. Touches nothing else."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "A dependency can't be used"}})
async def readyz(request: Request, response: Response, services: CurrentServices) -> Readiness:
    """Every dependency by name, as it was found within the last two seconds."""
    readings: Readings = request.app.state.readings
    results = await asyncio.gather(*(readings.read(name, check) for name, check in services.checks.items()))
    checks = dict(zip(services.checks, results, strict=True))
    ready = all(check.status == "ok" for check in results)
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not_ready", checks=checks)


async def _check(name: str, check: Callable[[], Awaitable[None]]) -> Check:
    """Run one check. Why it failed goes to the log only: the text may name hosts and accounts."""
    started = time.monotonic()
    status: Literal["ok", "failed", "timed_out"] = "ok"
    try:
        await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
    except TimeoutError:
        status = "timed_out"
    except Exception as error:  # noqa: BLE001 - whatever breaks, the answer is that it can't be used
        status = "failed"
        log.warning("a dependency can't be used", dependency=name, reason=str(error))
    return Check(status=status, took_ms=round((time.monotonic() - started) * 1000))
