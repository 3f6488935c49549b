"""The job queue: procrastinate, in the product's own database, inside the caller's transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from synthlabel.errors import DatabaseUnavailableError
from synthlabel.ports import Job


class ProcrastinateQueue:
    """Implements ``ports.JobQueue``. Knows tasks by name only."""

    def __init__(self) -> None:
        # Only a maker of rows: it writes on the connections that it is handed, and opens none of its own.
        self._app = App(connector=PsycopgConnector())

    async def enqueue(self, connection: Any, job: Job) -> None:
        options: dict[str, Any] = {"connection": connection}
        if job.key is not None:
            options["queueing_lock"] = job.key
        if job.delay_s > 0:
            options["schedule_at"] = datetime.now(UTC) + timedelta(seconds=job.delay_s)
        payload = {} if job.id is None else {"id": str(job.id)}
        try:
            await connection.execute("SAVEPOINT enqueue")
            try:
                await self._app.configure_task(job.task, **options).defer_async(**payload)
            except AlreadyEnqueued:
                # An equal job waits already, and will see what this transaction commits.
                await connection.execute("ROLLBACK TO SAVEPOINT enqueue")
            await connection.execute("RELEASE SAVEPOINT enqueue")
        except (psycopg.Error, ConnectorException) as error:
            if _is_outage(error):
                raise DatabaseUnavailableError("The database can't be reached now. Try again in a moment.") from error
            raise


def _is_outage(error: BaseException) -> bool:
    """The queue wraps the driver's errors in its own."""
    return any(isinstance(link, psycopg.OperationalError | psycopg.InterfaceError) for link in (error, error.__cause__))
