"""Results that are spoilt on purpose, see :mod:`synthlabel.sandbox.faults`."""

import time
import zlib
from struct import pack

from synthlabel.sandbox.catalogue import endpoints
from synthlabel.sandbox.jobs import Job, Json, Outcome
from synthlabel.sandbox.validation import detail

_HUGE_SIDE_PX = 20_000


def invalid(details: list[Json], started_at: float) -> Outcome:
    """A model's own refusal. It is not billed."""
    headers = {"x-fal-retryable": "false", "x-fal-needs-retry": "0"}
    return Outcome(422, {"detail": details}, started_at, time.time(), headers=headers)


def refused_by_fault(job: Job, started_at: float) -> Outcome | None:
    """The refusal that one of the job's faults asks for."""
    if "policy" in job.faults:
        message = "The content could not be processed because it contained material flagged by a content checker."
        field = next(name for name in ("prompt", "image_url") if name in endpoints()[job.endpoint].fields)
        given = job.arguments.get(field)
        return invalid([detail((field,), message, "content_policy_violation", given=given)], started_at)
    if "invalid-input" in job.faults:
        message, given = "Input should be greater than or equal to 1", job.arguments.get("num_images", 0)
        problem = detail(("num_images",), message, "greater_than_equal", given=given, ctx={"ge": 1})
        return invalid([problem], started_at)
    if "runner-disconnected" in job.faults:
        kind = "runner_disconnected"
        body = {"detail": "Runner disconnected while it was processing the request.", "error_type": kind}
        return Outcome(503, body, started_at, time.time(), headers={"x-fal-error-type": kind})
    return None


def spoilt_bytes(job: Job) -> bytes | None:
    """What stands in a file instead of the picture."""
    if "not-an-image" in job.faults:
        return b"<!doctype html><html><body><h1>503 Backend fetch failed</h1></body></html>"
    return _huge_png() if "huge-image" in job.faults else None


def _huge_png() -> bytes:
    """A black PNG, few bytes long, that would take 400 million pixels of memory to decode."""
    compressor = zlib.compressobj(9)
    row = bytes(1 + _HUGE_SIDE_PX // 8)
    rows = b"".join(compressor.compress(row) for _ in range(_HUGE_SIDE_PX)) + compressor.flush()
    header = pack(">IIBBBBB", _HUGE_SIDE_PX, _HUGE_SIDE_PX, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
