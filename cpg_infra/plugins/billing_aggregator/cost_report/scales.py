"""Axes: round numbers that hold a largest value."""

from __future__ import annotations

import math
from decimal import Decimal


def ticks(largest: Decimal, wanted: int = 5) -> list[Decimal]:
    """From 0 in steps of 1, 2 or 5 times a power of ten; the last is at least `largest`."""
    if largest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = largest / wanted
    power = Decimal(10) ** math.floor(rough.log10())
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * number for number in range(math.ceil(largest / step) + 1)]


def brief(amount: Decimal) -> str:
    """`12,345` → `12.3k`, for the number beside a shape."""
    for unit, letter in ((Decimal(1_000_000), 'M'), (Decimal(1000), 'k')):
        if abs(amount) >= unit:
            return f'{amount / unit:.1f}{letter}'
    return f'{amount:.0f}'


def short(amount: Decimal) -> str:
    """`12,000` → `12k`, for axes."""
    for unit, letter in ((Decimal(1_000_000), 'M'), (Decimal(1000), 'k')):
        if abs(amount) >= unit:
            return f'{(amount / unit).normalize():f}{letter}'
    return f'{amount.normalize():f}'
