"""The tables and views of the ledger, as data: name, columns, types, keys.

Types are GoogleSQL's. The columns of `ledger` up to `adjustment_info` exist in every deployment and are read by
others (metamist): they keep their names and types, columns are only ever added, at the end.

On DuckDB a table has the name given here. On BigQuery `ledger` is `billing.aggregator.destination_bq_table` and the
others are `<that table>_<name>`; views and their tables lie beside it under the name given here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VERSION: Final = 2
"""Version of this layout; a database holds the one it was written with."""

NUMERIC: Final = 'NUMERIC'
"""An exact decimal with 9 digits after the point; the only type that money is summed in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its GoogleSQL type, and what it holds."""

    name: str
    type: str
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `key`: the columns that no two rows share. `partition`: the column whose day partitions it."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str | None = None
    cluster: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class View:
    """A view over the table `<name>_rows`, which a run refreshes for the days that it touched."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    day: str
    """The column by which it is refreshed."""

    @property
    def table(self) -> Table:
        """The table behind the view."""
        return Table(f'{self.name}_rows', self.meaning, self.columns, self.key, self.day)


def _text(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, 'STRING', meaning, required)


def _time(name: str, meaning: str) -> Column:
    return Column(name, 'TIMESTAMP', meaning)


LABEL: Final = 'ARRAY<STRUCT<key STRING, value STRING>>'
NAMED: Final = 'STRUCT<id STRING, description STRING>'
PROJECT: Final = (
    f'STRUCT<id STRING, number STRING, name STRING, labels {LABEL}, ancestry_numbers STRING, '
    'ancestors ARRAY<STRUCT<resource_name STRING, display_name STRING>>>'
)
LOCATION: Final = 'STRUCT<location STRING, country STRING, region STRING, zone STRING>'
USAGE: Final = 'STRUCT<amount FLOAT64, unit STRING, amount_in_pricing_units FLOAT64, pricing_unit STRING>'
CREDITS: Final = 'ARRAY<STRUCT<name STRING, amount FLOAT64, full_name STRING, id STRING, type STRING>>'
INVOICE: Final = 'STRUCT<month STRING>'
ADJUSTMENT: Final = 'STRUCT<id STRING, description STRING, mode STRING, type STRING>'

LEDGER: Final = Table(
    'ledger',
    'Postings: each source line becomes postings that sum to it.',
    (
        _text('id', '`<line>/<entry>/<topic>`', required=True),
        _text(
            'topic', 'The dataset or shared service that carries the cost; else a project id, `admin`, `unallocated`.'
        ),
        Column('service', NAMED, 'What was used.'),
        Column('sku', NAMED, 'What exactly was used.'),
        _time('usage_start_time', 'Begin of the usage, UTC.'),
        _time('usage_end_time', 'End of the usage, UTC; its day is the partition.'),
        Column('project', PROJECT, 'The cloud’s project, subscription or Hail billing project.'),
        _text('labels', 'One JSON object, keys sorted.'),
        _text('system_labels', 'One JSON object, keys sorted.'),
        Column('location', LOCATION, 'Where it was used.'),
        _time('export_time', 'When the source told it, UTC.'),
        Column('cost', 'FLOAT64', 'Gross cost in `currency`, before credits. Not for sums.'),
        _text('currency', 'ISO 4217.'),
        Column('currency_conversion_rate', 'FLOAT64', 'Units of `currency` for one of the source’s currency.'),
        Column('usage', USAGE, 'How much was used.'),
        Column('credits', CREDITS, 'What the provider gave back, negative.'),
        Column('invoice', INVOICE, 'Month of the invoice, `YYYYMM`, US Pacific.'),
        _text('cost_type', '`regular`, `tax`, `adjustment` or `rounding_error`.'),
        Column('adjustment_info', ADJUSTMENT, 'What was adjusted, in rows that adjust.'),
        _text('cloud', '`gcp`, `azure`, `ica`, or what a FOCUS file names.'),
        _text('source', '`gcp`, `hail`, `ica`, `azure` or `focus`.'),
        _text('line_id', 'The source line; unique within all sources.'),
        _text('entry', '`charge`, `credit`, `split`, `reversal` or `reject`.'),
        _text('rule', 'Which rule chose the topic.'),
        _text('map_version', 'Version of the proportions that a split used.'),
        _text('run_id', 'The run that wrote the row last.'),
        _text('content_hash', 'Fingerprint of the row; a row is written again only when it differs.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact: the money to sum.'),
        Column('credits_exact', NUMERIC, 'Sum of `credits`, exact. Net cost is `cost_exact + credits_exact`.'),
        Column(
            'rate_provisional', 'BOOL', 'The rate of an earlier month was used; the row is repriced when there is one.'
        ),
        _time('loaded_at', 'When the row was written last, UTC.'),
    ),
    ('id',),
    'usage_end_time',
    ('topic',),
)

