"""The ledger's rule: every reservation ends in what was charged and what was given back.

For a finished generation ``reserve + extra = settle + release``; for an unfinished one the reservation stands alone.
Spent money is the sum of ``settle``; money that is spoken for is the sum of ``reserve + extra - settle - release``.
"""

from enum import StrEnum


class LedgerKind(StrEnum):
    RESERVE = "reserve"
    EXTRA = "extra"  # charged above the reservation
    SETTLE = "settle"
    RELEASE = "release"


ADDS = frozenset({LedgerKind.RESERVE, LedgerKind.EXTRA})
"""The kinds that set money aside; the others take it away again."""


def closing_amounts(reserved_micros: int, charged_micros: int) -> dict[LedgerKind, int]:
    """Return the entries that close a reservation. Pure; entries of nothing are left out, but one always remains."""
    entries = {
        LedgerKind.EXTRA: max(charged_micros - reserved_micros, 0),
        LedgerKind.SETTLE: charged_micros,
        LedgerKind.RELEASE: max(reserved_micros - charged_micros, 0),
    }
    return {kind: amount for kind, amount in entries.items() if amount} or {LedgerKind.SETTLE: 0}
