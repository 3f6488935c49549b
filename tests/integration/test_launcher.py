"""The launcher keeps the product's processes alive, and leaves nothing behind."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from synthlabel.embedded.log_file import LogFile
from synthlabel.launcher import Child, ChildProcess, Launcher, up
from synthlabel.launcher.environment import environment_of
from synthlabel.launcher.screen import Screen
from synthlabel.settings import Settings
from tests.postgres import open_directory
from tests.processes import next_line, running_script, wait_for_end

FAITHFUL = """
import os, signal, sys
def stop(*_):
    with open("stopped", "a") as file:
        file.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
open(sys.argv[1], "w").close()
while True:
    signal.pause()
"""

STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("stubborn", "w").close()
while True:
    signal.pause()
"""

# Dies at its first run, leaving a grandchild that holds on to what the second run needs.
CARELESS = """
import os, pathlib, subprocess, sys, time
if pathlib.Path("grandchild").exists():
    pathlib.Path("second").touch()
    time.sleep(1000)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
pathlib.Path("grandchild").write_text(str(grandchild.pid))
print("I cannot go on")
sys.exit(3)
"""


class Stage:
    """Children in a directory, and what the screen showed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.text = StringIO()
        self.screen = Screen(Console(file=self.text, width=200))

    def child(self, name: str, source: str, **options: object) -> ChildProcess:
        options.setdefault("ready", lambda: (self.directory / name).exists())
        spec = Child(name=name, argv=[sys.executable, "-c", source, name], cwd=self.directory, **options)  # type: ignore[arg-type]
        return ChildProcess(spec, log=self.log(name), show=self.screen.line)

    def log(self, name: str) -> LogFile:
        return LogFile(self.directory / f"{name}.log")

    def run(self, *children: ChildProcess, on_ready: Callable[[], None] | None = None) -> int:
        return Launcher(children, screen=self.screen).run(on_ready=on_ready or press_ctrl_c)


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_children_start_in_order_and_stop_in_reverse(stage: Stage) -> None:
    code = stage.run(*(stage.child(name, FAITHFUL) for name in ("first", "second", "third")))

    assert code == 0
    assert (stage.directory / "stopped").read_text().split() == ["third", "second", "first"]
    shown = stage.text.getvalue()
    assert shown.index("first") < shown.index("second") < shown.index("third")


def test_a_child_is_awaited_before_the_next_one_starts(stage: Stage) -> None:
    seen_by_the_second: list[bool] = []

    def environment() -> Mapping[str, str]:
        seen_by_the_second.append((stage.directory / "first").exists())
        return os.environ

    stage.run(stage.child("first", FAITHFUL), stage.child("second", FAITHFUL, env=environment))

    assert seen_by_the_second == [True]


def test_a_child_that_dies_is_started_again_without_its_grandchildren(stage: Stage) -> None:
    second = stage.directory / "second"

    code = stage.run(stage.child("careless", CARELESS, ready=second.exists))

    assert code == 0
    assert wait_for_end(int((stage.directory / "grandchild").read_text()))
    assert "careless ended (exit code 3): starting it again in 0.5 s" in stage.text.getvalue()
    assert "I cannot go on" in stage.text.getvalue()


def test_a_step_that_fails_stops_the_start(stage: Stage) -> None:
    ready: list[None] = []

    code = stage.run(
        stage.child("first", FAITHFUL),
        stage.child("step", "import sys; print('no such table'); sys.exit(4)", once=True),
        stage.child("never", FAITHFUL),
        on_ready=lambda: ready.append(None),
    )

    assert code == 4
    assert ready == []
    assert not (stage.directory / "never").exists()
    assert (stage.directory / "stopped").read_text().split() == ["first"]
    assert "no such table" in stage.text.getvalue()
    assert "step failed (exit code 4)." in stage.text.getvalue()


def test_a_wrong_setting_in_a_child_is_not_tried_again(stage: Stage) -> None:
    code = stage.run(stage.child("worker", "import sys; sys.exit('' or 78)"))

    assert code == 78
    assert "starting it again" not in stage.text.getvalue()


def test_a_second_signal_kills_a_child_that_does_not_stop(stage: Stage) -> None:
    def press_twice() -> None:
        press_ctrl_c()
        press_ctrl_c()

    child = stage.child("stubborn", STUBBORN, grace_s=1000.0)

    assert stage.run(child, on_ready=press_twice) == 0
    assert child.poll() == -signal.SIGKILL


def test_a_child_that_outstays_its_grace_is_killed(stage: Stage) -> None:
    child = stage.child("stubborn", STUBBORN, grace_s=0.1)

    assert stage.run(child) == 0
    assert child.poll() == -signal.SIGKILL


def test_all_output_is_logged_and_trouble_is_shown(stage: Stage) -> None:
    source = """if True:
        print("2026-01-01T00:00:00Z [info     ] all is well")
        print("2026-01-01T00:00:00Z [warning  ] \\x1b[31mthe disk is nearly full\\x1b[0m")
        print("DATABASE_URL is postgresql://me:hunter2@localhost/db")
        try:
            1 / 0
        except ZeroDivisionError:
            import traceback
            traceback.print_exc()
        print("after", end="", flush=True)
    """

    stage.run(stage.child("talker", source, once=True))

    log = stage.log("talker").path.read_text()
    shown = stage.text.getvalue()
    assert "all is well" in log
    assert "all is well" not in shown
    assert "talker │" in shown
    assert "[warning  ] the disk is nearly full" in shown
    assert "ZeroDivisionError: division by zero" in shown
    assert "after" in log
    assert "hunter2" not in log


def test_the_last_words_of_a_child_are_shown_once(stage: Stage) -> None:
    source = "import sys; print('preparing'); print('[error    ] no room left'); sys.exit(1)"

    stage.run(stage.child("talker", source, once=True))

    assert stage.text.getvalue().count("preparing") == 1
    assert stage.text.getvalue().count("no room left") == 1


def test_a_log_that_grew_too_long_is_put_aside(stage: Stage) -> None:
    log = stage.log("talker")
    log.path.write_bytes(b"x" * 10_000_001)

    stage.run(stage.child("talker", "print('hello')", once=True))

    assert log.path.read_text() == "hello\n"
    assert log.path.with_name("talker.log.1").stat().st_size == 10_000_001


def test_killing_the_launcher_leaves_neither_children_nor_grandchildren(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from synthlabel.embedded.log_file import LogFile
        from synthlabel.launcher import Child, ChildProcess, Guardian, Launcher
        from synthlabel.launcher.screen import Screen
        parent = (
            "import subprocess, sys, time;"
            "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)']);"
            "print(grandchild.pid, flush=True); time.sleep(1000)"
        )
        log = LogFile(Path(sys.argv[1]) / "child.log")
        spec = Child(name="child", argv=[sys.executable, "-c", parent], ready=lambda: bool(log.last_line()))
        child = ChildProcess(spec, log=log, show=lambda *_: False, guardian=Guardian())
        Launcher([child], screen=Screen()).run(on_ready=lambda: print(child.pid, log.last_line(), flush=True))
    """
    with running_script(script, tmp_path) as launcher:
        child, grandchild = (int(pid) for pid in next_line(launcher).split())

        launcher.kill()

        assert wait_for_end(child)
        assert wait_for_end(grandchild)


