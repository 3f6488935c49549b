"""The rule of the ledger, for every reservation and every bill."""

from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.ledger import ADDS, LedgerKind, closing_amounts

AMOUNT = st.integers(0, 10**12)


@given(AMOUNT, AMOUNT)
def test_what_is_set_aside_is_settled_or_released(reserved: int, charged: int) -> None:
    entries = {LedgerKind.RESERVE: reserved, **closing_amounts(reserved, charged)}
    added = sum(amount for kind, amount in entries.items() if kind in ADDS)
    assert added == sum(amount for kind, amount in entries.items() if kind not in ADDS)
    assert min(entries.values()) >= 0


@given(AMOUNT, AMOUNT)
def test_what_was_charged_is_settled_to_the_last_millionth(reserved: int, charged: int) -> None:
    assert closing_amounts(reserved, charged).get(LedgerKind.SETTLE, 0) == charged


@given(AMOUNT, AMOUNT)
def test_every_reservation_is_closed_by_an_entry(reserved: int, charged: int) -> None:
    assert set(closing_amounts(reserved, charged)) & {LedgerKind.SETTLE, LedgerKind.RELEASE}
