"""Postings of which a test says what matters; the rest is a plausible charge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.ledger.schema import LEDGER, MONTHLY

NOON = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)


def posting(topic: str, cost: str, **changes: Any) -> dict[str, Any]:
    """`project`, `service`, `sku`, `month` and `credit` are texts; everything else is a column."""
    project = changes.pop('project', f'lantern-{topic}')
    service, sku = changes.pop('service', 'Compute Engine'), changes.pop('sku', 'core')
    credit, kind = changes.pop('credit', None), changes.pop('credit_type', 'SUSTAINED_USAGE_DISCOUNT')
    at = changes.get('usage_end_time', NOON)
    row = {
        'topic': topic,
        'service': {'id': service[:4], 'description': service},
        'sku': {'id': f'sku-{sku}', 'description': sku},
        'usage_start_time': at - dt.timedelta(hours=1),
        'usage_end_time': at,
        'export_time': at + dt.timedelta(hours=6),
        'project': None if project is None else {'id': project, 'number': '7', 'name': project},
        'labels': '{}',
        'system_labels': '{}',
        'location': {'location': 'australia-southeast1', 'country': 'AU', 'region': 'australia-southeast1'},
        'currency': 'AUD',
        'usage': {'amount': 3600.0, 'unit': 'seconds', 'amount_in_pricing_units': 1.0, 'pricing_unit': 'hour'},
        'credits': [] if credit is None else [{'name': 'c', 'amount': float(credit), 'type': kind}],
        'invoice': {'month': changes.pop('month', f'{at:%Y%m}')},
        'cost_type': 'regular',
        'cloud': 'gcp',
        'source': 'gcp',
        'entry': 'charge',
        'rule': 'project',
        'cost': float(cost),
        'cost_exact': Decimal(cost),
        'credits_exact': Decimal(credit or 0),
    }
    return {**row, **changes}


def book(ledger: Ledger, *rows: Mapping[str, Any]) -> None:
    """Put postings into the ledger, and into the table behind the monthly view."""
    (count,) = ledger.query('SELECT COUNT(*) AS rows FROM ledger')
    numbered = [
        {'id': f'p-{number}', 'line_id': f'l-{number}', **row} for number, row in enumerate(rows, start=count['rows'])
    ]
    _insert(ledger, 'ledger', LEDGER.columns, numbered)
    ledger.execute('DELETE FROM aggregate_monthly_cost_rows WHERE TRUE')
    ledger.execute(
        f'INSERT INTO aggregate_monthly_cost_rows ({", ".join(MONTHLY.table.names)}) '
        'SELECT invoice_month, topic, cost_category, currency, CAST(SUM(cost_exact) AS FLOAT64), SUM(cost_exact), '
        'SUM(credits_exact), SUM(cost_exact) + SUM(credits_exact) FROM ('
        "SELECT *, ledger.invoice.month AS invoice_month, CASE WHEN ledger.service.description = 'Cloud Storage' THEN "
        "'Storage Cost' ELSE 'Compute Cost' END AS cost_category FROM ledger) AS parts "
        'GROUP BY invoice_month, topic, cost_category, currency'
    )


def _insert(ledger: Ledger, table: str, columns: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    ledger.engine.stage_rows('booked', columns, rows)
    names = ', '.join(column.name for column in columns)
    ledger.execute(f'INSERT INTO {table} ({names}) SELECT {names} FROM booked')
