"""The configuration: environment variables (and a ``.env`` file), read once, passed on as values."""

import contextlib
import os
import re
import secrets
import tempfile
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from synthlabel.errors import ConfigurationError

Port = Annotated[int, Field(ge=1, le=65535)]

SANDBOX_KEY = "sandbox:local"
"""The key sent to the sandbox provider, so that a real key never travels there."""


_PRINTABLE = re.compile(r"[!-~]+")
DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?", re.IGNORECASE
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _url(value: str) -> SplitResult:
    """Return the parts of an address. Raises ValueError."""
    wrong = ValueError("must look like https://host[:port][/path]")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a port beyond 65535, a broken IPv6 address
        raise wrong from None
    if parts.scheme not in DEFAULT_PORTS or port == 0 or parts.query or parts.fragment:
        raise wrong
    if not _is_host(parts.hostname or "") or not _PRINTABLE.fullmatch(value):
        raise wrong
    return parts


def _is_host(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return _HOST_NAME.fullmatch(value) is not None
    return True


class Settings(BaseSettings):
    """All settings. Each is documented in the README's table, which a test compares with this class."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_prefix="SYNTHLABEL_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    # An unset or empty variable means the embedded or development form of a thing.
    database_url: str | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    redis_url: str | None = Field(default=None, validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    fal_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("FAL_KEY", "fal_key"))
    fal_url: str | None = None
    public_url: str | None = None
    data_dir: Path = Path("data")
    s3_bucket: str | None = None
    aws_endpoint_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "aws_endpoint_url"),
    )
    aws_region: str = Field(
        default="us-east-1", validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION", "aws_region")
    )
    aws_access_key_id: str | None = Field(
        default=None, validation_alias=AliasChoices("AWS_ACCESS_KEY_ID", "aws_access_key_id")
    )
    aws_secret_access_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key")
    )
    aws_session_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("AWS_SESSION_TOKEN", "aws_session_token")
    )
    host: str = "127.0.0.1"
    frontend_port: Port = 3000
    backend_port: Port = 8080
    sandbox_port: Port = 8090
    secret: SecretStr | None = None
    open_registration: bool = False
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=10)] = 0
    provider_concurrency: Annotated[int, Field(ge=1, le=1000)] = 8
    submit_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    sandbox_speed: Annotated[float, Field(gt=0, le=1000)] = 1.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("*", mode="before")
    @classmethod
    def _empty_means_unset(cls, value: object, info: object) -> object:
        if isinstance(value, str):
            value = value.strip()
            if not value:
                field = cls.model_fields[info.field_name]  # type: ignore[attr-defined]
                return field.get_default()
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        scheme = parts.scheme.partition("+")[0]
        if scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
            raise ValueError("must look like postgresql://user:password@host/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must look like redis://host:6379/0")
        return value

    @field_validator("fal_url", "aws_endpoint_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        return None if value is None else _url(value).geturl().rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str | None) -> str | None:
        """Bring the origin to the one form in which browsers send it."""
        if value is None:
            return None
        parts = _url(value)
        if parts.path.strip("/") or parts.username is not None:
            raise ValueError("must look like https://host[:port], without a path")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: str) -> str:
        if not _is_host(value):
            raise ValueError("must be an IP address, such as 127.0.0.1 or 0.0.0.0, or a host name")
        return value

    @field_validator("fal_key")
    @classmethod
    def _check_fal_key(cls, value: SecretStr | None) -> SecretStr | None:
        key = "" if value is None else value.get_secret_value()
        if value is not None and not (_PRINTABLE.fullmatch(key) and (":" in key or len(key) >= 8)):
            raise ValueError("must be a key as fal.ai shows it, without spaces or quotes around it")
        return value

    @field_validator("s3_bucket")
    @classmethod
    def _check_bucket(cls, value: str | None) -> str | None:
        if value is not None and not _BUCKET.fullmatch(value):
            raise ValueError("must be a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens")
        return value

    @field_validator("secret")
    @classmethod
    def _check_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters; `openssl rand -hex 32` makes one")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        ports = (self.frontend_port, self.backend_port, self.sandbox_port)
        if len(set(ports)) != len(ports):
            raise ValueError("the ports of frontend, backend and sandbox must differ")
        if self.s3_bucket and bool(self.aws_access_key_id) != bool(self.aws_secret_access_key):
            raise ValueError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together")
        return self

    @classmethod
    def load(cls) -> "Settings":
        """Read the environment. Raises ConfigurationError with one line that names the variable."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            variable = cls._variable_at(str(first["loc"][0])) if first["loc"] else ""
            text = str(first["msg"]).removeprefix("Value error, ")
            raise ConfigurationError(f"{variable}: {text}" if variable else text) from None

    @classmethod
    def _variable_at(cls, place: str) -> str:
        """Return the variable that was set, for the place of an error: a field's name, or the first of its aliases."""
        for field in cls.model_fields.values():
            if isinstance(field.validation_alias, AliasChoices) and place in field.validation_alias.choices:
                given = {**dotenv_values(".env"), **os.environ}
                return next((name for name in map(str, field.validation_alias.choices) if given.get(name)), place)
        return cls.variable_of(place) if place in cls.model_fields else place

    @classmethod
    def variable_of(cls, field_name: str) -> str:
        """Return the name of the environment variable that sets a field: of several, the first."""
        alias = cls.model_fields[field_name].validation_alias
        if isinstance(alias, AliasChoices):
            return str(alias.choices[0])
        return f"SYNTHLABEL_{field_name.upper()}"

    @property
    def required_database_url(self) -> str:
        """The database's address. Raises ConfigurationError if there is none."""
        if self.database_url is None:
            text = "not set, and no embedded database is running. Start `synthlabel up`, or set it."
            raise ConfigurationError(f"DATABASE_URL: {text}")
        return self.database_url

    @property
    def uses_sandbox(self) -> bool:
        """True if the product brings its own provider: neither a key nor another server is configured."""
        return self.fal_key is None and self.fal_url is None

    @property
    def fal_base_url(self) -> str | None:
        """One base URL for all of the provider's origins, or None for the provider's own hosts."""
        if self.fal_url is not None:
            return self.fal_url
        return f"http://127.0.0.1:{self.sandbox_port}" if self.uses_sandbox else None

    @property
    def frontend_url(self) -> str:
        return self.public_url or f"http://localhost:{self.frontend_port}"

    @property
    def api_url(self) -> str:
        """Where browsers reach the backend: the public origin, or the backend's port in development."""
        return self.public_url or f"http://localhost:{self.backend_port}"

    @property
    def webhook_base_url(self) -> str | None:
        """Where the provider reaches the backend; None if it cannot (a laptop behind a real provider)."""
        if self.public_url is not None:
            return self.public_url
        host = urlsplit(self.fal_base_url or "").hostname
        return f"http://127.0.0.1:{self.backend_port}" if host in ("127.0.0.1", "localhost", "::1") else None

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The exact origins whose pages may use the socket and the cookie."""
        if self.public_url is not None:
            parts = urlsplit(self.public_url)
            return (f"{parts.scheme}://{parts.netloc}",)
        return tuple(f"http://{host}:{self.frontend_port}" for host in ("localhost", "127.0.0.1"))

    @property
    def secure_cookies(self) -> bool:
        return self.frontend_url.startswith("https://")

    @property
    def session_cookie_name(self) -> str:
        """The name of the session's cookie. The prefix makes browsers refuse it from sibling hosts and without TLS."""
        return "__Host-synthlabel_session" if self.secure_cookies else "synthlabel_session"

    @cached_property
    def secret_value(self) -> str:
        """The root secret. Unset, it is generated once into the data directory (mode 0600)."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        path = self.data_dir.absolute() / "secret"
        try:
            if not path.exists():
                _write_secret(self.writable_folder() / path.name)
            return path.read_text().strip()
        except OSError as error:
            raise _unusable(path, error) from error

    def writable_folder(self, *below: str) -> Path:
        """Return the data directory, or one below it, made if it is missing. Safe to repeat.

        Raises ConfigurationError if nothing can be written there.
        """
        folder = self.data_dir.absolute().joinpath(*below)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError as error:
            raise _unusable(folder, error) from error


def _write_secret(path: Path) -> None:
    """Write a new secret, whole, unless another process that started with us was faster."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as file:  # mode 0600
        file.write(secrets.token_hex(32))
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def _unusable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"SYNTHLABEL_DATA_DIR: cannot use {path} ({error.strerror}): set it to a directory that you may write to."
    )