EXISTING_COLUMNS: Final = LEDGER.names[: LEDGER.names.index('cloud')]
"""Columns that others read already."""

RUNS: Final = Table(
    'runs',
    'One row per run and source, written when it begins and again when it ends.',
    (
        _text('run_id', 'The run; begins with its time.', required=True),
        _text('source', 'The source.', required=True),
        _text('command', '`aggregate`, `backfill`, `retry` or `adopt`.'),
        _time('started_at', 'UTC.'),
        _time('ended_at', 'UTC; null while it runs, and for ever when it was killed.'),
        _text('status', '`running`, `ok`, `unreconciled`, `failed`.'),
        _text('window_start', 'Begin of what was read, as the source counts: a day or a time, ISO 8601.'),
        _text('window_end', 'End of it.'),
        Column('lines', 'INT64', 'Source lines read.'),
        Column('inserted', 'INT64', 'Postings that are new.'),
        Column('updated', 'INT64', 'Postings that changed.'),
        Column('deleted', 'INT64', 'Postings that are no longer produced.'),
        Column('rejected', 'INT64', 'Lines in the dead letters.'),
        _text('message', 'What went wrong, or was noticed, in a sentence each.'),
    ),
    ('run_id', 'source'),
)

WATERMARKS: Final = Table(
    'watermarks',
    'Up to where each source was read and reconciled.',
    (
        _text('source', 'The source.', required=True),
        _text('mark', 'A day or a time, ISO 8601, UTC: everything before it was read.'),
        _time('moved_at', 'UTC.'),
        _text('run_id', 'The run that moved it.'),
        _time('read_whole_at', 'When the wide window was read last, UTC.'),
    ),
    ('source',),
)

LEASES: Final = Table(
    'leases',
    'Who may write the postings of a source.',
    (
        _text('source', 'The source.', required=True),
        _text('owner', 'The run.'),
        Column('token', 'INT64', 'Fencing token: grows with each lease.'),
        _time('expires_at', 'UTC; after it another run may take over.'),
    ),
    ('source',),
)

REJECTS: Final = Table(
    'rejects',
    'Dead letters: source lines that could not be booked as they should.',
    (
        _text('line_id', 'The line; for one without any identity a fingerprint of its text.', required=True),
        _text('source', 'The source.'),
        _text('scope', 'What to read again: an arrival day, a batch, a month.'),
        _text('reason', 'Name of the fault: `no-rate`, `unreadable-amount`, `unknown-dataset`, `no-map` …'),
        _text('explanation', 'In a sentence.'),
        Column('cost_exact', NUMERIC, 'What was posted to `unallocated` or to the fall-back; null when unreadable.'),
        _text('currency', 'Of that cost.'),
        _text('line', 'The line as JSON, at most 4 KiB.'),
        _text('run_id', 'The run that met it last.'),
        _time('noted_at', 'UTC.'),
    ),
    ('line_id', 'reason'),
)

RATES: Final = Table(
    'rates',
    'One rate per invoice month and pair of currencies.',
    (
        _text('month', '`YYYYMM`, US Pacific.', required=True),
        _text('from_currency', 'ISO 4217.', required=True),
        _text('to_currency', 'ISO 4217.', required=True),
        Column('rate', 'FLOAT64', 'Units of `to_currency` for one of `from_currency`.'),
        _text('source', '`gcp` (the export’s own) or `config`.'),
    ),
    ('month', 'from_currency', 'to_currency'),
)

PROPORTIONS: Final = Table(
    'proportions',
    'How shared costs are split: integer weights, per method, from a day on.',
    (
        _text('method', '`compute` or `hosting`, or a name of the organisation.', required=True),
        Column('effective_from', 'DATE', 'First day on which the weights count.', required=True),
        _text('topic', 'Who carries a share.', required=True),
        Column('weight', 'INT64', 'Its weight, ≥ 0.'),
        _text('version', 'Version of the map; all rows of a method and day have the same.'),
    ),
    ('method', 'effective_from', 'topic'),
)

