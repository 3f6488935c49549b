"""The configuration: environment variables (and a ``.env`` file), read once, passed on as values."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from synthlabel.errors import ConfigurationError

Port = Annotated[int, Field(ge=1, le=65535)]

SANDBOX_KEY = "sandbox:local"
"""The key sent to the sandbox provider, so that a real key never travels there."""


def _url(value: str, *, name: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{name} must look like https://host[:port][/path]")
    return value.rstrip("/")


class Settings(BaseSettings):
    """All settings. Each is documented in the README's table, which a test compares with this class."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="SYNTHLABEL_", extra="ignore", frozen=True, populate_by_name=True
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

    @field_validator("fal_url", "public_url", "aws_endpoint_url")
    @classmethod
    def _check_url(cls, value: str | None, info: object) -> str | None:
        return None if value is None else _url(value, name="the address")

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
            name = str(first["loc"][0]) if first["loc"] else ""
            variable = cls.variable_of(name) if name in cls.model_fields else name
            text = str(first["msg"]).removeprefix("Value error, ")
            raise ConfigurationError(f"{variable}: {text}" if variable else text) from None

    @classmethod
    def variable_of(cls, field_name: str) -> str:
        """Return the name of the environment variable that sets a field."""
        alias = cls.model_fields[field_name].validation_alias
        if isinstance(alias, AliasChoices):
            return str(alias.choices[0])
        return f"SYNTHLABEL_{field_name.upper()}"

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
        path = self.data_dir / "secret"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # O_EXCL: of two processes that start together one writes, the other reads.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        except OSError as error:
            raise ConfigurationError(
                f"SYNTHLABEL_DATA_DIR: cannot write to {self.data_dir.absolute()} ({error.strerror})"
            ) from error
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        return path.read_text().strip()
