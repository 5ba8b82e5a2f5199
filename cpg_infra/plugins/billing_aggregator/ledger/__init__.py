"""The ledger: double-entry postings of what every dataset costs, on DuckDB or BigQuery.

    with open_ledger('billing.duckdb') as ledger:
        rows = ledger.query('SELECT topic, SUM(cost_exact) AS cost FROM ledger GROUP BY topic')

`ledger.schema` has the tables and views with their columns. SQL is GoogleSQL's common subset; see `ledger.sql`.
"""

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Row, Value
from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.opening import Ledger, open_ledger

__all__ = ['Engine', 'Ledger', 'LedgerError', 'Row', 'Value', 'open_ledger']
