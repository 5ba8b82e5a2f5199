"""The ledger itself.

The columns up to `adjustment_info` exist in every deployment and are read by others (metamist): they keep their names
and types, columns are only ever added, at the end.
"""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import NUMERIC, Column, Table, text, time
from cpg_infra.plugins.billing_aggregator.ledger.schema.records import (
    ADJUSTMENT,
    CREDITS,
    INVOICE,
    LOCATION,
    NAMED,
    PROJECT,
    USAGE,
)

LEDGER: Final = Table(
    'ledger',
    'Postings: each source line becomes postings that sum to it.',
    (
        text('id', '`<line>/<entry>/<topic>`', required=True),
        text(
            'topic', 'The dataset or shared service that carries the cost; else a project id, `admin`, `unallocated`.'
        ),
        Column('service', NAMED, 'What was used.'),
        Column('sku', NAMED, 'What exactly was used.'),
        time('usage_start_time', 'Begin of the usage, UTC.'),
        time('usage_end_time', 'End of the usage, UTC; its day is the partition.'),
        Column('project', PROJECT, 'The cloud’s project, subscription or Hail billing project.'),
        text('labels', 'One JSON object, keys sorted.'),
        text('system_labels', 'One JSON object, keys sorted.'),
        Column('location', LOCATION, 'Where it was used.'),
        time('export_time', 'When the source told it, UTC.'),
        Column('cost', 'FLOAT64', 'Gross cost in `currency`, before credits. Not for sums.'),
        text('currency', 'ISO 4217.'),
        Column('currency_conversion_rate', 'FLOAT64', 'Units of `currency` for one of the source’s currency.'),
        Column('usage', USAGE, 'How much was used.'),
        Column('credits', CREDITS, 'What the provider gave back, negative.'),
        Column('invoice', INVOICE, 'Month of the invoice, `YYYYMM`, US Pacific.'),
        text('cost_type', '`regular`, `tax`, `adjustment` or `rounding_error`.'),
        Column('adjustment_info', ADJUSTMENT, 'What was adjusted, in rows that adjust.'),
        text('cloud', '`gcp`, `azure`, `ica`, or what a FOCUS file names.'),
        text('source', '`gcp`, `hail`, `ica`, `azure` or `focus`.'),
        text('line_id', 'The source line; unique within all sources.'),
        text('entry', '`charge`, `credit`, `split`, `reversal` or `reject`.'),
        text('rule', 'Which rule chose the topic.'),
        text('map_version', 'Version of the proportions that a split used.'),
        text('run_id', 'The run that wrote the row last.'),
        text('content_hash', 'Fingerprint of the row; a row is written again only when it differs.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact: the money to sum.'),
        Column('credits_exact', NUMERIC, 'Sum of `credits`, exact. Net cost is `cost_exact + credits_exact`.'),
        Column(
            'rate_provisional', 'BOOL', 'The rate of an earlier month was used; the row is repriced when there is one.'
        ),
        time('loaded_at', 'When the row was written last, UTC.'),
    ),
    ('id',),
    'usage_end_time',
    ('topic',),
)

EXISTING_COLUMNS: Final = LEDGER.names[: LEDGER.names.index('cloud')]
"""Columns that others read already."""
