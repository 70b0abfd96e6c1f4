"""Shares of one as percentages, rounded as people and spreadsheets round."""

from decimal import ROUND_HALF_UP, Decimal

NONE_AND_ALL = (0, 100)


def percentage(share: float | Decimal, places: int = 1) -> Decimal:
    """Return the percentage with so many decimals, halves up: 0.0625 is 6.3.

    With more where fewer would say none or all, which is not true: 0.9996 is 99.96.
    """
    exact = Decimal(str(share)) * 100
    shown = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if abs(shown) in NONE_AND_ALL and shown != exact:
        return percentage(share, places + 1)
    return shown
