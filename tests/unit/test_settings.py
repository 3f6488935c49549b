"""Settings: what is wrong is said in one line that names the variable; what is right is what the README says."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from synthlabel.errors import ConfigurationError
from synthlabel.settings import Settings
from tests.programs import bare_environment

ROOT = Path(__file__).parents[2]
VARIABLES = {Settings.variable_of(name): name for name in Settings.model_fields}
WRONG = [
    ("DATABASE_URL", "mysql://localhost/app"),
    ("DATABASE_URL", "sqlite:///app.db"),
    ("DATABASE_URL", "postgresql://localhost"),
    ("DATABASE_URL", "localhost:5432/app"),
    ("REDIS_URL", "localhost:6379"),
    ("SYNTHLABEL_FAL_URL", "localhost:8090"),
    ("SYNTHLABEL_FAL_URL", "ftp://host"),
    ("SYNTHLABEL_PUBLIC_URL", "synthlabel.example.com"),
    ("SYNTHLABEL_PUBLIC_URL", "https://"),
    ("SYNTHLABEL_PUBLIC_URL", "https://host/?a=b"),
    ("SYNTHLABEL_PUBLIC_URL", "https://host/pictures"),
    ("SYNTHLABEL_PUBLIC_URL", "https://user@host"),
    ("SYNTHLABEL_PUBLIC_URL", "https://host:99999"),
    ("SYNTHLABEL_PUBLIC_URL", "https://[::1"),
    ("SYNTHLABEL_FAL_URL", "http://localhost:0"),
    ("SYNTHLABEL_FAL_URL", "http://local host"),
    ("AWS_ENDPOINT_URL_S3", "minio:9000"),
    ("AWS_ENDPOINT_URL_S3", "http://minio:90000"),
    ("AWS_ENDPOINT_URL", "http://minio:port"),
    ("SYNTHLABEL_S3_BUCKET", "My Pictures"),
    ("SYNTHLABEL_S3_BUCKET", "a"),
    ("SYNTHLABEL_S3_BUCKET", "192.168.0.1"),
    ("SYNTHLABEL_HOST", "http://0.0.0.0"),
    ("SYNTHLABEL_HOST", "999.1.1.1"),
    ("SYNTHLABEL_HOST", "0.0.0.0:8080"),
    ("FAL_KEY", "short"),
    ("FAL_KEY", "two words:long"),
    ("FAL_KEY", "schlüssel:lang"),
    ("SYNTHLABEL_PUBLIC_URL", "https://host/path"),
    ("SYNTHLABEL_PUBLIC_URL", "https://host:99999"),
    ("FAL_KEY", '"a b"'),
    ("SYNTHLABEL_S3_BUCKET", "B"),
    ("SYNTHLABEL_HOST", "no host"),
    ("SYNTHLABEL_FRONTEND_PORT", "0"),
    ("SYNTHLABEL_BACKEND_PORT", "65536"),
    ("SYNTHLABEL_SANDBOX_PORT", "http"),
    ("SYNTHLABEL_SECRET", "short"),
    ("SYNTHLABEL_OPEN_REGISTRATION", "perhaps"),
    ("SYNTHLABEL_TRUSTED_PROXY_HOPS", "-1"),
    ("SYNTHLABEL_TRUSTED_PROXY_HOPS", "all"),
    ("SYNTHLABEL_PROVIDER_CONCURRENCY", "0"),
    ("SYNTHLABEL_PROVIDER_CONCURRENCY", "2.5"),
    ("SYNTHLABEL_SUBMIT_TIMEOUT_S", "0"),
    ("SYNTHLABEL_SUBMIT_TIMEOUT_S", "-1"),
    ("SYNTHLABEL_SUBMIT_TIMEOUT_S", "nan"),
    ("SYNTHLABEL_SUBMIT_TIMEOUT_S", "inf"),
    ("SYNTHLABEL_SANDBOX_SPEED", "0"),
    ("SYNTHLABEL_LOG_LEVEL", "loud"),
    ("SYNTHLABEL_LOG_FORMAT", "xml"),
]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, and no ``.env`` file."""
    for name in list(os.environ):
        if name in VARIABLES or name.startswith(("SYNTHLABEL_", "AWS_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings.load()


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        load(monkeypatch, **{name: value})
    assert wrong.value.user_message.startswith(f"{name}: ")
    assert len(wrong.value.user_message.splitlines()) == 1


def test_wrong_values_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be secrets in the wrong place."""
    with pytest.raises(ConfigurationError) as wrong:
        load(monkeypatch, SYNTHLABEL_SECRET="canary")
    assert "canary" not in wrong.value.user_message
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"SYNTHLABEL_FRONTEND_PORT": "8080"}, "ports"),
        ({"SYNTHLABEL_S3_BUCKET": "pictures", "AWS_ACCESS_KEY_ID": "a"}, "AWS_SECRET_ACCESS_KEY"),
        ({"SYNTHLABEL_S3_BUCKET": "pictures", "AWS_SECRET_ACCESS_KEY": "a"}, "AWS_ACCESS_KEY_ID"),
    ],
)
def test_values_that_do_not_go_together_are_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], word: str
) -> None:
    with pytest.raises(ConfigurationError, match=word):
        load(monkeypatch, **variables)


def test_a_command_with_a_wrong_setting_ends_with_78_and_one_line(tmp_path: Path) -> None:
    env = bare_environment(SYNTHLABEL_BACKEND_PORT="eighty", DATABASE_URL="postgresql://u:p@127.0.0.1:1/x")
    command = [sys.executable, "-m", "synthlabel.cli", "worker"]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr.startswith("SYNTHLABEL_BACKEND_PORT: ")
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    settings = load(monkeypatch, **dict.fromkeys(VARIABLES, value))
    assert settings == Settings()


def test_values_are_read_from_an_env_file_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SYNTHLABEL_LOG_LEVEL=debug\nFAL_KEY=a:b\nUNRELATED=1\n")
    settings = load(monkeypatch, FAL_KEY="c:d")
    assert settings.log_level == "debug"
    assert settings.fal_key is not None
    assert settings.fal_key.get_secret_value() == "c:d"


def test_settings_cannot_be_changed_and_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, FAL_KEY="canary:1", SYNTHLABEL_SECRET="canary" * 10, AWS_SECRET_ACCESS_KEY="canary")
    assert "canary" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "debug"  # type: ignore[misc]


# --- what follows from them -----------------------------------------------------------------------------------------


def test_without_a_key_the_sandbox_is_used_and_no_key_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SYNTHLABEL_SANDBOX_PORT="9000")
    assert settings.uses_sandbox
    assert settings.fal_base_url == "http://127.0.0.1:9000"


def test_with_a_key_the_provider_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, FAL_KEY="a:b")
    assert (settings.uses_sandbox, settings.fal_base_url) == (False, None)
    assert settings.webhook_base_url is None, "a provider out there cannot reach a laptop"


def test_a_provider_out_there_calls_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, FAL_KEY="a:b", SYNTHLABEL_PUBLIC_URL="https://pictures.example.com/")
    assert settings.webhook_base_url == "https://pictures.example.com"
    assert settings.allowed_origins == ("https://pictures.example.com",)
    assert settings.secure_cookies


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("HTTPS://Pictures.Example.COM:443/", "https://pictures.example.com"),
        ("http://pictures.example.com:80", "http://pictures.example.com"),
        ("https://pictures.example.com:8443", "https://pictures.example.com:8443"),
        ("http://[FE80::1]:8080", "http://[fe80::1]:8080"),
    ],
)
def test_the_public_address_becomes_what_browsers_call_its_origin(
    monkeypatch: pytest.MonkeyPatch, written: str, origin: str
) -> None:
    assert load(monkeypatch, SYNTHLABEL_PUBLIC_URL=written).allowed_origins == (origin,)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "localhost", "backend.internal", "web-1"])
def test_a_host_is_an_address_or_a_name(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert load(monkeypatch, SYNTHLABEL_HOST=host).host == host


def test_an_empty_variable_leaves_its_other_name_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, AWS_ENDPOINT_URL_S3="", AWS_ENDPOINT_URL="http://minio:9000/")
    assert settings.aws_endpoint_url == "http://minio:9000"


def test_a_provider_on_this_machine_calls_the_backends_port(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SYNTHLABEL_FAL_URL="http://localhost:9000", SYNTHLABEL_BACKEND_PORT="9001")
    assert settings.webhook_base_url == "http://127.0.0.1:9001"


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path / "new").secret_value
    assert len(first) >= 32
    assert Settings(data_dir=tmp_path / "new").secret_value == first
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600


def test_an_own_secret_is_used_and_written_nowhere(tmp_path: Path) -> None:
    assert Settings.model_validate({"data_dir": tmp_path, "secret": "x" * 32}).secret_value == "x" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for settings in (Settings(data_dir=tmp_path / "file"), Settings(data_dir=tmp_path / "file" / "data")):
        for use in (lambda given: given.secret_value, lambda given: given.writable_folder("sandbox")):
            with pytest.raises(ConfigurationError, match=r"^SYNTHLABEL_DATA_DIR: ") as unusable:
                use(settings)
            assert len(unusable.value.user_message.splitlines()) == 1


def test_the_readme_lists_every_variable() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [variable for variable in VARIABLES if f"`{variable}`" not in readme]
    assert missing == []
