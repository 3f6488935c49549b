"""``synthlabel up``: the whole product as one foreground program."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from synthlabel.embedded import EmbeddedPostgres
from synthlabel.embedded.account import SUGGESTED_DATA_DIR
from synthlabel.embedded.log_file import LogFile
from synthlabel.errors import ConfigurationError
from synthlabel.launcher.child import Child, ChildProcess, answers
from synthlabel.launcher.database import DatabasePart
from synthlabel.launcher.environment import environment_of
from synthlabel.launcher.frontend import PROJECT, REFLEX_QUIET, is_built
from synthlabel.launcher.guardian import Guardian
from synthlabel.launcher.launcher import CONFIGURATION_EXIT, Launcher
from synthlabel.launcher.part import Part
from synthlabel.launcher.ports import require_free
from synthlabel.launcher.screen import Screen
from synthlabel.settings import Settings

_ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to
_BUILD_GRACE_S = 3.0
_DATABASE = frozenset({DatabasePart.name})


def up(
    settings: Settings,
    *,
    with_frontend: bool = True,
    dev: bool = False,
    verbose: bool = False,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Run database, sandbox, migration, backend, worker and pages until SIGINT or SIGTERM. Return the exit code.

    78: a setting is wrong (a busy port, a data directory that cannot be written). ``on_ready`` is called once, when
    everything answers. ``dev`` puts ``reflex run``, which reloads, in place of backend and pages.
    Call it from the main thread.
    """
    screen = Screen(verbose=verbose)
    try:
        settings.writable_folder()
        require_free(settings.host, _ports(settings, with_frontend=with_frontend or dev))
    except ConfigurationError as error:
        screen.trouble(error.user_message)
        return CONFIGURATION_EXIT

    def ready() -> None:
        screen.celebrate(settings.frontend_url if with_frontend or dev else settings.api_url)
        if on_ready is not None:
            on_ready()

    guardian = Guardian()
    try:
        parts = list(_parts(settings, screen, with_frontend=with_frontend, dev=dev, guardian=guardian))
        return Launcher(parts, screen=screen).run(on_ready=ready)
    finally:
        guardian.close()


def _parts(settings: Settings, screen: Screen, *, with_frontend: bool, dev: bool, guardian: Guardian) -> Iterator[Part]:
    database = None
    if settings.database_url is None:
        database = EmbeddedPostgres(
            settings.data_dir,
            # A directory that somebody chose is used or refused, nothing else.
            elsewhere=None if "data_dir" in settings.model_fields_set else Path(SUGGESTED_DATA_DIR),
            on_progress=lambda text: screen.waiting(DatabasePart.name, text),
        )
        yield DatabasePart(database, guardian=guardian)

    def environment() -> Mapping[str, str]:
        address = {} if database is None else {"DATABASE_URL": database.url}
        return {**os.environ, **environment_of(settings), **address}

    for child in _children(settings, environment, with_frontend=with_frontend, dev=dev):
        log = LogFile(settings.data_dir.absolute() / "logs" / f"{child.name}.log")
        yield ChildProcess(child, log=log, show=screen.line, guardian=guardian)


def _children(
    settings: Settings, env: Callable[[], Mapping[str, str]], *, with_frontend: bool, dev: bool
) -> Iterator[Child]:
    host = "127.0.0.1" if settings.host in _ANY_ADDRESS else settings.host
    backend_ready = answers(f"http://{host}:{settings.backend_port}/readyz")
    frontend_ready = answers(f"http://{host}:{settings.frontend_port}/")
    if settings.uses_sandbox:
        address = f"http://127.0.0.1:{settings.sandbox_port}/admin/stats"
        yield Child(name="sandbox", argv=_command("sandbox"), env=env, ready=answers(address), needs=_DATABASE)
    yield Child(name="migrate", argv=_command("migrate"), env=env, once=True, needs=_DATABASE)
    if dev:
        yield Child(
            name="reflex",
            argv=[sys.executable, "-m", "reflex", "run", "--env", "dev"],
            env=lambda: {**env(), **REFLEX_QUIET, "SYNTHLABEL_ROLE": "dev"},
            cwd=PROJECT,
            ready=lambda: backend_ready() and frontend_ready(),
        )
    else:
        # Before the backend, which reads what the build leaves in .web/backend
        if with_frontend and not is_built(settings):
            build = [sys.executable, "-m", "synthlabel.launcher"]
            yield Child(name="pages", argv=build, env=env, once=True, grace_s=_BUILD_GRACE_S, needs=_DATABASE)
        # Not after the migration: it takes seconds to load, and is not ready before the schema is the newest
        needs = _DATABASE | {"pages"}
        yield Child(name="backend", argv=_command("backend"), env=env, ready=backend_ready, needs=needs)
    yield Child(name="worker", argv=_command("worker"), env=env, required=False, needs=frozenset({"migrate"}))
    if with_frontend and not dev:
        needs = frozenset({"pages"})
        yield Child(name="frontend", argv=_command("frontend"), env=env, ready=frontend_ready, needs=needs)


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "synthlabel.cli", name]


def _ports(settings: Settings, *, with_frontend: bool) -> Iterator[tuple[int, str]]:
    names = ["frontend_port"] if with_frontend else []
    names += ["backend_port", *(["sandbox_port"] if settings.uses_sandbox else [])]
    for name in names:
        yield getattr(settings, name), Settings.variable_of(name)
