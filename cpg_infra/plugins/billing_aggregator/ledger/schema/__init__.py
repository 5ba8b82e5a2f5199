"""The tables and views of the ledger, as data: name, columns, types, keys.

On DuckDB a table has the name given here. On BigQuery `ledger` is `billing.aggregator.destination_bq_table` and the
others are `<that table>_<name>`; views and their tables lie beside it under the name given here.
"""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.checks import RECONCILIATION, REJECTS, TOPIC_FIELDS, TOTALS
from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import NUMERIC, Column, Table, View
from cpg_infra.plugins.billing_aggregator.ledger.schema.control import BUDGETS, DECISIONS, MONTHLY_SUMMARY
from cpg_infra.plugins.billing_aggregator.ledger.schema.postings import EXISTING_COLUMNS, LEDGER
from cpg_infra.plugins.billing_aggregator.ledger.schema.records import (
    ADJUSTMENT,
    CREDITS,
    INVOICE,
    LABEL,
    LOCATION,
    NAMED,
    PROJECT,
    USAGE,
)
from cpg_infra.plugins.billing_aggregator.ledger.schema.running import LEASES, RUNS, STALE_DAYS, WATERMARKS
from cpg_infra.plugins.billing_aggregator.ledger.schema.sources import LINES, PROPORTIONS, RATES
from cpg_infra.plugins.billing_aggregator.ledger.schema.views import (
    DAILY,
    DAILY_EXTENDED,
    JOB_DETAILS,
    LABELLED,
    MONTHLY,
    VIEWS,
)

__all__ = [
    'ADJUSTMENT',
    'BUDGETS',
    'CREDITS',
    'DAILY',
    'DAILY_EXTENDED',
    'DECISIONS',
    'EXISTING_COLUMNS',
    'INVOICE',
    'JOB_DETAILS',
    'LABEL',
    'LABELLED',
    'LEASES',
    'LEDGER',
    'LINES',
    'LOCATION',
    'MONTHLY',
    'MONTHLY_SUMMARY',
    'NAMED',
    'NUMERIC',
    'PROJECT',
    'PROPORTIONS',
    'RATES',
    'RECONCILIATION',
    'REJECTS',
    'RUNS',
    'STALE_DAYS',
    'TABLES',
    'TOPIC_FIELDS',
    'TOTALS',
    'USAGE',
    'VERSION',
    'VIEWS',
    'WATERMARKS',
    'Column',
    'Table',
    'View',
]

VERSION: Final = 3
"""Version of this layout; a database holds the one it was written with."""

TABLES: Final = (
    LEDGER,
    RUNS,
    WATERMARKS,
    LEASES,
    REJECTS,
    RATES,
    PROPORTIONS,
    BUDGETS,
    RECONCILIATION,
    TOTALS,
    LINES,
    DECISIONS,
    MONTHLY_SUMMARY,
    STALE_DAYS,
)
