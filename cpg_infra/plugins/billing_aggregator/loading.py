"""From a source to staged lines: the Google export by arrival days, every other source by way of `source_lines`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.attribution import Attribution
from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.merging import fingerprint_of_line, merge_rows
from cpg_infra.plugins.billing_aggregator.ledger.posting import Posted, Run, post
from cpg_infra.plugins.billing_aggregator.ledger.rates import DatedRate, stage_rates
from cpg_infra.plugins.billing_aggregator.ledger.schema import LINES, RATES, Column
from cpg_infra.plugins.billing_aggregator.ledger.sql import model
from cpg_infra.plugins.billing_aggregator.sources.source import Day, Export, Line, Notes, Reading

ROWS_TOGETHER: Final = 1_500_000
"""Rows of arrival days that are loaded in one go: enough to be fast, few enough for memory."""

LINES_TOGETHER: Final = 100_000
"""Lines of scopes that are kept in one go; a scope is never divided."""

LINES_AT_ONCE: Final = 50_000
"""Lines of a scope that are priced and booked in one go; a batch of many jobs takes several."""

_INCOMING: Final = tuple(column for column in LINES.columns if column.name != 'line_hash')
_TOLD: Final = ('source', 'scope', 'month', 'usage_end_time', 'amount', 'amount_currency', 'credits')
"""Columns that rates and totals are made from."""

_HASHED: Final = f'SELECT l.*, {fingerprint_of_line("l")} AS line_hash FROM incoming AS l'

_NEW_LINES: Final = f"""
SELECT h.line_id, h.line_hash, k.line_id IS NOT NULL AS known
FROM (SELECT l.line_id, {fingerprint_of_line('l')} AS line_hash FROM incoming AS l) AS h
LEFT JOIN source_lines AS k ON k.line_id = h.line_id
WHERE k.line_id IS NULL OR k.gone OR k.line_hash <> h.line_hash
"""
_HASHED_NEW_LINES: Final = 'SELECT l.*, n.line_hash FROM incoming AS l JOIN new_lines AS n ON n.line_id = l.line_id'

_SCOPE: Final = (Column('source', 'STRING', ''), Column('scope', 'STRING', ''), Column('invoice_month', 'STRING', ''))


@dataclass(frozen=True, slots=True)
class Pricing:
    """The ledger's currency, and rates that the export does not have."""

    currency: str
    dated: Sequence[DatedRate] = ()


def together(days: Sequence[Day]) -> Iterator[list[Day]]:
    """Consecutive arrival days, as many as are loaded in one go."""
    group: list[Day] = []
    for day in days:
        if group and sum(one.rows for one in group) + day.rows > ROWS_TOGETHER:
            yield group
            group = []
        group.append(day)
    if group:
        yield group


def load_days(
    engine: Engine, export: Export, first: dt.date, last: dt.date, attribution: Attribution, run: Run
) -> Posted:
    """Book the rows of the export that arrived on these days. The attribution is staged already."""
    stage_days(engine, export, first, last, attribution, run.run_id)
    if not run.dry:
        engine.execute(merge_rows(RATES, model('gcp_rates')))
    return post(engine, run, bounded=True)


def stage_days(
    engine: Engine, export: Export, first: dt.date, last: dt.date, attribution: Attribution, run_id: str
) -> None:
    """Lay out the lines of these arrival days, and what the export says in all."""
    export.stage(first, last)
    engine.stage('lines', model('gcp_lines'), {'default_topic': attribution.default_topic})
    engine.stage('gone_lines', 'SELECT line_id, usage_end_time, export_time FROM lines WHERE FALSE')
    engine.stage('new_totals', model('gcp_totals'), {'run_id': run_id})
    engine.stage('read_scopes', 'SELECT DISTINCT source, scope, CAST(NULL AS STRING) AS invoice_month FROM new_totals')


def keep(engine: Engine, source: str, readings: Iterator[Reading], notes: Notes, *, dry: bool) -> list[str]:
    """Write the next scopes into `source_lines`, and say which; none are left when there are none.

    Lines that a scope no longer has are marked as gone. Lines pass through one by one, however many a scope has.
    When `dry`, they are laid out as `incoming` only.
    """
    scopes: list[str] = []
    engine.stage_rows('incoming', _INCOMING, _next_lines(readings, scopes, source, notes))
    if dry or not scopes:
        return scopes
    engine.stage_rows('kept_scopes', _SCOPE, ({'source': source, 'scope': scope} for scope in scopes))
    _write_kept(engine, source)
    return scopes


@again_on_conflict
def _write_kept(engine: Engine, source: str) -> None:
    engine.stage('new_lines', _NEW_LINES)
    (known,) = engine.query('SELECT COUNT(*) AS lines FROM new_lines WHERE known')
    with engine.transaction():
        engine.execute(merge_rows(LINES, _HASHED_NEW_LINES, changed=known['lines'] > 0))
        engine.execute(
            'UPDATE source_lines SET gone = TRUE WHERE source = @source AND NOT gone '
            'AND scope IN (SELECT scope FROM kept_scopes) AND line_id NOT IN (SELECT line_id FROM incoming)',
            {'source': source},
        )


