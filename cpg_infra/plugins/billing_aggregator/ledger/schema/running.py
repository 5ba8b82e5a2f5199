"""What runs keep about themselves: how far they came, and who may write."""

from __future__ import annotations

from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.schema.columns import Column, Table, text, time

RUNS: Final = Table(
    'runs',
    'One row per run and source, written when it begins and again when it ends.',
    (
        text('run_id', 'The run; begins with its time.', required=True),
        text('source', 'The source.', required=True),
        text('command', '`aggregate`, `backfill`, `retry` or `adopt`.'),
        time('started_at', 'UTC.'),
        time('ended_at', 'UTC; null while it runs, and for ever when it was killed.'),
        text('status', '`running`, `ok`, `unreconciled`, `failed`.'),
        text('window_start', 'Begin of what was read, as the source counts: a day or a time, ISO 8601.'),
        text('window_end', 'End of it.'),
        Column('lines', 'INT64', 'Source lines read.'),
        Column('inserted', 'INT64', 'Postings that are new.'),
        Column('updated', 'INT64', 'Postings that changed.'),
        Column('deleted', 'INT64', 'Postings that are no longer produced.'),
        Column('rejected', 'INT64', 'Lines in the dead letters.'),
        text('message', 'What went wrong, or was noticed, in a sentence each.'),
    ),
    ('run_id', 'source'),
)

WATERMARKS: Final = Table(
    'watermarks',
    'Up to where each source was read and reconciled.',
    (
        text('source', 'The source.', required=True),
        text('mark', 'A day or a time, ISO 8601, UTC: everything before it was read.'),
        time('moved_at', 'UTC.'),
        text('run_id', 'The run that moved it.'),
        time('read_whole_at', 'When the wide window was read last, UTC.'),
    ),
    ('source',),
)

LEASES: Final = Table(
    'leases',
    'Who may write the postings of a source.',
    (
        text('source', 'The source.', required=True),
        text('owner', 'The run.'),
        Column('token', 'INT64', 'Fencing token: grows with each lease.'),
        time('expires_at', 'UTC; after it another run may take over.'),
    ),
    ('source',),
)

STALE_DAYS: Final = Table(
    'stale_days',
    'Days whose postings changed and that the views have not been told of yet.',
    (Column('day', 'DATE', 'Day of the end of usage, UTC.', required=True),),
    ('day',),
)
