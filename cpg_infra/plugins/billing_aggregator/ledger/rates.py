"""Which rate a line is converted with: one per invoice month and pair of currencies.

The export's own rate of the month; else a dated rate of the configuration; else the export's of an earlier month, at
most three back, which is provisional: when the month has a rate, its lines are priced again under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.months import month_before
from cpg_infra.plugins.billing_aggregator.ledger.schema import Column

MONTHS_BACK: Final = 3

_COLUMNS: Final = (
    Column('month', 'STRING', ''),
    Column('from_currency', 'STRING', ''),
    Column('rate', 'FLOAT64', ''),
    Column('provisional', 'BOOL', ''),
)


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate of the configuration, in force from `month` (`YYYYMM`) until the next of the same pair."""

    from_currency: str
    month: str
    rate: float


def choose(
    month: str, currency: str, exported: Mapping[tuple[str, str], float], dated: Sequence[DatedRate]
) -> tuple[float, bool] | None:
    """The rate, and whether it is provisional; None when there is none. `exported` is by month and currency."""
    if (month, currency) in exported:
        return exported[month, currency], False
    in_force = [rate for rate in dated if rate.from_currency == currency and rate.month <= month]
    if in_force:
        return max(in_force, key=lambda rate: rate.month).rate, False
    for back in range(1, MONTHS_BACK + 1):
        earlier = (month_before(month, back), currency)
        if earlier in exported:
            return exported[earlier], True
    return None


def stage_rates(engine: Engine, currency: str, dated: Sequence[DatedRate]) -> None:
    """Lay out `chosen_rates` for the months and currencies of the stage `chosen_lines`."""
    needed = engine.query(
        'SELECT DISTINCT COALESCE(month, INVOICE_MONTH(usage_end_time)) AS month, amount_currency FROM chosen_lines'
    )
    exported = exported_rates(engine, currency)
    rows = []
    for row in needed:
        month, given = row['month'], row['amount_currency']
        found = (1.0, False) if given == currency else choose(month, given, exported, dated)
        rate, provisional = found or (None, False)
        rows.append({'month': month, 'from_currency': given, 'rate': rate, 'provisional': provisional})
    engine.stage_rows('chosen_rates', _COLUMNS, rows)


def exported_rates(engine: Engine, currency: str) -> dict[tuple[str, str], float]:
    """The export's own rates into `currency`, by month and currency."""
    rows = engine.query(
        'SELECT month, from_currency, rate FROM rates WHERE to_currency = @currency', {'currency': currency}
    )
    return {(row['month'], row['from_currency']): row['rate'] for row in rows}
