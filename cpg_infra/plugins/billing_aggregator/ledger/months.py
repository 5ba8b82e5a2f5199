"""The invoice month: the calendar month in US Pacific, which is what Google bills by."""

from __future__ import annotations

import datetime as dt


def invoice_month(moment: dt.datetime) -> str:
    """`YYYYMM` of a moment.

    Only the first midnight of a month matters, so no table of zones is needed, and both engines and Python agree:
    daylight saving time (UTC-7) is in force at each first of April to November, standard time (UTC-8) at the others.
    (Since 2007: from the second Sunday of March to the first Sunday of November, at two in the morning.)
    """
    utc = moment.astimezone(dt.UTC)
    summer = utc - dt.timedelta(hours=7)
    local = summer if 4 <= summer.month <= 11 else utc - dt.timedelta(hours=8)  # noqa: PLR2004 - months
    return f'{local:%Y%m}'


def month_before(month: str, count: int = 1) -> str:
    """The month `count` months earlier."""
    number = int(month[:4]) * 12 + int(month[4:]) - 1 - count
    return f'{number // 12:04}{number % 12 + 1:02}'


def month_starts(month: str) -> dt.datetime:
    """The first moment of an invoice month, UTC."""
    year, number = int(month[:4]), int(month[4:])
    return dt.datetime(year, number, 1, 7 if 4 <= number <= 11 else 8, tzinfo=dt.UTC)  # noqa: PLR2004 - months


def months_between(start: dt.datetime, end: dt.datetime) -> list[str]:
    """The invoice months that a window touches, in order; `end` is not in it."""
    month, last = invoice_month(start), invoice_month(end - dt.timedelta(microseconds=1))
    found = []
    while month <= last:
        found.append(month)
        month = month_before(month, -1)
    return found
