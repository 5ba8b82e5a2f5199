"""What is kept of sources: lines, rates, and how shared costs are split."""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import Column, Table, text, time
from cpg_infra.plugins.billing_aggregator.ledger.schema.postings import LEDGER

LINES: Final = Table(
    'source_lines',
    'Source lines of everything but the Google export, as they were read, in the source’s own currency.',
    (
        text('line_id', 'The line.', required=True),
        text('source', 'The source.'),
        text('scope', 'What it was read with: a batch, a usage day, a month.'),
        text('cloud', 'As in the ledger.'),
        text('payer', 'Whom the source bills: a billing project, a tenant, a resource group.'),
        text('tag', 'The dataset that the line itself names.'),
        *(
            column
            for column in LEDGER.columns
            if column.name
            in {
                'service',
                'sku',
                'usage_start_time',
                'usage_end_time',
                'project',
                'labels',
                'system_labels',
                'location',
                'export_time',
                'usage',
                'credits',
                'cost_type',
                'adjustment_info',
            }
        ),
        Column('amount', 'FLOAT64', 'Gross cost in `amount_currency`; null when it cannot be read.'),
        text('amount_currency', 'ISO 4217.'),
        text('month', '`YYYYMM` where the source itself says the invoice month, else null.'),
        time('share_time', 'The time whose proportions count, UTC: begin of the batch, end of the usage.'),
        text('fault', 'Why the line cannot be booked as it is, or null.'),
        Column('gone', 'BOOL', 'The source no longer has it: its postings go.'),
        text('line_hash', 'Fingerprint of everything above.'),
    ),
    ('line_id',),
    'usage_end_time',
)

RATES: Final = Table(
    'rates',
    'One rate per invoice month and pair of currencies.',
    (
        text('month', '`YYYYMM`, US Pacific.', required=True),
        text('from_currency', 'ISO 4217.', required=True),
        text('to_currency', 'ISO 4217.', required=True),
        Column('rate', 'FLOAT64', 'Units of `to_currency` for one of `from_currency`.'),
        text('source', '`gcp` (the export’s own) or `config`.'),
    ),
    ('month', 'from_currency', 'to_currency'),
)

PROPORTIONS: Final = Table(
    'proportions',
    'How shared costs are split: integer weights, per method, from a day on.',
    (
        text('method', '`compute` or `hosting`, or a name of the organisation.', required=True),
        Column('effective_from', 'DATE', 'First day on which the weights count.', required=True),
        text('topic', 'Who carries a share.', required=True),
        Column('weight', 'INT64', 'Its weight, ≥ 0.'),
        text('version', 'Version of the map; all rows of a method and day have the same.'),
    ),
    ('method', 'effective_from', 'topic'),
)
