"""Runs migrations on the connection that ``synthlabel.db.migrations`` hands over, or on DATABASE_URL."""

import sqlalchemy as sa

from alembic import context
from synthlabel.db.engine import sqlalchemy_url
from synthlabel.db.tables import SQLModel
from synthlabel.settings import Settings


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the queue's own tables alone: its schema comes with its package."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_name=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def _main() -> None:
    given: sa.Connection | sa.Engine | None = context.config.attributes.get("connection")
    if isinstance(given, sa.Connection):
        _run(given)
        return
    engine = given or sa.create_engine(sqlalchemy_url(Settings.load().database_url or ""))
    with engine.connect() as connection:
        _run(connection)


_main()
