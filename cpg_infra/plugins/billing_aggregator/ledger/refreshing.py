"""Bringing the tables behind the views up to date: the days whose postings changed, and their months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Parameters
from cpg_infra.plugins.billing_aggregator.ledger.schema import (
    DAILY,
    DAILY_EXTENDED,
    JOB_DETAILS,
    MONTHLY,
    Column,
    View,
)
from cpg_infra.plugins.billing_aggregator.ledger.sql import model

_BY_DAY: Final = ((DAILY_EXTENDED, 'view_daily_extended'), (DAILY, 'view_daily'), (JOB_DETAILS, 'view_job_details'))
"""In this order: the second is made from the first."""

_BOOKED_MONTHS: Final = (
    'SELECT DISTINCT invoice.month AS invoice_month FROM ledger '
    'WHERE usage_end_time >= @first AND usage_end_time < @until AND DATE(usage_end_time) IN (SELECT day FROM refreshed_days)'
)

_POSTINGS: Final = (
    'SELECT DATE(usage_end_time) AS day, COUNT(*) AS postings FROM ledger '
    'WHERE usage_end_time >= @first AND usage_end_time < @until GROUP BY DATE(usage_end_time)'
)

DAYS_TOGETHER: Final = 31
POSTINGS_TOGETHER: Final = 2_000_000
"""Days that are refreshed in one go, and postings of theirs: what DuckDB can sum by labels without spilling."""


def refresh(engine: Engine, tell: Callable[[int, int], None] | None = None) -> int:
    """Refresh what is stale; says how many days. `tell` hears of days done and in all.

    Each stretch is one transaction that also takes its days off the list: whoever is killed leaves the rest stale.
    """
    days = [row['day'] for row in engine.query('SELECT DISTINCT day FROM stale_days ORDER BY day')]
    if not days:
        return 0
    postings = {row['day']: int(row['postings']) for row in engine.query(_POSTINGS, _bounds(days))}
    done = 0
    for stretch in _stretches(days, postings):
        engine.stage_rows('refreshed_days', [Column('day', 'DATE', '')], ({'day': day} for day in stretch))
        bounds = _bounds(stretch)
        months = 'SELECT DISTINCT invoice_month FROM aggregate_daily WHERE day IN (SELECT day FROM refreshed_days)'
        engine.stage('label_columns', model('label_columns'), bounds)
        engine.stage('refreshed_months', f'{months} UNION DISTINCT {_BOOKED_MONTHS}', bounds)
        _write_stretch(engine, bounds)
        done += len(stretch)
        if tell is not None:
            tell(done, len(days))
    return len(days)


@again_on_conflict
def _write_stretch(engine: Engine, bounds: Parameters) -> None:
    with engine.transaction():
        for view, name in _BY_DAY:
            engine.execute(f'DELETE FROM {view.table.name} WHERE day IN (SELECT day FROM refreshed_days)')
            engine.execute(_insert(view, model(name)), bounds)
        engine.execute(
            f'DELETE FROM {MONTHLY.table.name} WHERE invoice_month IN (SELECT invoice_month FROM refreshed_months)'
        )
        engine.execute(_insert(MONTHLY, model('view_monthly_cost')))
        engine.execute('DELETE FROM stale_days WHERE day IN (SELECT day FROM refreshed_days)')


def _insert(view: View, rows: str) -> str:
    columns = ', '.join(column.name for column in view.columns)
    return f'INSERT INTO {view.table.name} ({columns}) SELECT {columns} FROM (\n{rows}\n)'


def _bounds(days: Sequence[dt.date]) -> dict[str, dt.datetime]:
    return {
        'first': dt.datetime.combine(days[0], dt.time(), dt.UTC),
        'until': dt.datetime.combine(days[-1], dt.time(), dt.UTC) + dt.timedelta(days=1),
    }


def _stretches(days: Sequence[dt.date], postings: Mapping[dt.date, int]) -> Iterator[list[dt.date]]:
    stretch: list[dt.date] = []
    count = 0
    for day in days:
        count += postings.get(day, 0)
        if stretch and ((day - stretch[0]).days >= DAYS_TOGETHER or count > POSTINGS_TOGETHER):
            yield stretch
            stretch, count = [], postings.get(day, 0)
        stretch.append(day)
    if stretch:
        yield stretch