def test_a_killed_database_is_started_again_with_every_committed_row() -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from synthlabel.embedded import EmbeddedPostgres
        from synthlabel.launcher import Launcher
        from synthlabel.launcher.database import DatabasePart
        from synthlabel.launcher.screen import Screen
        class Tell(Screen):
            def ready(self, name, *, seconds):
                print(server.url, server.pid, flush=True)
        server = EmbeddedPostgres(Path(sys.argv[1]))
        sys.exit(Launcher([DatabasePart(server)], screen=Tell()).run())
    """
    with open_directory() as directory, running_script(script, directory) as launcher:
        url, postmaster = next_line(launcher).split()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
        os.kill(int(postmaster), signal.SIGKILL)

        same_url, successor = next_line(launcher).split()
        with psycopg.connect(same_url) as connection:
            row = connection.execute("SELECT count(*) FROM kept").fetchone()
        launcher.send_signal(signal.SIGTERM)

        assert (same_url, row) == (url, (1000,))
        assert successor != postmaster
        assert launcher.wait() == 0
        assert wait_for_end(int(successor))


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_where_the_kernel_ends_no_orphans_the_guardian_ends_the_database() -> None:
    script = """
        import sys
        from pathlib import Path
        from synthlabel.embedded import EmbeddedPostgres, parent_death
        parent_death.CAN_DIE_WITH_PARENT = False
        from synthlabel.launcher import Guardian, Launcher
        from synthlabel.launcher.database import DatabasePart
        from synthlabel.launcher.screen import Screen
        server = EmbeddedPostgres(Path(sys.argv[1]))
        part = DatabasePart(server, guardian=Guardian())
        Launcher([part], screen=Screen()).run(on_ready=lambda: print(server.pid, flush=True))
    """
    with open_directory() as directory, running_script(script, directory) as launcher:
        postmaster = int(next_line(launcher))

        launcher.kill()

        assert wait_for_end(postmaster)


def test_a_busy_port_is_named_with_its_holder_and_its_setting(
    tmp_path: Path, busy_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = up(Settings(data_dir=tmp_path, backend_port=busy_port), with_frontend=False)

    said = capsys.readouterr().err
    assert code == 78
    assert said.count("\n") == 1
    assert f"Port {busy_port} is in use by " in said
    assert f"(process {os.getpid()})" in said
    assert "SYNTHLABEL_BACKEND_PORT" in said


def test_a_data_directory_that_cannot_be_written_is_named_with_its_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    code = up(Settings(data_dir=tmp_path / "file" / "data"))

    said = capsys.readouterr().err
    assert code == 78
    assert said.count("\n") == 1
    assert "SYNTHLABEL_DATA_DIR" in said


def test_children_read_the_settings_that_the_launcher_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = Settings(data_dir=tmp_path, backend_port=18080, open_registration=True, sandbox_speed=2.5)

    for name, value in environment_of(given).items():
        monkeypatch.setenv(name, value)

    assert Settings.load() == given
