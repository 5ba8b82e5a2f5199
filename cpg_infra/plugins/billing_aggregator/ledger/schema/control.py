"""What follows from costs: budgets, decisions about them, and closing figures."""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import NUMERIC, Column, Table, text, time

BUDGETS: Final = Table(
    'budgets',
    'What each topic may cost: one row per topic, day it was read and currency.',
    (
        text('topic', 'The dataset.', required=True),
        text('cloud', 'Where it may cost that.', required=True),
        text('gcp_project', 'Its project; null for a budget of another cloud.'),
        text('kind', '`monthly` or `shared`.', required=True),
        Column('day', 'DATE', 'The day for which it was read, UTC.', required=True),
        text('currency', 'ISO 4217.', required=True),
        Column('budget', NUMERIC, 'Amount.'),
        time('read_at', 'UTC.'),
    ),
    ('topic', 'cloud', 'kind', 'day', 'currency'),
)

DECISIONS: Final = Table(
    'decisions',
    'Cost control: one row per decision about a project and its budget, and one for what came of acting.',
    (
        text('decision_id', 'Unique.', required=True),
        text('message_id', 'Pub/Sub’s number of the notification; one that is delivered again has the same.'),
        text('budget_id', 'Google’s id of the budget.'),
        text('project', 'The project.'),
        text('dataset', 'Whose project it is; null when it is nobody’s.'),
        time('period_start', 'Begin of the budget’s period, UTC.'),
        time('decided_at', 'UTC.'),
        text('outcome', '`within`, `refused`, `doubt`, `pending`, `unlink` (about to), `unlinked` or `failed`.'),
        text('reasons', 'Names of the conditions that did not hold, with commas.'),
        text('explanation', 'In sentences.'),
        Column('cost', NUMERIC, 'As notified.'),
        Column('budget', NUMERIC, 'As notified.'),
        text('currency', 'ISO 4217.'),
        Column('confirmed', NUMERIC, 'Net cost in the same period as the ledger has it; null when it was not asked.'),
        time('confirmed_until', 'When the newest line of that was told, UTC.'),
        text('mode', '`dry-run` or `enforce`.'),
        Column('announced', 'BOOL', 'Slack took an announcement.'),
    ),
    ('decision_id',),
    'decided_at',
)

MONTHLY_SUMMARY: Final = Table(
    'monthly_summary',
    'Closing figures of each month, written on the third day of the next and again when asked.',
    (
        text('invoice_month', '`YYYYMM`.', required=True),
        text('topic', 'As in the ledger.', required=True),
        text('cost_category', '`Storage Cost` or `Compute Cost`.', required=True),
        text('currency', 'ISO 4217.', required=True),
        Column('cost', NUMERIC, 'Gross cost.'),
        Column('credits', NUMERIC, 'Credits.'),
        Column('net', NUMERIC, 'Net cost.'),
        time('written_at', 'UTC.'),
    ),
    ('invoice_month', 'topic', 'cost_category', 'currency'),
)
