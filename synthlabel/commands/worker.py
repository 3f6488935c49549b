"""A worker as one process."""

from synthlabel.bootstrap import running
from synthlabel.db.engine import libpq_url
from synthlabel.jobs.app import create_jobs, run_worker
from synthlabel.services.registry import get_services, install
from synthlabel.settings import Settings


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    async with running(settings) as services:
        install(services)
        await run_worker(create_jobs(libpq_url(settings.database_url or ""), get_services))
