"""The rule of the ledger, for every reservation and every bill."""

from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.ledger import closing_amounts

RESERVED = st.integers(0, 10**12)


@given(RESERVED, st.integers(-(10**12), 10**12))
def test_what_was_reserved_is_settled_or_released(reserved: int, charged: int) -> None:
    settle, release = closing_amounts(reserved, charged)
    assert settle + release == reserved
    assert settle >= 0
    assert release >= 0


@given(RESERVED, st.integers(0, 10**12))
def test_a_bill_within_the_reservation_is_settled_exactly_and_a_higher_one_is_cut_off(
    reserved: int, charged: int
) -> None:
    assert closing_amounts(reserved, charged)[0] == min(charged, reserved)
