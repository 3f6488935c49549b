"""Money: exact, rounded against ourselves, and readable."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthlabel.domain.money import micros_from_usd, usd_label, usd_string

AMOUNTS = st.integers(0, 10**12)


@given(AMOUNTS)
def test_text_and_back_is_the_same_amount(micros: int) -> None:
    assert micros_from_usd(usd_string(micros)) == micros


@given(st.decimals("0", "1000", places=9))
def test_a_fraction_is_rounded_up_by_less_than_one_millionth(usd: Decimal) -> None:
    assert 0 <= micros_from_usd(usd) - usd * 1_000_000 < 1


@pytest.mark.parametrize(
    ("micros", "text"), [(0, "0"), (1, "0.000001"), (12_000, "0.012"), (1_000_000, "1"), (1_200_000, "1.2")]
)
def test_the_apis_form_has_no_trailing_zeros_and_no_exponent(micros: int, text: str) -> None:
    assert usd_string(micros) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (123, "$0.000123"),
        (3_000, "$0.003"),
        (9_999, "$0.009999"),
        (10_000, "$0.01"),
        (12_000, "$0.012"),
        (100_000, "$0.10"),
        (999_000, "$0.999"),
        (1_000_000, "$1.00"),
        (1_234_567, "$1.23"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_people_read_cents_and_smaller_amounts_in_full(micros: int, text: str) -> None:
    assert usd_label(micros) == text


@given(AMOUNTS)
def test_a_label_is_never_zero_for_something(micros: int) -> None:
    assert (usd_label(micros) == "$0.00") == (micros == 0)