BUDGETS: Final = Table(
    'budgets',
    'What each topic may cost: one row per topic, day it was read and currency.',
    (
        _text('topic', 'The dataset.', required=True),
        _text('cloud', 'Where it may cost that.', required=True),
        _text('gcp_project', 'Its project; null for a budget of another cloud.'),
        _text('kind', '`monthly` or `shared`.', required=True),
        Column('day', 'DATE', 'The day for which it was read, UTC.', required=True),
        _text('currency', 'ISO 4217.', required=True),
        Column('budget', NUMERIC, 'Amount.'),
        _time('read_at', 'UTC.'),
    ),
    ('topic', 'cloud', 'kind', 'day', 'currency'),
)

TOPIC_FIELDS: Final = ('topic', 'measure', 'expected', 'booked', 'difference')
TOPICS: Final = 'ARRAY<STRUCT<topic STRING, measure STRING, expected NUMERIC, booked NUMERIC, difference NUMERIC>>'
"""`measure` is `lines`, `cost` or `credits`; source, month and currency are those of the row."""

RECONCILIATION: Final = Table(
    'reconciliation',
    'The latest check of each source, invoice month and currency against what the source said.',
    (
        _text('source', 'The source.', required=True),
        _text('invoice_month', '`YYYYMM`.', required=True),
        _text('currency', 'ISO 4217.', required=True),
        _time('checked_at', 'UTC.'),
        _text('run_id', 'The run that checked.'),
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

TOTALS: Final = Table(
    'totals',
    'What each source said, per scope of reading: counted from the raw lines, not from the postings.',
    (
        _text('source', 'The source.', required=True),
        _text('scope', 'What was read in one piece: an arrival day, a batch, a usage day, a month.', required=True),
        _text('invoice_month', '`YYYYMM`.', required=True),
        _text('currency', 'ISO 4217.', required=True),
        Column('lines', 'INT64', 'Lines with an amount.'),
        Column('cost', NUMERIC, 'Their cost, each line rounded to 9 decimals.'),
        Column('credits', NUMERIC, 'Their credits, each rounded.'),
        Column('float_cost', 'FLOAT64', 'Sum of the raw numbers.'),
        Column('unreadable', 'INT64', 'Lines without a readable amount.'),
        _text('run_id', 'The run that counted.'),
    ),
    ('source', 'scope', 'invoice_month', 'currency'),
)

LINES: Final = Table(
    'source_lines',
    'Source lines of everything but the Google export, as they were read, in the source’s own currency.',
    (
        _text('line_id', 'The line.', required=True),
        _text('source', 'The source.'),
        _text('scope', 'What it was read with: a batch, a usage day, a month.'),
        _text('cloud', 'As in the ledger.'),
        _text('payer', 'Whom the source bills: a billing project, a tenant, a resource group.'),
        _text('tag', 'The dataset that the line itself names.'),
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
        _text('amount_currency', 'ISO 4217.'),
        _text('month', '`YYYYMM` where the source itself says the invoice month, else null.'),
        _time('share_time', 'The time whose proportions count, UTC: begin of the batch, end of the usage.'),
        _text('fault', 'Why the line cannot be booked as it is, or null.'),
        Column('gone', 'BOOL', 'The source no longer has it: its postings go.'),
        _text('line_hash', 'Fingerprint of everything above.'),
    ),
    ('line_id',),
    'usage_end_time',
)

DECISIONS: Final = Table(
    'decisions',
    'Cost control: one row per decision about a project and its budget, and one for what came of acting.',
    (
        _text('decision_id', 'Unique.', required=True),
        _text('message_id', 'Pub/Sub’s number of the notification; one that is delivered again has the same.'),
        _text('budget_id', 'Google’s id of the budget.'),
        _text('project', 'The project.'),
        _text('dataset', 'Whose project it is; null when it is nobody’s.'),
        _time('period_start', 'Begin of the budget’s period, UTC.'),
        _time('decided_at', 'UTC.'),
        _text('outcome', '`within`, `refused`, `doubt`, `pending`, `unlink` (about to), `unlinked` or `failed`.'),
        _text('reasons', 'Names of the conditions that did not hold, with commas.'),
        _text('explanation', 'In sentences.'),
        Column('cost', NUMERIC, 'As notified.'),
        Column('budget', NUMERIC, 'As notified.'),
        _text('currency', 'ISO 4217.'),
        Column('confirmed', NUMERIC, 'Net cost in the same period as the ledger has it; null when it was not asked.'),
        _time('confirmed_until', 'When the newest line of that was told, UTC.'),
        _text('mode', '`dry-run` or `enforce`.'),
        Column('announced', 'BOOL', 'Slack took an announcement.'),
    ),
    ('decision_id',),
    'decided_at',
)

MONTHLY_SUMMARY: Final = Table(
    'monthly_summary',
    'Closing figures of each month, written on the third day of the next and again when asked.',
    (
        _text('invoice_month', '`YYYYMM`.', required=True),
        _text('topic', 'As in the ledger.', required=True),
        _text('cost_category', '`Storage Cost` or `Compute Cost`.', required=True),
        _text('currency', 'ISO 4217.', required=True),
        Column('cost', NUMERIC, 'Gross cost.'),
        Column('credits', NUMERIC, 'Credits.'),
        Column('net', NUMERIC, 'Net cost.'),
        _time('written_at', 'UTC.'),
    ),
    ('invoice_month', 'topic', 'cost_category', 'currency'),
)

STALE_DAYS: Final = Table(
    'stale_days',
    'Days whose postings changed and that the views have not been told of yet.',
    (Column('day', 'DATE', 'Day of the end of usage, UTC.', required=True),),
    ('day',),
)

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

DAILY: Final = View(
    'aggregate_daily',
    'Cost by day.',
    (
        Column('day', 'DATE', 'Day of the end of usage, UTC.'),
        _text('gcp_project', 'Project id.'),
        _text('topic', 'As in the ledger.'),
        _text('cost_category', 'The service.'),
        _text('sku', 'Description of the SKU.'),
        _text('invoice_month', '`YYYYMM`.'),
        _text('currency', 'ISO 4217.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        _text('source', 'The source.'),
        _text('cost_type', '`regular`, `tax` …'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
        Column('credits_exact', NUMERIC, 'Credits, exact.'),
        Column('net_exact', NUMERIC, 'Net cost, exact.'),
    ),
    ('day', 'gcp_project', 'topic', 'cost_category', 'sku', 'invoice_month', 'currency', 'source', 'cost_type'),
    'day',
)

LABELLED: Final = (
    'ar_guid',
    'dataset',
    'batch_id',
    'job_id',
    'batch_name',
    'job_name',
    'batch_resource',
    'stage',
    'sequencing_type',
    'sequencing_group',
    'sequencing_groups',
    'cohorts',
    'compute_category',
    'cromwell_sub_workflow_name',
    'cromwell_workflow_id',
    'goog_pipelines_worker',
    'wdl_task_name',
    'namespace',
)
"""Columns of the extended view that come from labels of the same name (`-` and `_` are alike)."""

DAILY_EXTENDED: Final = View(
    'aggregate_daily_extended',
    'Cost by day and what the work was for.',
    (
        *DAILY.columns[:7],
        *(_text(name, f'Label `{name}`.') for name in LABELLED),
        _text('labels', 'All labels, one JSON object.'),
        *DAILY.columns[7:],
    ),
    (*DAILY.key, 'labels'),
    'day',
)

JOB_DETAILS: Final = View(
    'aggregate_job_details',
    'Cost of each Hail Batch job, resources summed; jobs that were too many are one row with `job_id` null.',
    (
        Column('day', 'DATE', 'Day of the end of the job, UTC.'),
        _text('topic', 'Who carries the cost.'),
        _text('batch_id', 'Hail’s number.'),
        _text('job_id', 'Hail’s number within the batch.'),
        _text('batch_name', 'As submitted.'),
        _text('job_name', 'As submitted.'),
        _text('ar_guid', 'Id of the analysis.'),
        _text('stage', 'As the job says.'),
        _text('sequencing_group', 'As the job says.'),
        _text('invoice_month', '`YYYYMM`.'),
        _text('currency', 'ISO 4217.'),
        _time('usage_start_time', 'Earliest begin, UTC.'),
        _time('usage_end_time', 'Latest end, UTC.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
    ),
    ('day', 'topic', 'batch_id', 'job_id', 'invoice_month', 'currency'),
    'day',
)

MONTHLY: Final = View(
    'aggregate_monthly_cost',
    'Cost by invoice month, storage and compute apart, currencies apart.',
    (
        _text('invoice_month', '`YYYYMM`.'),
        _text('topic', 'As in the ledger.'),
        _text('cost_category', '`Storage Cost` (Cloud Storage) or `Compute Cost` (everything else, tax included).'),
        _text('currency', 'ISO 4217.'),
        Column('cost', 'FLOAT64', 'Gross cost.'),
        Column('cost_exact', NUMERIC, 'Gross cost, exact.'),
        Column('credits_exact', NUMERIC, 'Credits, exact.'),
        Column('net_exact', NUMERIC, 'Net cost, exact.'),
    ),
    ('invoice_month', 'topic', 'cost_category', 'currency'),
    'invoice_month',
)

VIEWS: Final = (DAILY, DAILY_EXTENDED, JOB_DETAILS, MONTHLY)
