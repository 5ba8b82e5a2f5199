"""Taking over a table from the time before the ledger: everything of an invoice month, from all sources, at once.

The rows of no run are a month's postings of every source together, so they are replaced together: in between, no
reader sees a month twice or not at all.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.months import month_before, month_starts
from cpg_infra.plugins.billing_aggregator.loading import stage_days, stage_priced, stage_told
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.source import Export

LATEST_ARRIVAL: Final = dt.timedelta(days=90)
"""How long after its end rows of an invoice month still arrive; the provider says two months at most."""

_OF_MONTH: Final = 'COALESCE(l.month, INVOICE_MONTH(l.usage_end_time)) = @month'


def stage_month(
    engine: Engine, export: Export | None, month: str, now: dt.datetime, settings: Settings, run_id: str
) -> None:
    """Lay out the lines of an invoice month: those of the export, and those that are kept of other sources."""
    given = {'month': month}
    engine.stage('chosen_lines', f'SELECT l.* FROM source_lines AS l WHERE NOT l.gone AND {_OF_MONTH}', given)
    engine.stage(
        'gone_lines',
        f'SELECT l.line_id, l.usage_end_time, l.export_time FROM source_lines AS l WHERE l.gone AND {_OF_MONTH}',
        given,
    )
    stage_told(engine, settings.pricing, run_id)
    stage_priced(engine, settings.attribution, settings.pricing)
    if export is not None:
        engine.stage('kept', 'SELECT * FROM lines')
        engine.stage('kept_totals', 'SELECT * FROM new_totals')
        engine.stage('gone', 'SELECT * FROM gone_lines')
        first = month_starts(month).date() - dt.timedelta(days=1)
        last = min(now, month_starts(month_before(month, -1)) + LATEST_ARRIVAL).date()
        stage_days(engine, export, first, last, settings.attribution, run_id)
        engine.stage('lines', 'SELECT * FROM lines WHERE invoice.month = @month UNION ALL SELECT * FROM kept', given)
        engine.stage(
            'new_totals',
            'SELECT * FROM new_totals WHERE invoice_month = @month UNION ALL SELECT * FROM kept_totals',
            given,
        )
        engine.stage('gone_lines', 'SELECT * FROM gone')
    engine.stage('read_scopes', 'SELECT DISTINCT source, scope, invoice_month FROM new_totals')
