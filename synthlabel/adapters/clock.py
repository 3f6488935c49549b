"""The time."""

from datetime import UTC, datetime


class SystemClock:
    """Implements ``ports.Clock``."""

    def now(self) -> datetime:
        return datetime.now(UTC)
