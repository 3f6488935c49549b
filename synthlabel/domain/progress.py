"""Reading progress out of a model's log: the provider has no number for it, only what the model prints."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = re.compile(r"(\d+)\s*/\s*(\d+)\s*\[")
_PERCENT = re.compile(r"(\d{1,3})%\|")
_WORDED = re.compile(r"[Ss]tep\s*:?\s*(\d+)\s*(?:/|of)\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Step:
    """``fraction`` is 0 to 1; ``phase`` is what a person reads, such as ``step 12/28``. None where unknown."""

    fraction: float | None = None
    phase: str | None = None


def read_progress(log: Sequence[str]) -> Step:
    """Return what the last line that tells anything tells. Pure; never raises."""
    for message in reversed(log):
        for line in reversed(re.split(r"[\r\n]", message)):
            step = _read_line(line)
            if step is not None:
                return step
    return Step()


def _read_line(line: str) -> Step | None:
    for pattern in (_STEPS, _WORDED):
        found = pattern.findall(line)
        if found and int(found[-1][1]) > 0:
            done, total = int(found[-1][0]), int(found[-1][1])
            return Step(min(done / total, 1.0), f"step {done}/{total}")
    found = _PERCENT.findall(line)
    if found:
        return Step(min(int(found[-1]) / 100, 1.0), f"{found[-1]} %")
    return None
