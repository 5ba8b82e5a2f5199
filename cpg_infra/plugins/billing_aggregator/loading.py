"""From a source to staged lines: the Google export by arrival days, every other source by way of `source_lines`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.attribution import Attribution
from cpg_infra.plugins.billing_aggregator.ledger.conflicts import again_on_conflict
from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.merging import merge_rows
from cpg_infra.plugins.billing_aggregator.ledger.posting import Posted, Run, post
from cpg_infra.plugins.billing_aggregator.ledger.rates import DatedRate, stage_rates
from cpg_infra.plugins.billing_aggregator.ledger.schema import LINES, RATES, Column
from cpg_infra.plugins.billing_aggregator.ledger.sql import model
from cpg_infra.plugins.billing_aggregator.sources.source import Day, Export, Line, Notes, Reading

ROWS_TOGETHER: Final = 400_000
"""Rows of arrival days that are loaded in one go: enough to be fast, few enough for memory."""

LINES_TOGETHER: Final = 100_000
"""Lines of scopes that are kept and booked in one go; a scope is never divided."""

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
    engine.stage_rows('incoming', LINES.columns, _next_lines(readings, scopes, source, notes))
    if dry or not scopes:
        return scopes
    engine.stage_rows('kept_scopes', _SCOPE, ({'source': source, 'scope': scope} for scope in scopes))
    _write_kept(engine, source)
    return scopes


@again_on_conflict
def _write_kept(engine: Engine, source: str) -> None:
    with engine.transaction():
        engine.execute(merge_rows(LINES, 'SELECT * FROM incoming'))
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


def stage_kept(engine: Engine, source: str, scopes: Sequence[str], *, dry: bool) -> None:
    """Lay out the kept lines of these scopes, and those that are gone; when `dry`, what `keep` has laid out."""
    engine.stage_rows('read_scopes', _SCOPE, ({'source': source, 'scope': scope} for scope in scopes))
    of_scopes = 'FROM source_lines AS l JOIN read_scopes AS r ON r.source = l.source AND r.scope = l.scope'
    gone = 'l.line_id NOT IN (SELECT line_id FROM incoming)' if dry else 'l.gone'
    engine.stage('chosen_lines', 'SELECT * FROM incoming' if dry else f'SELECT l.* {of_scopes} WHERE NOT l.gone')
    engine.stage('gone_lines', f'SELECT l.line_id, l.usage_end_time, l.export_time {of_scopes} WHERE {gone}')


def stage_chosen(engine: Engine, attribution: Attribution, pricing: Pricing, run_id: str) -> None:
    """Price and attribute the stage `chosen_lines`."""
    stage_rates(engine, pricing.currency, pricing.dated)
    engine.stage(
        'lines',
        model('priced_lines'),
        {
            'default_topic': attribution.default_topic,
            'hail_topic': attribution.hail_topic,
            'currency': pricing.currency,
        },
    )
    engine.stage('new_totals', model('priced_totals'), {'run_id': run_id, 'currency': pricing.currency})


def load_kept(
    engine: Engine,
    source: str,
    scopes: Sequence[str],
    attribution: Attribution,
    pricing: Pricing,
    run: Run,
) -> Posted:
    """Book the kept lines of these scopes. The attribution is staged already."""
    stage_kept(engine, source, scopes, dry=run.dry)
    stage_chosen(engine, attribution, pricing, run.run_id)
    # A line of these sources may come again with another time; a batch has completed once.
    return post(engine, run, bounded=source == 'hail')


def repriced(engine: Engine, source: str, currency: str) -> list[str]:
    """Scopes whose lines have a rate of their month now that they did not have when they were booked."""
    rows = engine.query(model('repriced_scopes'), {'source': source, 'currency': currency})
    return sorted(row['scope'] for row in rows)
