"""Canaries: whatever way a secret takes into a log record, it does not come out of the handler."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from synthlabel.logs import configure_logging, get_logger

CANARIES = {
    "fal key": "Key 0a1b2c3d-aaaa-bbbb-cccc-000000000001:canary0fal0key0secret",
    "jwt": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5c2lnbmF0dXJl",
    "aws id": "AKIACANARY0000000000",
    "aws signature": "https://s3.test/b/k?X-Amz-Credential=canarycredential&X-Amz-Signature=canarysignature&x=1",
    "aws token": "https://s3.test/b/k?X-Amz-Security-Token=canarysessiontoken",
    "database url": "postgresql://user:canarypassword@db.test:5432/app",
    "database driver url": "postgresql+psycopg://user:canarypassword@db.test/app",
    "redis url": "redis://:canarypassword@cache.test:6379/0",
    "webhook": "POST /api/v1/webhooks/fal?token=canarytoken HTTP/1.1",
    "file": "GET /api/v1/files/a.png?expires=1&signature=canarysignature HTTP/1.1",
    "event": "Event(name='state.sign_in', payload={'email': 'a@b.test', 'password': 'canarypassword'})",
    "event in double quotes": 'payload={"password": "canarypassword"}',
    "event of a form": "payload={'form_data': {'email': 'a@b.test', 'password': \"canary'password\"}}",
    "json body with a quote": '{"password":"a\\"canary"}',
    "query": "GET /sign-in?user=a&password=canarypassword&x=1",
    "libpq words": "connection to host=db.test password=canarypassword failed",
    "json body": '{"email":"a@b.test","password":"canarypassword"}',
    "header": "{'Authorization': 'Bearer canarybearer0123456789'}",
    "cookie": "Cookie: synthlabel_session=canarysession0123456789",
    "set-cookie": "set-cookie: __Host-synthlabel_session=canarysession0123456789; HttpOnly",
    "fal key in the environment": "FAL_KEY=0a1b2c3d-aaaa-bbbb-cccc-000000000001:canary0fal0key0secret",
}
NAMES = ("password", "token", "api_key", "fal_key", "authorization", "cookie", "secret", "aws_secret_access_key")


@pytest.fixture(params=["console", "json"])
def output(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What comes out of the handlers that ``configure_logging`` installs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logging(level="debug", format=request.param)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail(text: str) -> None:
    raise ValueError(text)


def raise_and_log(log: Callable[[], None], text: str) -> None:
    try:
        try:
            fail(text)
        except ValueError as error:
            raise RuntimeError(f"while {text}") from error
    except RuntimeError:
        log()


WAYS: dict[str, Callable[[str], None]] = {
    "message": lambda text: logging.getLogger("lib").error(text),
    "argument": lambda text: logging.getLogger("lib").error("said %s", text),
    "argument in a dict": lambda text: logging.getLogger("lib").error("said %s", {"a": [text]}),
    "object": lambda text: logging.getLogger("lib").error("said %r", Holder(text)),
    "extra": lambda text: logging.getLogger("lib").error("said", extra={"detail": text}),
    "extra in a dict": lambda text: logging.getLogger("lib").error("said", extra={"detail": {"deep": [text]}}),
    "extra object": lambda text: logging.getLogger("lib").error("said", extra={"detail": Holder(text)}),
    "exception": lambda text: raise_and_log(lambda: logging.getLogger("lib").exception("failed"), text),
    "structured": lambda text: get_logger("ours").error("said", detail=text),
    "structured in a dict": lambda text: get_logger("ours").error("said", detail={"deep": (text,)}),
    "structured message": lambda text: get_logger("ours").error(text),
    "structured object": lambda text: get_logger("ours").error("said", detail=Holder(text)),
    "structured exception": lambda text: raise_and_log(lambda: get_logger("ours").exception("failed"), text),
    "library of the web": lambda text: logging.getLogger("uvicorn.error").error(text),
    "library of requests": lambda text: logging.getLogger("httpx").info("HTTP Request: %s", text),
}


class Holder:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Holder({self.text})"


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
@pytest.mark.parametrize("canary", CANARIES.values(), ids=list(CANARIES))
def test_a_secret_is_known_by_its_shape(output: io.StringIO, canary: str, way: Callable[[str], None]) -> None:
    way(canary)
    said = output.getvalue()
    assert said
    assert "canary" not in said.lower()


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_known_by_its_name(output: io.StringIO, name: str) -> None:
    get_logger("ours").error("said", **{name: "canary"})
    get_logger("ours").error("said", detail={name: "canary"})
    logging.getLogger("lib").error("said", extra={name: "canary"})
    logging.getLogger("lib").error("said", extra={"detail": [{name.upper(): "canary"}]})
    assert "canary" not in output.getvalue()
    assert output.getvalue().count("[redacted]") >= 4


def test_what_is_no_secret_stays_readable(output: io.StringIO) -> None:
    words = "the answer was lost; 12:30:01, https://fal.media/a.png?x=1, user@example.com, {'status': 'done'}"
    get_logger("ours").warning(words, generation_id="01a211c3-b5fa-74fa-b277-9b5d42190df1", looks=3)
    said = output.getvalue()
    for word in (words, "01a211c3-b5fa-74fa-b277-9b5d42190df1", "3", "warning", "ours"):
        assert word in said
    assert "redacted" not in said


def test_stack_traces_are_kept(output: io.StringIO) -> None:
    raise_and_log(lambda: logging.getLogger("lib").exception("failed"), "the disk is full")
    assert "the disk is full" in output.getvalue()
    assert "Traceback" in output.getvalue()


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(format="json")
    try:
        logging.getLogger("lib").warning("a\nb %s", '"quoted"', extra={"size_bytes": 5})
        get_logger("ours").warning("x", detail=Holder("y"))
        lines: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert [line["event"] for line in lines] == ['a\nb "quoted"', "x"]
    assert (lines[0]["size_bytes"], lines[0]["level"], lines[0]["logger"]) == (5, "warning", "lib")


def test_configuring_twice_says_everything_once(output: io.StringIO) -> None:
    handler = logging.getLogger().handlers
    configure_logging()
    assert len(handler) == 1
