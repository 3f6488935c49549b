"""A request to the sandbox and what became of it."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
State = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The reply to whoever asks for the result. Times are UNIX seconds, ``units`` what was billed."""

    status: int
    body: Json
    started_at: float
    finished_at: float
    units: float = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def cancelled(self) -> bool:
        return self.body.get("error_type") == "client_cancelled"


@dataclass(slots=True)
class Job:
    """One accepted request. ``faults`` maps a fault's name to its value, see :mod:`synthlabel.sandbox.faults`.

    ``seed`` is fixed when the request is accepted, so that a run repeated after a crash draws the same images.
    """

    request_id: str
    endpoint: str
    arguments: Json
    seed: int
    submitted_at: float
    webhook_url: str | None = None
    faults: dict[str, str] = field(default_factory=dict[str, str])
    expires_after_s: float | None = None
    low_priority: bool = False
    keeps_payloads: bool = True
    started_at: float | None = None
    run_seconds: float = 0.0
    outcome: Outcome | None = None
    webhook: Literal["none", "pending", "delivered", "failed", "dropped"] = "none"

    @property
    def state(self) -> State:
        if self.outcome is not None:
            return "COMPLETED"
        return "IN_QUEUE" if self.started_at is None else "IN_PROGRESS"


def cancelled(at: float) -> Outcome:
    """The outcome of a request that its client took back."""
    body = {"detail": "The request was cancelled by the client.", "error_type": "client_cancelled"}
    return Outcome(499, body, at, at, headers={"x-fal-error-type": "client_cancelled"})
