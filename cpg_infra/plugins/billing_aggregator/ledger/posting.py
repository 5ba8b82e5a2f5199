"""From source lines to postings: staged, compared with what is booked, and written by one statement.

A caller has laid out `lines` (and `gone_lines`, `new_totals`) and the attribution. Nothing is written before
everything is worked out; the postings, the totals and the dead letters are one transaction. A run that dies before it
leaves the ledger as it was, one that dies after it has nothing left to do: the next run finds no difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Value
from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.leases import Lease, check
from cpg_infra.plugins.billing_aggregator.ledger.merging import insert_postings, merge_postings, merge_rows, with_models
from cpg_infra.plugins.billing_aggregator.ledger.schema import REJECTS, TOTALS
from cpg_infra.plugins.billing_aggregator.ledger.sql import model

_EARLIEST: Final = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_LATEST: Final = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
_SPLITTING: Final = ('shared_lines', 'shared_credits', 'portions', 'split_credits', 'splits')


@dataclass(frozen=True, slots=True)
class Run:
    """What every statement of a run is told. `open_from`: the first invoice month that is not closed."""

    run_id: str
    lease: Lease
    now: dt.datetime
    open_from: str = ''
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """The partitions that a load may write to: bounds of usage and of export time, UTC."""

    first_usage: dt.datetime = _EARLIEST
    last_usage: dt.datetime = _LATEST
    first_export: dt.datetime = _EARLIEST
    last_export: dt.datetime = _LATEST

    @property
    def parameters(self) -> dict[str, dt.datetime]:
        """As parameters of the models."""
        return {
            'first_usage': self.first_usage,
            'last_usage': self.last_usage,
            'first_export': self.first_export,
            'last_export': self.last_export,
        }


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What a load makes of its lines for a topic, currency and invoice month; perhaps the same as before."""

    topic: str
    currency: str
    invoice_month: str
    before: Decimal
    after: Decimal


def combined(changes: Iterable[TopicChange]) -> list[TopicChange]:
    """What changes by several loads, which have no line in common; what is as before is left out."""
    found: dict[tuple[str, str, str], TopicChange] = {}
    for one in changes:
        key = (one.invoice_month, one.topic, one.currency)
        before = found.get(key)
        found[key] = (
            one if before is None else replace(one, before=before.before + one.before, after=before.after + one.after)
        )
    return [found[key] for key in sorted(found) if found[key].before != found[key].after]


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a load."""

    lines: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    rejected: int = 0
    frozen: int = 0
    touched: Touched = Touched()
    changes: tuple[TopicChange, ...] = ()
    months: tuple[str, str] | None = None
    """The first and last invoice month of what the source said, or had said, and of what was booked of its lines."""

    @property
    def same(self) -> bool:
        """Nothing was written."""
        return not (self.inserted or self.updated or self.deleted)

    @property
    def added_only(self) -> bool:
        """Nothing was there before."""
        return not (self.updated or self.deleted)


def spanned(one: tuple[str, str] | None, other: tuple[str, str] | None) -> tuple[str, str] | None:
    """The first and last month of both."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def post(engine: Engine, run: Run, *, bounded: bool, adopted: str | None = None) -> Posted:
    """Book the lines that are staged.

    `bounded`: a line always has the same usage and export time, so only those partitions are looked at.
    `adopted`: an invoice month whose rows of no run are replaced in the same statement.

    Raises `LeaseLostError` when another run has taken over, `LedgerError` when ids repeat.
    """
    number_repeated(engine)
    lines = _count(engine, 'lines')
    touched = _touched(engine) if bounded and adopted is None else Touched()
    _stage_existing(engine, touched, adopted)
    frozen = _freeze(engine, run)
    for name in _SPLITTING:
        engine.stage(name, model(name))
    engine.stage('new_rejects', model('new_rejects'), {'run_id': run.run_id, 'now': run.now})
    models = {'charges': model('charges'), 'others': model('other_postings')}
    booked = _count(engine, 'existing') > 0
    both = 'SELECT * FROM charges UNION ALL SELECT * FROM others'
    if booked:
        engine.stage('actions', with_models(models, model('actions')))
        counts = {
            row['action']: row['count']
            for row in engine.query('SELECT action, COUNT(*) AS count FROM actions GROUP BY action')
        }
        postings = f"SELECT b.* FROM ({both}) AS b JOIN actions AS a ON a.id = b.id WHERE a.action <> 'delete'"
        deleted = "SELECT id FROM actions WHERE action = 'delete'" if counts.get('delete') else None
    else:
        (others,) = engine.query(with_models(models, 'SELECT COUNT(*) AS count FROM others'))
        counts = {'insert': _count(engine, 'lines', 'cost_exact IS NOT NULL') + int(others['count'])}
        postings, deleted = both, None
    posted = Posted(
        lines,
        counts.get('insert', 0),
        counts.get('update', 0),
        counts.get('delete', 0),
        _count(engine, 'new_rejects'),
        frozen,
        touched,
        _changes(engine, models) if run.dry or adopted is not None else (),
        _months(engine),
    )
    if run.dry:
        return posted
    _write(engine, run, posted, models, postings, deleted)
    _refuse_repeats(engine, touched)
    return posted


