"""``/run``: the same models without a queue, waiting for the answer. fal: https://fal.run."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Job
from synthlabel.sandbox.replies import REQUEST_ID, CutConnection
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.queue import result_reply
from synthlabel.sandbox.routes.submission import garbage, submitted

_PROGRESS_EVERY_S = 0.25


def run_router(sandbox: Sandbox, access: Access) -> APIRouter:
    router = APIRouter(prefix="/run", dependencies=[Depends(access.key)])

    async def stream(request: Request, endpoint: str) -> Response:
        job = await submitted(sandbox, request, endpoint)
        headers = {REQUEST_ID: job.request_id, "cache-control": "no-store"}
        return StreamingResponse(_events(sandbox, job), media_type="text/event-stream", headers=headers)

    async def run(request: Request, endpoint: str) -> Response:
        job = await submitted(sandbox, request, endpoint)
        if "lost-submit" in job.faults:
            return CutConnection()
        await sandbox.line.wait(job)
        return garbage() if "bad-json" in job.faults else result_reply(job)

    router.add_api_route("/{endpoint:path}/stream", stream, methods=["POST"])
    router.add_api_route("/{endpoint:path}", run, methods=["POST"])
    return router


async def _events(sandbox: Sandbox, job: Job) -> AsyncIterator[str]:
    """Comments while the model works, so that the connection stays alive; then the result, or its error."""
    waiting = asyncio.ensure_future(sandbox.line.wait(job))
    while not (await asyncio.wait([waiting], timeout=_PROGRESS_EVERY_S))[0]:
        yield ": working\n\n"
    yield f"data: {json.dumps(waiting.result().body)}\n\n"
