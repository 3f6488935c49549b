"""Figures for Prometheus, for callers on this machine or its private network only."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from synthlabel.api.dependencies import CurrentServices, is_private_call
from synthlabel.domain.generation import GenerationStatus
from synthlabel.domain.money import MICROS_PER_USD
from synthlabel.errors import NotFoundError
from synthlabel.services.usage import Totals

router = APIRouter(tags=["health"])


class Gauges:
    """Figures that are read from the database at each scrape: they are the same whichever process answers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._generations = Gauge("synthlabel_generations", "Generations by status.", ["status"], registry=registry)
        self._reserved = Gauge("synthlabel_budget_reserved_usd", "Money set aside and still open.", registry=registry)
        self._spent = Gauge("synthlabel_budget_spent_usd", "Money charged since the beginning.", registry=registry)
        self._oldest = Gauge(
            "synthlabel_queue_oldest_age_seconds", "How long the oldest waiting generation waits.", registry=registry
        )

    def show(self, totals: Totals) -> None:
        for status in GenerationStatus:
            self._generations.labels(status.value).set(totals.generations.get(status, 0))
        self._reserved.set(totals.reserved_micros / MICROS_PER_USD)
        self._spent.set(totals.spent_micros / MICROS_PER_USD)
        self._oldest.set(totals.oldest_waiting_s)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request, services: CurrentServices) -> Response:
    """Everything in Prometheus's text format."""
    if not is_private_call(request):
        raise NotFoundError("There is nothing at this address.")
    gauges: Gauges = request.app.state.gauges
    registry: CollectorRegistry = request.app.state.metrics
    gauges.show(await services.usage.totals())
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
