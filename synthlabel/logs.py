"""Structured logging for every process, with secrets removed last of all.

Everything goes through the standard library's root logger, so that libraries are redacted as well.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal, cast

import structlog

_NAMES = r"authorization|cookie|password|passwd|secret|token|(?:api|fal|access)_?key|credential|signature|private_pem"
_SECRET_NAMES = re.compile(_NAMES, re.IGNORECASE)
_SECRET_VALUES = re.compile(
    r"(Key\s+[\w-]+:[\w-]+"  # a provider key in a header
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[\w-]{16,}"  # or bare
    r"|(?:Bearer|Basic)\s+[\w.~+/=-]{8,}"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|A[KS]IA[0-9A-Z]{12,}"
    r"|X-Amz-(?:Signature|Credential|Security-Token)=[^&\s\"']+"
    r"|(?<=://)[^/\s:@\"']*:[^@\s/\"']+(?=@)"  # user:password in an address
    r"|(?<=session=)[^;,\s\"']+)",
    re.IGNORECASE,
)
# ``'password': 'x'``, ``"password":"x"``, ``password=x``, also inside a quoted text, where the quotes are escaped
_NAMED_VALUES = re.compile(
    rf"((?:{_NAMES})\w*(?:\\*[\"'])?\s*[:=]\s*)"
    r"(?:(?P<quote>\\*[\"'])(?:\\.|.)*?(?<!\\)(?P=quote)|[^\s,;&\"'\\(){}\[\]]+)",
    re.IGNORECASE,
)
REDACTED = "[redacted]"


def redact(value: Any, *, depth: int = 0) -> Any:
    """Return a copy without secrets: by the names of keys and by the shape of texts."""
    if depth > 6:
        return REDACTED
    if isinstance(value, str):
        return _without_secrets(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {
            key: REDACTED if _SECRET_NAMES.search(str(key)) else redact(item, depth=depth + 1) for key, item in items
        }
    if isinstance(value, list | tuple):
        return [redact(item, depth=depth + 1) for item in cast("list[Any]", value)]
    return value


def _without_secrets(text: str) -> str:
    return _NAMED_VALUES.sub(rf"\g<1>{REDACTED}", _SECRET_VALUES.sub(REDACTED, text))


def _redact_event(_logger: Any, _method: str, event: Any) -> Any:
    record = event.pop("_record", None)
    clean = redact(event)
    if record is not None:
        clean["_record"] = record
    return clean


class _RedactedText(logging.Formatter):
    """The last gate: the finished line, stack traces included, has no secret in it."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return _without_secrets(self._inner.format(record))


def configure_logging(*, level: str = "info", format: Literal["console", "json"] = "console") -> None:  # noqa: A002
    """Install the handlers. Replaces every handler that is there. Safe to repeat."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default one prints the values of local variables: passwords among them
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        _RedactedText(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info if format == "json" else _keep,
                    _redact_event,
                    renderer,
                ],
            )
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _quieten(level)


def _keep(_logger: Any, _method: str, event: Any) -> Any:
    return event


def _quieten(level: str) -> None:
    for name in ("httpx", "httpcore", "botocore", "boto3", "urllib3", "procrastinate", "alembic", "pyvips", "PIL"):
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "reflex"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger(name)
