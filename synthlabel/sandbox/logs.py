"""The log that a run would have written by now."""

from datetime import UTC, datetime

from synthlabel.sandbox.jobs import Job, Json

_LINES_AT_MOST = 25
_BAR = 10


def log_of(job: Job, *, now: float) -> list[Json]:
    """All lines so far, oldest first: like fal, the whole log each time, never an increment."""
    if job.started_at is None and job.outcome is None:
        return []
    started = job.outcome.started_at if job.outcome else job.started_at or now
    ended = job.outcome.finished_at if job.outcome else started + max(job.run_seconds, 1e-9)
    lines = _lines(job, ended - started)
    last = len(lines) - (0 if job.outcome else 1)
    entries: list[Json] = []
    for index, (message, level) in enumerate(lines[:last]):
        at = started + (ended - started) * index / len(lines)
        if at <= now:
            entries.append(_entry(message, level, at))
    return entries


def _entry(message: str, level: str, at: float) -> Json:
    timestamp = datetime.fromtimestamp(at, UTC).isoformat()
    return {"message": message, "level": level, "source": "USER", "timestamp": timestamp}


def _lines(job: Job, seconds: float) -> list[tuple[str, str]]:
    if job.outcome is not None and not job.outcome.ok:
        return [(f"Loading {job.endpoint}", "INFO"), (f"Stopped with status {job.outcome.status}", "ERROR")]
    steps = _steps(job)
    stride = -(-steps // _LINES_AT_MOST)
    marks = [*range(0, steps, stride), steps]
    bars = [(_bar(step, steps, seconds), "STDERR") for step in marks]
    return [(f"Loading {job.endpoint}", "INFO"), *bars, ("Saving images", "INFO")]


def _steps(job: Job) -> int:
    steps = job.arguments.get("num_inference_steps")
    return min(max(steps, 1), 1000) if isinstance(steps, int) else 20


def _bar(step: int, steps: int, seconds: float) -> str:
    """A line of the kind that tqdm prints."""
    done = step / steps
    bar = ("█" * int(done * _BAR)).ljust(_BAR)
    spent, left = done * seconds, (1 - done) * seconds
    return f"{done:4.0%}|{bar}| {step}/{steps} [{_clock(spent)}<{_clock(left)}, {steps / max(seconds, 0.01):.2f}it/s]"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"
