"""The embedded server keeps its promises: started, refused, killed, restarted."""

import json
import os
import pwd
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from synthlabel.embedded import EmbeddedPostgres, EmbeddedPostgresError, find_running
from synthlabel.embedded.binaries import find_binaries
from tests.postgres import create_database, drop_database, open_directory, postgres_server
from tests.processes import next_line, running_script, wait_for_end

SUPERVISOR = """
    import sys
    from pathlib import Path
    from synthlabel.embedded import EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]))
    print(server.start(), server.pid, flush=True)
    sys.stdin.read()
    server.stop()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with postgres_server() as running:
        yield running


@pytest.fixture
def directory() -> Iterator[Path]:
    with open_directory() as path:
        yield path


def insert_rows(url: str, count: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id bigint)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, %s)", [count])


def count_rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_the_programs_are_where_we_look_for_them() -> None:
    binaries = find_binaries()

    assert binaries.major == 18
    for program in ("postgres", "initdb", "pg_isready", "pg_dump", "pg_restore"):
        assert os.access(binaries.path(program), os.X_OK)


def test_the_server_offers_vectors_and_version_7_ids(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE EXTENSION vector")
        row = connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'::vector, uuidv7()").fetchone()

    assert row is not None
    assert row[0] == 2
    assert row[1].version == 7


def test_commits_reach_the_disk(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url) as connection:
        values = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]

    assert values == [("on",), ("on",)]


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    user, address = server.url.split("@")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{user[:-3]}bad@{address}")


def test_the_server_does_not_run_as_root(server: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_a_database_can_be_copied_from_a_template(server: EmbeddedPostgres) -> None:
    insert_rows(create_database(server, "template-database"), 3)

    copy = create_database(server, "copy", template="template-database")

    assert count_rows(copy) == 3
    drop_database(server, "copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy)


def test_a_second_start_finds_the_rows_at_the_same_address(directory: Path) -> None:
    first = EmbeddedPostgres(directory)
    url = first.start()
    insert_rows(url, 10)
    assert first.stop() == 0

    second = EmbeddedPostgres(directory)
    try:
        assert second.start() == url
        assert count_rows(url) == 10
    finally:
        second.stop()


def test_another_process_finds_the_running_server(directory: Path) -> None:
    assert find_running(directory) is None
    with running_script(SUPERVISOR, directory) as supervisor:
        url = next_line(supervisor).split()[0]
        assert find_running(directory) == url

        supervisor.kill()
        supervisor.wait()

    assert find_running(directory) is None


def test_a_note_of_a_killed_supervisor_is_not_believed_though_its_number_lives_on(directory: Path) -> None:
    (directory / "postgres").mkdir()
    (directory / "postgres" / "lock").touch(mode=0o600)
    note = {"pid": os.getpid(), "url": "postgresql://synthlabel:gone@127.0.0.1:1/synthlabel"}
    (directory / "postgres" / "running.json").write_text(json.dumps(note))

    assert find_running(directory) is None


def test_a_second_supervisor_is_refused_and_names_the_first(directory: Path) -> None:
    first = EmbeddedPostgres(directory)
    url = first.start()
    second = EmbeddedPostgres(directory)
    try:
        with pytest.raises(EmbeddedPostgresError) as refusal:
            second.start()
        second.stop()

        assert f"process {os.getpid()}" in str(refusal.value)
        assert url.rpartition("@")[2] in str(refusal.value)
        assert url.split(":")[2].split("@")[0] not in str(refusal.value)
        assert find_running(directory) == url
        insert_rows(url, 1)
    finally:
        first.stop()


def test_secrets_are_readable_by_the_owner_alone(directory: Path) -> None:
    server = EmbeddedPostgres(directory)
    server.start()
    try:
        for name in ("password", "running.json", "lock"):
            assert stat.S_IMODE((directory / "postgres" / name).stat().st_mode) == 0o600
    finally:
        server.stop()


def test_a_port_that_somebody_took_is_replaced(directory: Path) -> None:
    first = EmbeddedPostgres(directory)
    url = first.start()
    first.stop()
    port = int((directory / "postgres" / "port").read_text())

    with socket.create_server(("127.0.0.1", port)):
        second = EmbeddedPostgres(directory)
        try:
            assert second.start() != url
        finally:
            second.stop()


def test_an_interrupted_creation_is_not_taken_for_a_database(directory: Path) -> None:
    half_made = directory / "postgres" / "new-interrupted" / "cluster"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    server = EmbeddedPostgres(directory)
    try:
        insert_rows(server.start(), 1)
    finally:
        server.stop()


def test_a_database_of_another_version_is_refused_untouched(directory: Path) -> None:
    server = EmbeddedPostgres(directory)
    server.start()
    server.stop()
    version = directory / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("16\n")

    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 16, this is PostgreSQL 18"):
        EmbeddedPostgres(directory).start()

    assert version.read_text() == "16\n"


def test_a_directory_that_cannot_be_written_is_refused_in_one_line(directory: Path) -> None:
    (directory / "file").write_text("")

    with pytest.raises(EmbeddedPostgresError) as refusal:
        EmbeddedPostgres(directory / "file").start()

    assert "SYNTHLABEL_DATA_DIR" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_killing_the_supervisor_leaves_no_server_and_a_clean_shutdown(directory: Path) -> None:
    with running_script(SUPERVISOR, directory) as supervisor:
        postmaster = int(next_line(supervisor).split()[1])

        supervisor.kill()

        assert wait_for_end(postmaster)
    log = (directory / "logs" / "postgres.log").read_text()
    assert log.strip().endswith("database system is shut down")


def test_killing_the_server_loses_no_committed_row(directory: Path) -> None:
    server = EmbeddedPostgres(directory)
    url = server.start()
    try:
        insert_rows(url, 200_000)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert wait_for_end(server.pid)
        assert server.poll() == -signal.SIGKILL

        assert server.start() == url
        assert count_rows(url) == 200_000
    finally:
        server.stop()


def test_killing_supervisor_and_server_at_once_loses_no_committed_row(directory: Path) -> None:
    with running_script(SUPERVISOR, directory) as supervisor:
        url, postmaster = next_line(supervisor).split()
        insert_rows(url, 200_000)
        os.kill(int(postmaster), signal.SIGKILL)
        supervisor.kill()
        supervisor.wait()

    server = EmbeddedPostgres(directory)
    try:
        assert count_rows(server.start()) == 200_000
    finally:
        server.stop()


if os.geteuid() == 0:

    def test_root_is_told_where_the_data_could_be(tmp_path: Path) -> None:
        tmp_path.chmod(0o700)

        with pytest.raises(EmbeddedPostgresError, match="SYNTHLABEL_DATA_DIR=/var/lib/synthlabel") as refusal:
            EmbeddedPostgres(tmp_path / "data").start()

        assert "\n" not in str(refusal.value)
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_root_keeps_the_database_elsewhere_if_it_may(tmp_path: Path, directory: Path) -> None:
        tmp_path.chmod(0o700)
        said: list[str] = []

        for _ in range(2):
            server = EmbeddedPostgres(tmp_path / "data", elsewhere=directory, on_progress=said.append)
            try:
                url = server.start()
                insert_rows(url, 1)
                assert find_running(tmp_path / "data") == url
            finally:
                server.stop()

        (place,) = directory.iterdir()
        assert (tmp_path / "data" / "postgres" / "cluster").resolve() == place / "cluster"
        assert [str(place) in line for line in said] == [True]
        assert count_rows_of(tmp_path / "data", directory) == 2
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_a_new_directory_in_an_old_ones_place_finds_no_old_database(tmp_path: Path, directory: Path) -> None:
        tmp_path.chmod(0o700)
        for _ in range(2):
            server = EmbeddedPostgres(tmp_path / "data", elsewhere=directory)
            try:
                insert_rows(server.start(), 1)
            finally:
                server.stop()
            assert count_rows_of(tmp_path / "data", directory) == 1
            shutil.rmtree(tmp_path / "data")

    def test_a_database_that_was_kept_elsewhere_and_is_gone_is_not_replaced(tmp_path: Path, directory: Path) -> None:
        cluster = tmp_path / "data" / "postgres" / "cluster"
        cluster.parent.mkdir(parents=True)
        cluster.symlink_to(directory / "gone" / "cluster")

        with pytest.raises(EmbeddedPostgresError, match="gone") as refusal:
            EmbeddedPostgres(tmp_path / "data", elsewhere=directory).start()

        assert "\n" not in str(refusal.value)
        assert list(directory.iterdir()) == []

    def count_rows_of(data_dir: Path, elsewhere: Path) -> int:
        server = EmbeddedPostgres(data_dir, elsewhere=elsewhere)
        try:
            return count_rows(server.start())
        finally:
            server.stop()

    def test_an_ordinary_user_runs_the_server_as_themselves(directory: Path) -> None:
        user = pwd.getpwnam("nobody")
        os.chown(directory, user.pw_uid, user.pw_gid)

        child = os.fork()
        if child == 0:
            os._exit(_serve_once_as(user, directory))
        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0
        assert (directory / "postgres" / "cluster").stat().st_uid == user.pw_uid

    def _serve_once_as(user: pwd.struct_passwd, directory: Path) -> int:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        server = EmbeddedPostgres(directory)
        insert_rows(server.start(), 1)
        return server.stop() or 0