@again_on_conflict
def _write(
    engine: Engine, run: Run, posted: Posted, models: dict[str, str], postings: str, deleted: str | None
) -> None:
    with engine.transaction():
        if not posted.same:
            told: dict[str, Value] = {
                'run_id': run.run_id,
                'now': run.now,
                'lease': run.lease.source,
                'token': run.lease.token,
            }
            if posted.added_only and engine.alone:
                engine.execute(insert_postings(with_models(models, postings)), told)
            else:
                engine.execute(
                    merge_postings(with_models(models, postings), deleted, changed=posted.updated > 0),
                    {**told, **posted.touched.parameters},
                )
            engine.execute(
                'INSERT INTO stale_days (day) SELECT DISTINCT DATE(usage_end_time) AS day FROM ('
                'SELECT usage_end_time FROM lines UNION ALL SELECT usage_end_time FROM gone_lines) '
                'WHERE DATE(usage_end_time) NOT IN (SELECT day FROM stale_days)'
            )
        check(engine, run.lease)
        engine.execute(
            'DELETE FROM totals WHERE EXISTS (SELECT 1 FROM read_scopes AS r WHERE r.source = totals.source '
            'AND r.scope = totals.scope AND IFNULL(r.invoice_month, totals.invoice_month) = totals.invoice_month)'
        )
        engine.execute(
            f'INSERT INTO totals ({", ".join(TOTALS.names)}) SELECT {", ".join(TOTALS.names)} FROM new_totals'
        )
        engine.execute(
            'DELETE FROM rejects WHERE line_id IN (SELECT line_id FROM lines UNION ALL SELECT line_id FROM gone_lines)'
        )
        engine.execute(merge_rows(REJECTS, 'SELECT * FROM new_rejects'))


def number_repeated(engine: Engine) -> None:
    """Give staged lines that look alike ids of their own."""
    engine.stage('repeated', model('repeated'))
    if not _count(engine, 'repeated'):
        return
    engine.stage('numbered', model('renumbered'))
    engine.stage(
        'lines',
        'SELECT * FROM lines WHERE line_id NOT IN (SELECT line_id FROM repeated) '
        'UNION ALL SELECT * EXCEPT (numbered_id) REPLACE (numbered_id AS line_id) FROM numbered',
    )


def _touched(engine: Engine) -> Touched:
    (row,) = engine.query(
        'SELECT MIN(usage_end_time) AS first_usage, MAX(usage_end_time) AS last_usage, '
        'MIN(export_time) AS first_export, MAX(export_time) AS last_export FROM ('
        'SELECT usage_end_time, export_time FROM lines UNION ALL SELECT usage_end_time, export_time FROM gone_lines)'
    )
    return Touched(**row) if row['first_usage'] is not None else Touched()


def _months(engine: Engine) -> tuple[str, str] | None:
    (row,) = engine.query(
        'SELECT MIN(invoice_month) AS first, MAX(invoice_month) AS last FROM ('
        'SELECT invoice_month FROM new_totals UNION ALL SELECT invoice_month FROM existing UNION ALL '
        'SELECT t.invoice_month FROM totals AS t JOIN read_scopes AS r ON r.source = t.source AND r.scope = t.scope)'
    )
    return None if row['first'] is None else (row['first'], row['last'])


def _stage_existing(engine: Engine, touched: Touched, adopted: str | None) -> None:
    if adopted is None:
        engine.stage('existing', model('existing'), touched.parameters)
    else:
        engine.stage('existing', model('existing_or_adopted'), {**touched.parameters, 'month': adopted})


def _freeze(engine: Engine, run: Run) -> int:
    """Take lines of closed months that are booked out of the stage."""
    engine.stage('frozen', model('frozen'), {'open_from': run.open_from})
    frozen = _count(engine, 'frozen')
    if frozen:
        for name in ('lines', 'gone_lines', 'existing'):
            engine.stage(name, f'SELECT * FROM {name} WHERE line_id NOT IN (SELECT line_id FROM frozen)')
    return frozen


def _changes(engine: Engine, models: dict[str, str]) -> tuple[TopicChange, ...]:
    rows = engine.query(with_models(models, model('topic_changes')))
    return tuple(TopicChange(**row) for row in rows)


def _refuse_repeats(engine: Engine, touched: Touched) -> None:
    rows = engine.query(model('repeats_in_ledger'), touched.parameters)
    if rows:
        raise LedgerError(f'ids are in the ledger more than once: {", ".join(row["id"] for row in rows)}')


def _count(engine: Engine, stage: str, condition: str = 'TRUE') -> int:
    (row,) = engine.query(f'SELECT COUNT(*) AS count FROM {stage} WHERE {condition}')
    return int(row['count'])
