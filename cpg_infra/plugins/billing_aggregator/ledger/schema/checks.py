"""What the ledger is held against: what sources said, what came of comparing, and what could not be booked."""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import NUMERIC, Column, Table, text, time

TOTALS: Final = Table(
    'totals',
    'What each source said, per scope of reading: counted from the raw lines, not from the postings.',
    (
        text('source', 'The source.', required=True),
        text('scope', 'What was read in one piece: an arrival day, a batch, a usage day, a month.', required=True),
        text('invoice_month', '`YYYYMM`.', required=True),
        text('currency', 'ISO 4217.', required=True),
        Column('lines', 'INT64', 'Lines with an amount.'),
        Column('cost', NUMERIC, 'Their cost, each line rounded to 9 decimals.'),
        Column('credits', NUMERIC, 'Their credits, each rounded.'),
        Column('float_cost', 'FLOAT64', 'Sum of the raw numbers.'),
        Column('unreadable', 'INT64', 'Lines without a readable amount.'),
        text('run_id', 'The run that counted.'),
    ),
    ('source', 'scope', 'invoice_month', 'currency'),
)

TOPIC_FIELDS: Final = ('topic', 'measure', 'expected', 'booked', 'difference')
TOPICS: Final = 'ARRAY<STRUCT<topic STRING, measure STRING, expected NUMERIC, booked NUMERIC, difference NUMERIC>>'
"""`measure` is `lines`, `cost` or `credits`; source, month and currency are those of the row."""

RECONCILIATION: Final = Table(
    'reconciliation',
    'The latest check of each source, invoice month and currency against what the source said.',
    (
        text('source', 'The source.', required=True),
        text('invoice_month', '`YYYYMM`.', required=True),
        text('currency', 'ISO 4217.', required=True),
        time('checked_at', 'UTC.'),
        text('run_id', 'The run that checked.'),
        Column('source_lines', 'INT64', 'Lines that the source has.'),
        Column('ledger_lines', 'INT64', 'Lines that are booked, or are dead letters without an amount.'),
        Column('source_cost', NUMERIC, 'Their cost, each line rounded to 9 decimals.'),
        Column('ledger_cost', NUMERIC, 'What is booked.'),
        Column('difference', NUMERIC, '`ledger_cost - source_cost`; must be 0.'),
        Column('credits_difference', NUMERIC, 'The same for credits; must be 0.'),
        Column('uneven_lines', 'INT64', 'Lines whose postings do not sum to them; must be 0.'),
        Column('source_float', 'FLOAT64', 'Sum of the source’s raw numbers; within 1e-6 of `source_cost`, relative.'),
        Column('ok', 'BOOL', 'All of it holds.'),
        Column('topics', TOPICS, 'The topics that carry something else than they should; empty when all holds.'),
    ),
    ('source', 'invoice_month', 'currency'),
)

REJECTS: Final = Table(
    'rejects',
    'Dead letters: source lines that could not be booked as they should.',
    (
        text('line_id', 'The line; for one without any identity a fingerprint of its text.', required=True),
        text('source', 'The source.'),
        text('scope', 'What to read again: an arrival day, a batch, a month.'),
        text('reason', 'Name of the fault: `no-rate`, `unreadable-amount`, `unknown-dataset`, `no-map` …'),
        text('explanation', 'In a sentence.'),
        Column('cost_exact', NUMERIC, 'What was posted to `unallocated` or to the fall-back; null when unreadable.'),
        text('currency', 'Of that cost.'),
        text('line', 'The line as JSON, at most 4 KiB.'),
        text('run_id', 'The run that met it last.'),
        time('noted_at', 'UTC.'),
    ),
    ('line_id', 'reason'),
)
