"""The schema: one history, up and down, equal to the tables in code, and safe to start from anywhere."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)

from synthlabel.db.engine import libpq_url, sqlalchemy_url
from synthlabel.db.migrations import alembic_config as own_config
from synthlabel.db.migrations import current_revision, head_revision, upgrade
from tests.factories import make_settings
from tests.processes import next_line, running_script
from tests.programs import environment, start

__all__ = [
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]

# Stops for good in the middle of the first revision, when half of its tables are there
HALF_WAY = """
    import sys, time
    import sqlalchemy as sa
    from synthlabel.db.migrations import upgrade
    def stop(connection, cursor, statement, parameters, context, many):
        if "CREATE TABLE image" in statement:
            print("half way", flush=True)
            time.sleep(600)
    sa.event.listen(sa.Engine, "before_cursor_execute", stop)
    upgrade(sys.argv[1])
"""


@pytest.fixture
def alembic_config() -> Config:
    return own_config()


@pytest.fixture
def alembic_engine(empty_database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(sqlalchemy_url(empty_database_url), poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def revision_of(url: str) -> str | None:
    engine = sa.create_engine(sqlalchemy_url(url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return current_revision(connection)


def wait_until_somebody_waits(url: str) -> None:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall():
            pass


def tables_of(url: str) -> set[str]:
    with psycopg.connect(libpq_url(url)) as connection:
        rows: list[Any] = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in rows}


def test_an_empty_database_becomes_the_newest_one(empty_database_url: str) -> None:
    assert revision_of(empty_database_url) is None
    for _ in range(2):  # safe to repeat
        upgrade(empty_database_url)
        assert revision_of(empty_database_url) == head_revision()
    assert {"account", "generation", "image", "ledger_entry", "procrastinate_jobs"} <= tables_of(empty_database_url)


def test_several_processes_may_upgrade_at_once(empty_database_url: str, tmp_path: Path) -> None:
    env = environment(make_settings(empty_database_url, tmp_path))
    processes = [start("migrate", env=env, folder=tmp_path) for _ in range(3)]
    ends = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], ends
    assert revision_of(empty_database_url) == head_revision()


def test_an_upgrade_that_is_killed_half_way_leaves_nothing_and_can_be_run_again(empty_database_url: str) -> None:
    with running_script(HALF_WAY, empty_database_url) as process:
        assert next_line(process) == "half way"
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert "generation" not in tables_of(empty_database_url)
    upgrade(empty_database_url)
    assert revision_of(empty_database_url) == head_revision()


def test_an_upgrade_waits_for_one_that_is_under_way(empty_database_url: str, tmp_path: Path) -> None:
    env = environment(make_settings(empty_database_url, tmp_path))
    with running_script(HALF_WAY, empty_database_url) as holder:
        next_line(holder)
        second = start("migrate", env=env, folder=tmp_path)
        wait_until_somebody_waits(empty_database_url)
        assert second.poll() is None
        holder.kill()
        assert second.wait() == 0
        second.communicate()
    assert revision_of(empty_database_url) == head_revision()


def test_the_way_down_leaves_nothing_behind(empty_database_url: str) -> None:
    from alembic import command

    upgrade(empty_database_url)
    engine = sa.create_engine(sqlalchemy_url(empty_database_url), poolclass=sa.NullPool)
    config = own_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
        leftovers = connection.execute(
            sa.text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        ).all()
    assert tables_of(empty_database_url) == {"alembic_version"}
    assert leftovers == []


def test_a_database_of_a_newer_version_is_left_alone(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url)
    with psycopg.connect(libpq_url(empty_database_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    process = start("migrate", env=environment(make_settings(empty_database_url, tmp_path)), folder=tmp_path)
    _, err = process.communicate()
    assert process.returncode == 78
    assert err.startswith("DATABASE_URL: ")
    assert "9999_from_the_future" in err
    assert len(err.strip().splitlines()) == 1
