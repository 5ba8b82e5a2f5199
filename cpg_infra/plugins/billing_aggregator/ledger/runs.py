"""What ran when, how far each source was read, and from which month on nothing is closed."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.merging import merge_rows
from cpg_infra.plugins.billing_aggregator.ledger.months import invoice_month
from cpg_infra.plugins.billing_aggregator.ledger.schema import RUNS, WATERMARKS

CLOSED_AFTER: Final = dt.timedelta(days=45)
"""How long after its end a month is open to other splits than the ones it has."""


def new_run_id(now: dt.datetime) -> str:
    """An id that sorts by time."""
    return f'{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}'


def open_from(now: dt.datetime, closed_after: dt.timedelta = CLOSED_AFTER) -> str:
    """The first invoice month that is not closed: the one in which the day `closed_after` ago lies."""
    return invoice_month(now - closed_after)


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to where a source was read."""

    mark: str
    read_whole_at: dt.datetime | None


def watermark(engine: Engine, source: str) -> Watermark | None:
    """The watermark of a source; None before its first complete run."""
    rows = engine.query('SELECT mark, read_whole_at FROM watermarks WHERE source = @source', {'source': source})
    return Watermark(rows[0]['mark'], rows[0]['read_whole_at']) if rows else None


def move_watermark(engine: Engine, source: str, mark: str, run_id: str, now: dt.datetime, *, whole: bool) -> None:
    """Move a watermark forward; it never goes back. `whole`: the wide window was read."""
    before = watermark(engine, source)
    row = {
        'source': source,
        'mark': max(mark, before.mark) if before else mark,
        'moved_at': now,
        'run_id': run_id,
        'read_whole_at': now if whole or before is None else before.read_whole_at,
    }
    engine.stage_rows('moved', WATERMARKS.columns, [row])
    engine.execute(merge_rows(WATERMARKS, 'SELECT * FROM moved'))


def write_run(engine: Engine, row: dict[str, object]) -> None:
    """Write the row of a run, or write it again."""
    engine.stage_rows('run_rows', RUNS.columns, [row])
    engine.execute(merge_rows(RUNS, 'SELECT * FROM run_rows'))


def ended_well(engine: Engine, source: str, run_id: str) -> bool:
    """Whether the run of a source before this one ended, and reconciled; also when there was none."""
    rows = engine.query(
        'SELECT status FROM runs WHERE source = @source AND run_id < @run_id ORDER BY run_id DESC LIMIT 1',
        {'source': source, 'run_id': run_id},
    )
    return not rows or rows[0]['status'] == 'ok'


def booked_until(engine: Engine, source: str, window_start: str) -> str | None:
    """The last day that the latest back-fill of this window has booked, when it did not end well."""
    rows = engine.query(
        "SELECT status, window_end FROM runs WHERE source = @source AND command = 'backfill' "
        'AND window_start = @start ORDER BY run_id DESC LIMIT 1',
        {'source': source, 'start': window_start},
    )
    return rows[0]['window_end'] if rows and rows[0]['status'] != 'ok' else None


def rejected_scopes(engine: Engine, source: str) -> list[str]:
    """The scopes that dead letters of a source came from."""
    rows = engine.query('SELECT DISTINCT scope FROM rejects WHERE source = @source', {'source': source})
    return sorted(row['scope'] for row in rows)
