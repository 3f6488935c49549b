"""The queue's app with its tasks, and the worker that runs them."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from synthlabel.logs import get_logger
from synthlabel.services.registry import Services

CONCURRENCY = 16
GRACE_S = 8.0
STALLED_AFTER_S = 15.0
HEARTBEAT_S = 4.0

log = get_logger(__name__)


def create_jobs(dsn: str, services: Callable[[], Services]) -> App:
    """Build the app. Connects when it is opened. ``dsn`` is in libpq's form and must allow LISTEN."""
    app = App(
        connector=PsycopgConnector(
            conninfo=dsn, min_size=1, max_size=6, timeout=10, kwargs={"prepare_threshold": None}
        ),
    )
    _add_tasks(app, services)
    _add_sweeps(app, services)
    return app


def _add_tasks(app: App, services: Callable[[], Services]) -> None:
    @app.task(name="dispatch")
    async def dispatch() -> None:
        await services().dispatch.submit_next()

    @app.task(name="follow")
    async def follow(id: str) -> None:  # noqa: A002 - the payload's word
        await services().results.follow(UUID(id))

    @app.task(name="reconcile")
    async def reconcile(id: str) -> None:  # noqa: A002 - the payload's word
        await services().results.reconcile(UUID(id))

    @app.task(name="purge")
    async def purge() -> None:
        await services().housekeeping.purge()


def _add_sweeps(app: App, services: Callable[[], Services]) -> None:
    # In the queue's cron the sixth field is the seconds. No `lock` on any of these, or a stalled one would keep its
    # own successor from ever running.
    @app.periodic(cron="* * * * * */3")
    @app.task(name="sweep", queueing_lock="sweep")
    async def sweep(timestamp: int) -> None:
        await services().dispatch.expire_claims()
        await services().dispatch.enqueue_waiting()
        await services().results.enqueue_overdue()

    @app.periodic(cron="* * * * * */5")
    @app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        await _retry_stalled(context.app)

    @app.periodic(cron="17 * * * *")
    @app.task(name="tidy", queueing_lock="tidy", pass_context=True)
    async def tidy(context: JobContext, timestamp: int) -> None:
        await services().housekeeping.tidy()
        await services().uploads.tidy()
        await services().downloads.tidy()
        await context.app.job_manager.delete_old_jobs(nb_hours=24, include_failed=True, include_aborted=True)


async def _retry_stalled(app: App) -> None:
    """Give jobs of workers that died to the living. One that can't be given back must not stop the others."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # A newer equal job waits and will do the work; this one would be met again at every round.
            await _drop(app, job)


async def _drop(app: App, job: Job) -> None:
    if job.id is not None:
        await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)


async def run_worker(app: App, *, wait: bool = True) -> None:
    """Work until SIGTERM or SIGINT, then finish what is begun, for a while.

    A database that goes away makes the worker start over, not end: it comes back by itself.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if wait:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
    while not stop.is_set():
        try:
            await _work_until(app, stop, wait=wait)
            if not wait:
                return
        except (ConnectorException, psycopg.Error, OSError) as error:
            log.warning("the database is away, starting over soon", reason=type(error).__name__)
            await _pause(stop, 1.0)


async def _work_until(app: App, stop: asyncio.Event, *, wait: bool) -> None:
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(**_options(wait=wait)))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            # Told to stop, the worker finishes what it has begun, for GRACE_S at most.
            worker.cancel()
            await asyncio.wait({worker})
        if not worker.cancelled():
            worker.result()


def _options(*, wait: bool) -> dict[str, Any]:
    return {
        "concurrency": CONCURRENCY,
        "wait": wait,
        "fetch_job_polling_interval": 0.5,
        "abort_job_polling_interval": 2.0,
        "shutdown_graceful_timeout": GRACE_S,
        "delete_jobs": "successful",
        "install_signal_handlers": False,
        "listen_notify": True,
        "update_heartbeat_interval": HEARTBEAT_S,
        "stalled_worker_timeout": STALLED_AFTER_S,
    }


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
