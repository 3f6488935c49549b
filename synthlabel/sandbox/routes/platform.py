"""``/api/v1`` and ``/site``: models, prices, bills, the list of requests. fal: https://api.fal.ai, https://fal.ai."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from synthlabel.sandbox.catalogue import Endpoint, endpoints
from synthlabel.sandbox.core import Sandbox
from synthlabel.sandbox.jobs import Json
from synthlabel.sandbox.openapi import openapi_of
from synthlabel.sandbox.replies import Refusal
from synthlabel.sandbox.routes.access import Access
from synthlabel.sandbox.routes.listing import billing_event, listed, matching, page_of, result_kind, split

_CATALOGUE_DATE = "2026-08-02T00:00:00+00:00"

Ids = Annotated[list[str] | None, Query()]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Quantity(BaseModel):
    unit_quantity: float | None = None
    call_quantity: float | None = None


class EstimateRequest(BaseModel):
    estimate_type: Literal["unit_price", "historical_api_price"]
    endpoints: dict[str, Quantity]


def platform_router(sandbox: Sandbox, access: Access) -> APIRouter:
    router = APIRouter(prefix="/api/v1")
    needs_key = [Depends(access.key)]

    @router.get("/meta")
    async def meta() -> Json:
        return {"webhook_ip_ranges": ["127.0.0.0/8", "::1/128"]}

    @router.get("/models")
    async def models(
        endpoint_id: Ids = None,
        q: str = "",
        category: str = "",
        status: str = "",
        expand: Ids = None,
        limit: Limit = 50,
        cursor: str = "",
    ) -> Json:
        known = [
            each
            for each in _selected(endpoint_id)
            if q.lower() in each.id and category in ("", each.category) and status in ("", "active")
        ]
        page, rest = page_of(known, limit, cursor)
        with_schema = "openapi-3.0" in split(expand)
        return {"models": [_model(each, with_schema=with_schema) for each in page], **rest}

    @router.get("/models/pricing")
    async def pricing(endpoint_id: Ids = None, limit: Limit = 1000, cursor: str = "") -> Json:
        prices = [
            {
                "endpoint_id": each.id,
                "unit_price": each.price.usd,
                "unit": each.price.unit,
                "currency": "USD",
            }
            for each in _selected(endpoint_id)
            if each.price is not None
        ]
        if endpoint_id and len(prices) < len(split(endpoint_id)):
            raise Refusal(404, "One or more endpoints not found")
        page, rest = page_of(prices, limit, cursor)
        return {"prices": page, **rest}

    @router.post("/models/pricing/estimate", dependencies=needs_key)
    async def estimate(wanted: EstimateRequest) -> Json:
        total = 0.0
        for endpoint_id, quantity in wanted.endpoints.items():
            endpoint = endpoints().get(endpoint_id)
            if endpoint is None or endpoint.price is None:
                raise Refusal(404, f"Endpoint not found: {endpoint_id}")
            total += endpoint.price.usd * (quantity.unit_quantity or quantity.call_quantity or 0)
        return {"estimate_type": wanted.estimate_type, "total_cost": round(total, 9), "currency": "USD"}

    @router.get("/models/billing-events", dependencies=needs_key)
    async def billing_events(
        request_id: Ids = None,
        endpoint_id: Ids = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: Limit = 100,
        cursor: str = "",
    ) -> Json:
        jobs = [
            job
            for job in matching(sandbox, request_id, endpoint_id, start, end)
            if job.outcome is not None and job.outcome.units
        ]
        page, rest = page_of(jobs, limit, cursor)
        return {"billing_events": [billing_event(job) for job in page], **rest}

    @router.get("/models/requests/by-endpoint", dependencies=needs_key)
    async def requests_by_endpoint(
        endpoint_id: Ids = None,
        request_id: Ids = None,
        start: datetime | None = None,
        end: datetime | None = None,
        status: Literal["success", "error", "user_error"] | None = None,
        expand: Ids = None,
        limit: Limit = 100,
        cursor: str = "",
    ) -> Json:
        if not endpoint_id and not request_id:
            raise Refusal(422, "endpoint_id or request_id is required")
        jobs = matching(sandbox, request_id, endpoint_id, start, end)
        wanted = [job for job in jobs if status is None or result_kind(job) == status]
        page, rest = page_of(wanted, limit, cursor)
        with_payloads = "payloads" in split(expand)
        items = [listed(job, with_payloads=with_payloads) for job in page]
        return {"items": items, **rest}

    @router.delete("/models/requests/{request_id}/payloads", dependencies=needs_key)
    async def delete_payloads(request_id: str) -> Json:
        job = sandbox.ledger.jobs.get(request_id)
        if job is None or job.outcome is None:
            raise Refusal(404, "Request not found")
        await sandbox.delete_payloads(job)
        return {"cdn_delete_results": [], "request_id": request_id}

    return router


def site_router() -> APIRouter:
    router = APIRouter(prefix="/site")

    @router.get("/api/openapi/queue/openapi.json")
    async def openapi(endpoint_id: str) -> Json:
        endpoint = endpoints().get(endpoint_id)
        if endpoint is None:
            raise Refusal(404, "Endpoint not found")
        return openapi_of(endpoint)

    return router


def _selected(ids: list[str] | None) -> list[Endpoint]:
    wanted = split(ids)
    return [endpoints()[each] for each in wanted if each in endpoints()] if wanted else list(endpoints().values())


def _model(endpoint: Endpoint, *, with_schema: bool) -> Json:
    metadata = {
        "display_name": endpoint.title,
        "category": endpoint.category,
        "description": f"{endpoint.title}, drawn by the sandbox.",
        "status": "active",
        "tags": [],
        "updated_at": _CATALOGUE_DATE,
        "kind": "inference",
        "training_endpoint_ids": [],
        "inference_endpoint_ids": [],
    }
    model: Json = {"endpoint_id": endpoint.id, "metadata": metadata}
    return {**model, "openapi": openapi_of(endpoint)} if with_schema else model
