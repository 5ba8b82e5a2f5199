"""Builds lines as the Hail source makes them."""

from __future__ import annotations

import datetime as dt

from cpg_infra.plugins.billing_aggregator.sources.lines import labels_json, line
from cpg_infra.plugins.billing_aggregator.sources.source import Line

COMPLETED = dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC)


def hail_line(
    batch: int, job: int | str, resource: str, cost: float | None = 1.0, payer: str = 'twins', **changes: object
) -> Line:
    return line(
        **{
            'line_id': f'hail-{batch}-{job}-{resource}',
            'source': 'hail',
            'scope': str(batch),
            'cloud': 'gcp',
            'payer': payer,
            'service': {'id': 'hail', 'description': 'Hail compute'},
            'sku': {'id': f'hail-{resource}', 'description': resource},
            'usage_start_time': COMPLETED - dt.timedelta(hours=2),
            'usage_end_time': COMPLETED,
            'labels': labels_json({'batch_id': batch, 'job_id': job, 'dataset': payer}),
            'export_time': COMPLETED,
            'usage': {'amount': 3.5, 'unit': 'mcpu * msec'},
            'amount': cost,
            'amount_currency': 'USD',
            'share_time': COMPLETED - dt.timedelta(hours=2),
            **changes,
        }
    )
