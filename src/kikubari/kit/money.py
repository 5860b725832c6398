"""Money as integer minor units: float sums gave different totals in different runs."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

import msgspec

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
# A 64-bit column must hold any sum; a single amount beyond this is a mistake.
MAX_MINOR = 10**15


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (cents; whole yen) of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    def to_decimal(self) -> Decimal:
        """Return the amount in major units."""
        return Decimal(self.amount_minor).scaleb(-minor_digits(self.currency))


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(amount: float | str | Decimal, currency: str) -> int:
    """Turn an amount in major units into integer minor units, half to even.

    A float is read by its shortest decimal form, so 4980.1 means 4980.1.

    Raises:
        ValueError: not a number, not finite, or beyond ``MAX_MINOR``.
    """
    try:
        value = amount if isinstance(amount, Decimal) else Decimal(str(amount).strip())
        if not value.is_finite() or value.adjusted() > 18:  # noqa: PLR2004 - 10**18 > MAX_MINOR
            raise ValueError(f"not an amount of money: {amount!r}")
        minor = int(value.scaleb(minor_digits(currency)).quantize(Decimal(1), ROUND_HALF_EVEN))
    except InvalidOperation as error:
        raise ValueError(f"not an amount of money: {amount!r}") from error
    if abs(minor) > MAX_MINOR:
        raise ValueError(f"amount of money too large: {amount!r}")
    return minor
