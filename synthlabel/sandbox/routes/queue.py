"""``/queue``: submit, status, result, cancel. fal: https://queue.fal.run."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.responses import Response

from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.faults import number
from synthlabel.sandbox.jobs import Job, Json
from synthlabel.sandbox.logs import log_of
from synthlabel.sandbox.replies import REQUEST_ID, CutConnection, Refusal
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.submission import garbage, submitted

_NAMESPACES = ("workflows", "comfy")
_STREAM_EVERY_S = 0.25


def queue_router(sandbox: Sandbox, access: Access) -> APIRouter:
    router = APIRouter(prefix="/queue", dependencies=[Depends(access.key)])
    desk = QueueDesk(sandbox)
    request_path = "/{app:path}/requests/{request_id}"
    # Ids of endpoints contain slashes: these come before the route that matches any path.
    router.add_api_route(request_path + "/status/stream", desk.status_stream, methods=["GET"])
    router.add_api_route(request_path + "/status", desk.status, methods=["GET"])
    router.add_api_route(request_path + "/response", desk.result, methods=["GET"])
    router.add_api_route(request_path + "/cancel", desk.cancel, methods=["PUT"])
    router.add_api_route(request_path, desk.result, methods=["GET"])
    router.add_api_route("/{endpoint:path}", desk.submit, methods=["POST"])
    return router


class QueueDesk:
    """The handlers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def submit(self, request: Request, endpoint: str, fal_webhook: str | None = None) -> Response:
        job = await submitted(self._sandbox, request, endpoint, webhook_url=fal_webhook)
        if "lost-submit" in job.faults:
            return CutConnection()
        if "slow-submit" in job.faults:
            await asyncio.sleep(number(job.faults["slow-submit"], 60.0))
        if "bad-json" in job.faults:
            return garbage()
        position = {"queue_position": self._sandbox.line.position(job)}
        body = {"status": "IN_QUEUE", **self._identity(job), "gateway_request_id": job.request_id, **position}
        return _reply(job, body)

    async def status(self, app: str, request_id: str, logs: bool = False) -> Response:
        job = self._job(app, request_id)
        return _reply(job, self._status(job, with_logs=logs), status=200 if job.outcome else 202)

    async def status_stream(self, app: str, request_id: str, logs: bool = False) -> Response:
        job = self._job(app, request_id)
        headers = {REQUEST_ID: job.request_id, "cache-control": "no-store"}
        return StreamingResponse(self._statuses(job, with_logs=logs), media_type="text/event-stream", headers=headers)

    async def result(self, app: str, request_id: str) -> Response:
        job = self._job(app, request_id)
        if job.outcome is None:
            return _reply(job, {"detail": "Request is still in progress"}, status=400)
        return result_reply(job)

    async def cancel(self, app: str, request_id: str) -> Response:
        job = self._find(app, request_id)
        if job is None:
            return JSONResponse({"status": "NOT_FOUND"}, status_code=404)
        if await self._sandbox.line.cancel(job):
            return _reply(job, {"status": "CANCELLATION_REQUESTED"}, status=202)
        return _reply(job, {"status": "ALREADY_COMPLETED"}, status=400)

    async def _statuses(self, job: Job, *, with_logs: bool) -> AsyncIterator[str]:
        while job.outcome is None:
            yield _event(self._status(job, with_logs=with_logs))
            await asyncio.sleep(_STREAM_EVERY_S)
        yield _event(self._status(job, with_logs=with_logs))

    def _find(self, app: str, request_id: str) -> Job | None:
        job = self._sandbox.ledger.jobs.get(request_id)
        return job if job is not None and app_of(job.endpoint) == app_of(app) else None

    def _job(self, app: str, request_id: str) -> Job:
        job = self._find(app, request_id)
        if job is None:
            raise Refusal(404, "Request not found")
        return job

    def _identity(self, job: Job) -> Json:
        base = f"{self._sandbox.base_url}/queue/{app_of(job.endpoint)}/requests/{job.request_id}"
        return {
            "request_id": job.request_id,
            "response_url": base,
            "status_url": base + "/status",
            "cancel_url": base + "/cancel",
        }

    def _status(self, job: Job, *, with_logs: bool) -> Json:
        body: Json = {"status": job.state, **self._identity(job)}
        if "bad-status" in job.faults:
            return body
        if job.state == "IN_QUEUE":
            return {**body, "queue_position": self._sandbox.line.position(job)}
        wanted = with_logs and "null-logs" not in job.faults
        body["logs"] = log_of(job, now=time.time()) if wanted else None
        if job.outcome is not None:
            body["metrics"] = {"inference_time": job.outcome.finished_at - job.outcome.started_at}
            # A model's own refusal shows only at the result; what went wrong around it shows here.
            if "error_type" in job.outcome.body:
                body |= {"error": job.outcome.body["detail"], "error_type": job.outcome.body["error_type"]}
        return body


def app_of(endpoint: str) -> str:
    """owner/alias of an endpoint's id: the sub-path belongs to the submit URL only."""
    parts = endpoint.split("/")
    return "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])


def result_reply(job: Job) -> Response:
    outcome = job.outcome
    assert outcome is not None  # noqa: S101 - callers have looked
    headers = {**outcome.headers, "x-fal-billable-units": f"{outcome.units:g}"}
    return _reply(job, outcome.body, status=outcome.status, headers=headers)


def _reply(job: Job, body: Json, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(body, status_code=status, headers={REQUEST_ID: job.request_id, **(headers or {})})


def _event(body: Json) -> str:
    return f"data: {json.dumps(body)}\n\n"
