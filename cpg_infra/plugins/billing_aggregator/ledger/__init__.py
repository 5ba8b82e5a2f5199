"""The ledger: double-entry postings of what every dataset costs, on DuckDB or BigQuery.

    with open_ledger('billing.duckdb') as ledger:
        rows = ledger.query('SELECT topic, SUM(cost_exact) AS cost FROM ledger GROUP BY topic')

`ledger.schema` has the tables and views with their columns. SQL is GoogleSQL's common subset; see `ledger.sql`.

What runs queries needs the extra `billing`, so it is imported when it is first wanted: a plan needs the tables only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Row, Value
    from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
    from cpg_infra.plugins.billing_aggregator.ledger.opening import Ledger, open_ledger

__all__ = ['Engine', 'Ledger', 'LedgerError', 'Row', 'Value', 'open_ledger']

_HOMES: Final = {
    'Engine': 'cpg_infra.plugins.billing_aggregator.ledger.engine',
    'Ledger': 'cpg_infra.plugins.billing_aggregator.ledger.opening',
    'LedgerError': 'cpg_infra.plugins.billing_aggregator.ledger.faults',
    'Row': 'cpg_infra.plugins.billing_aggregator.ledger.engine',
    'Value': 'cpg_infra.plugins.billing_aggregator.ledger.engine',
    'open_ledger': 'cpg_infra.plugins.billing_aggregator.ledger.opening',
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(home), name)
