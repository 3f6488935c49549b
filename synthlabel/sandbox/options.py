"""What a sandbox is started with."""

from dataclasses import dataclass
from pathlib import Path

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """``base_url`` is where clients reach the server: every URL in a reply begins with it.

    ``key`` None accepts any key. ``speed`` divides the time in the queue and the time of a run; a very
    large value makes both vanish. A webhook that fails is sent again after ``webhook_retry_seconds``, twice that,
    and so on (a minute at most), ``webhook_attempts`` times in all: fal's ten retries in two hours, compressed.
    """

    base_url: str
    data_dir: Path
    key: str | None = "sandbox:local"
    speed: float = 1.0
    concurrency: int = 4
    queue_seconds: float = 1.0
    run_seconds: float = 2.5
    webhook_retry_seconds: float = 2.0
    webhook_attempts: int = 11
    file_seconds: float = 7 * DAY_S
    files_limit_bytes: int = 4 << 30
    retained_jobs: int = 20_000
