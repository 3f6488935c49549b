"""The commands as a person runs them: processes, exit codes and what they print."""

import asyncio
from pathlib import Path

import pytest

from synthlabel.db.migrations import head_revision
from synthlabel.settings import Settings
from tests.factories import Studio, free_port, make_settings
from tests.programs import bare_environment, environment, start
from tests.sandbox import SandboxProcess


async def run(*arguments: str, env: dict[str, str], folder: Path) -> tuple[int, str, str]:
    """Return exit code, output and errors."""
    process = start(*arguments, env=env, folder=folder)
    out, err = await asyncio.to_thread(process.communicate)
    return process.returncode, out, err


async def test_migrate_brings_an_empty_database_to_the_newest_schema(empty_database_url: str, tmp_path: Path) -> None:
    env = environment(make_settings(empty_database_url, tmp_path))
    for _ in range(2):  # safe to repeat
        code, out, err = await run("migrate", env=env, folder=tmp_path)
        assert (code, err) == (0, "")
        assert head_revision() in out


@pytest.mark.usefixtures("worker", "backend")
async def test_generate_writes_the_images_and_prints_their_names(
    settings: Settings, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    arguments = ["a red fox", "--count", "2", "--seed", "7", "--width", "256", "--height", "256", "--out", "pictures"]
    code, out, err = await run("generate", *arguments, env=environment(settings), folder=tmp_path)
    assert code == 0, err
    names = out.split()
    assert names == ["pictures/a-red-fox-7-0.jpg", "pictures/a-red-fox-8-1.jpg"]
    for name in names:
        assert (tmp_path / name).read_bytes().startswith(b"\xff\xd8")
    assert "$" in err
    assert sandbox.stats()["posts"] == 1

    before = (tmp_path / names[0]).read_bytes()
    code, out, err = await run("generate", *arguments, env=environment(settings), folder=tmp_path)
    assert out.split() == ["pictures/a-red-fox-7-0-2.jpg", "pictures/a-red-fox-8-1-2.jpg"], err
    assert (tmp_path / names[0]).read_bytes() == before


@pytest.mark.usefixtures("worker")
async def test_generate_says_why_nothing_was_made(settings: Settings, tmp_path: Path) -> None:
    prompt = "a fox [[fault:policy]]"
    code, out, err = await run("generate", prompt, env=environment(settings), folder=tmp_path)
    assert (code, out) == (1, "")
    assert "content policy" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["", "--count", "1"], "prompt"), (["a fox", "--count", "99"], "count"), (["a fox", "--model", "x"], "model")],
)
async def test_generate_names_what_is_wrong_with_a_request(
    settings: Settings, tmp_path: Path, arguments: list[str], word: str
) -> None:
    code, out, err = await run("generate", *arguments, env=environment(settings), folder=tmp_path)
    assert (code, out) == (1, "")
    assert word in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("worker")
async def test_doctor_finds_a_healthy_installation_healthy(studio: Studio, settings: Settings, tmp_path: Path) -> None:
    await studio.wait(await studio.request())  # by now the worker has given a sign of life
    code, out, err = await run("doctor", env=environment(settings), folder=tmp_path)
    assert (code, err) == (0, "")
    assert "wrong" not in out


async def test_doctor_says_what_is_wrong(settings: Settings, tmp_path: Path) -> None:
    broken = settings.model_copy(update={"fal_url": f"http://127.0.0.1:{free_port()}"})
    code, out, err = await run("doctor", env=environment(broken), folder=tmp_path)
    assert (code, err) == (1, "")
    wrong = [line.split()[1] for line in out.splitlines() if line.strip().startswith("wrong")]
    assert wrong == ["provider", "worker"]


async def test_doctor_changes_nothing(tmp_path: Path) -> None:
    env = bare_environment(SYNTHLABEL_DATA_DIR=str(tmp_path / "data"))
    code, out, err = await run("doctor", env=env, folder=tmp_path)
    assert (code, err) == (0, "")
    assert "wrong" not in out
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["up", "worker", "backend", "sandbox"])
async def test_a_data_directory_that_cannot_be_used_is_one_line_and_78(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    database = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    env = bare_environment(SYNTHLABEL_DATA_DIR=str(tmp_path / "file"), DATABASE_URL=database)
    code, _, err = await run(command, env=env, folder=tmp_path)
    assert code == 78
    assert len(err.strip().splitlines()) == 1
    assert "SYNTHLABEL_DATA_DIR" in err


async def test_a_host_that_is_not_ours_is_one_line_and_78(tmp_path: Path) -> None:
    env = bare_environment(SYNTHLABEL_DATA_DIR=str(tmp_path), SYNTHLABEL_HOST="192.0.2.1")
    code, _, err = await run("up", env=env, folder=tmp_path)
    assert code == 78
    assert "SYNTHLABEL_HOST" in err


async def test_a_worker_without_a_database_says_so_and_ends_with_78(tmp_path: Path) -> None:
    code, out, err = await run("worker", env=bare_environment(SYNTHLABEL_DATA_DIR=str(tmp_path)), folder=tmp_path)
    assert (code, out) == (78, "")
    assert err.startswith("DATABASE_URL: ")
    assert len(err.strip().splitlines()) == 1


async def test_migrate_says_in_one_line_that_the_database_is_away(tmp_path: Path) -> None:
    settings = make_settings(f"postgresql://nobody:pw-canary@127.0.0.1:{free_port()}/none", tmp_path)
    code, _, err = await run("migrate", env=environment(settings), folder=tmp_path)
    assert code == 78
    assert err.startswith("DATABASE_URL: ")
    assert len(err.strip().splitlines()) == 1
    assert "pw-canary" not in err
