"""Money is an integer number of micro-dollars: a millionth of a US dollar, so sums are exact."""

from decimal import ROUND_CEILING, Decimal

MICROS_PER_USD = 1_000_000


def micros_from_usd(usd: str | Decimal) -> int:
    """Convert dollars to micro-dollars, rounded up: a reservation never falls short by a rounding."""
    return int((Decimal(usd) * MICROS_PER_USD).to_integral_value(ROUND_CEILING))


def usd_string(micros: int) -> str:
    """Return a plain decimal string such as ``0.012``: the API's form."""
    text = f"{Decimal(micros) / MICROS_PER_USD:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def usd_label(micros: int) -> str:
    """Return what a person reads: ``$1.20``, ``$0.012``; four significant decimals below one cent."""
    usd = Decimal(micros) / MICROS_PER_USD
    if usd == 0:
        return "$0.00"
    if usd >= 1:
        return f"${usd:,.2f}"
    digits = 3 if usd >= Decimal("0.01") else 6
    text = f"{usd:.{digits}f}".rstrip("0")
    return "$" + (text if len(text) >= 4 else text.ljust(4, "0"))