def _next_lines(readings: Iterator[Reading], scopes: list[str], source: str, notes: Notes) -> Iterator[Line]:
    seen: set[object] = set()
    for reading in readings:
        scopes.append(reading.scope)
        for line in reading.lines:
            if line['line_id'] in seen:
                notes.add(f'{source}: some lines came more than once; each is booked once')
                continue
            seen.add(line['line_id'])
            yield line
        if len(seen) >= LINES_TOGETHER:
            return


def stage_told(engine: Engine, pricing: Pricing, run_id: str) -> None:
    """Lay out the rates of the stage `chosen_lines`, and what its lines say in all."""
    stage_rates(engine, pricing.currency, pricing.dated)
    engine.stage('new_totals', model('priced_totals'), {'run_id': run_id, 'currency': pricing.currency})


def stage_priced(engine: Engine, attribution: Attribution, pricing: Pricing) -> None:
    """Price and attribute the stage `chosen_lines`."""
    engine.stage(
        'lines',
        model('priced_lines'),
        {
            'default_topic': attribution.default_topic,
            'hail_topic': attribution.hail_topic,
            'currency': pricing.currency,
        },
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines from an id on and before another."""

    first: str | None
    until: str | None

    @property
    def condition(self) -> str:
        bounds = ['l.line_id >= @first'] if self.first is not None else []
        return ' AND '.join([*bounds, *(['l.line_id < @until'] if self.until is not None else [])]) or 'TRUE'

    @property
    def parameters(self) -> dict[str, str]:
        named = {'first': self.first, 'until': self.until}
        return {name: bound for name, bound in named.items() if bound is not None}


_OF_SCOPES: Final = 'source_lines AS l JOIN read_scopes AS r ON r.source = l.source AND r.scope = l.scope'


def load_kept(
    engine: Engine,
    source: str,
    scopes: Sequence[str],
    attribution: Attribution,
    pricing: Pricing,
    run: Run,
) -> Iterator[Posted]:
    """Book the kept lines of these scopes, piece by piece. The attribution is staged already.

    What the scopes say in all is written with each piece, so a run that dies between two leaves a ledger that does not
    reconcile, and a watermark that has not moved: the next run books what is missing.
    """
    engine.stage_rows('read_scopes', _SCOPE, ({'source': source, 'scope': scope} for scope in scopes))
    chosen = f'({_HASHED}) AS l WHERE TRUE' if run.dry else f'{_OF_SCOPES} WHERE NOT l.gone'
    gone = 'l.line_id NOT IN (SELECT line_id FROM incoming)' if run.dry else 'l.gone'
    pieces = _pieces(engine, dry=run.dry)
    for number, piece in enumerate(pieces):
        if number == 0:
            columns = 'l.*' if len(pieces) == 1 else ', '.join(f'l.{name}' for name in _TOLD)
            engine.stage('chosen_lines', f'SELECT {columns} FROM {chosen}')
            stage_told(engine, pricing, run.run_id)
        if len(pieces) > 1:
            engine.stage('chosen_lines', f'SELECT l.* FROM {chosen} AND {piece.condition}', piece.parameters)
        engine.stage(
            'gone_lines',
            f'SELECT l.line_id, l.usage_end_time, l.export_time FROM {_OF_SCOPES} WHERE {gone} AND {piece.condition}',
            piece.parameters,
        )
        stage_priced(engine, attribution, pricing)
        # A line of these sources may come again with another time; a batch has completed once.
        yield post(engine, run, bounded=source == 'hail')


def _pieces(engine: Engine, *, dry: bool) -> list[_Piece]:
    """The lines of the scopes that are read, gone ones too, in pieces of `LINES_AT_ONCE`, by the order of their ids."""
    lines = f'SELECT l.line_id FROM {_OF_SCOPES}' + (' UNION DISTINCT SELECT line_id FROM incoming' if dry else '')
    firsts = [
        row['line_id']
        for row in engine.query(
            f'SELECT line_id FROM (SELECT line_id, ROW_NUMBER() OVER (ORDER BY line_id) AS place FROM ({lines})) '
            'WHERE place > 1 AND MOD(place - 1, @size) = 0 ORDER BY line_id',
            {'size': LINES_AT_ONCE},
        )
    ]
    return [_Piece(first, until) for first, until in zip([None, *firsts], [*firsts, None], strict=True)]


def repriced(engine: Engine, source: str, currency: str) -> list[str]:
    """Scopes whose lines have a rate of their month now that they did not have when they were booked."""
    rows = engine.query(model('repriced_scopes'), {'source': source, 'currency': currency})
    return sorted(row['scope'] for row in rows)
