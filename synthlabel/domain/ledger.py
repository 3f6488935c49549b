"""The ledger's rule: every reservation ends in what was charged and what was given back.

For a finished generation ``reserve = settle + release``; for an unfinished one the reservation stands alone.
Spent money is the sum of ``settle``; money that is spoken for is the sum of ``reserve - settle - release``.
"""

from enum import StrEnum


class LedgerKind(StrEnum):
    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"


def closing_amounts(reserved_micros: int, charged_micros: int) -> tuple[int, int]:
    """Split a reservation into (settle, release).

    A charge above the reservation is cut off at it: the price on the button is what counts for budgets, and the
    provider's own figure is kept on the generation.
    """
    settle = min(max(charged_micros, 0), reserved_micros)
    return settle, reserved_micros - settle
