"""Which topics carry something else than they should, when a source does not reconcile.

What a topic should carry is worked out anew from what the source says: from the export as it lies there, and from the
kept lines of the other sources. Lines are attributed and split as a load would do it now.

The months that are closed keep the splits that they have, whatever holds now. Of these only such lines are compared as
have postings that are not theirs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Row
from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.posting import number_repeated
from cpg_infra.plugins.billing_aggregator.ledger.reconciling import Balance, Measure, TopicDifference
from cpg_infra.plugins.billing_aggregator.ledger.sql import model
from cpg_infra.plugins.billing_aggregator.loading import stage_days, stage_priced, stage_told
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.source import Export, SourceError

MOST_MONTHS: Final = 6
"""Each month is read as a whole. When very much is wrong, the rest is asked for month by month."""

_MEASURES: tuple[Measure, ...] = ('lines', 'cost', 'credits')
_NOTHING = 'SELECT l.line_id, l.usage_end_time, l.export_time FROM source_lines AS l WHERE FALSE'


@dataclass(frozen=True, slots=True)
class Told:
    """Where to ask again what the sources say. `open_from`: the first invoice month that is not closed."""

    export: Export | None
    settings: Settings
    open_from: str


def with_topics(engine: Engine, balances: Sequence[Balance], told: Told) -> list[Balance]:
    """The same balances, each with the topics that differ. The attribution is staged already.

    Where they could not be worked out, the balance's note says why: that a balance does not hold is news all the same.
    """
    months = sorted({one.invoice_month for one in balances})
    found: dict[tuple[str, str], tuple[list[TopicDifference], str]] = {}
    for source, month in sorted({(one.source, one.invoice_month) for one in balances}):
        if month not in months[-MOST_MONTHS:]:
            found[source, month] = (
                [],
                f'topics are compared in the newest {MOST_MONTHS} months; ask for this one alone',
            )
            continue
        try:
            _stage(engine, source, month, told)
            found[source, month] = ([*_differences(engine, source, month, told.open_from)], '')
        except (SourceError, LedgerError) as error:
            found[source, month] = ([], f'which topics differ is not known: {error}')
    return [_completed(one, *found[one.source, one.invoice_month]) for one in balances]


def _stage(engine: Engine, source: str, month: str, told: Told) -> None:
    """Lay out the lines of a source and month, attributed and priced, each with an id of its own."""
    attribution = told.settings.attribution
    if source == 'gcp':
        if told.export is None:
            raise SourceError('gcp', 'it is not configured here')
        first, last = _arrivals(engine, month)
        stage_days(engine, told.export, first, last, attribution, '')
    else:
        engine.stage(
            'chosen_lines',
            'SELECT l.* FROM source_lines AS l WHERE l.source = @source AND NOT l.gone '
            'AND COALESCE(l.month, INVOICE_MONTH(l.usage_end_time)) = @month',
            {'source': source, 'month': month},
        )
        stage_told(engine, told.settings.pricing, '')
        stage_priced(engine, attribution, told.settings.pricing)
    engine.stage('gone_lines', _NOTHING)
    number_repeated(engine)


def _arrivals(engine: Engine, month: str) -> tuple[dt.date, dt.date]:
    """The first and last day on which lines of a month arrived."""
    rows = engine.query(
        "SELECT DISTINCT scope FROM totals WHERE source = 'gcp' AND invoice_month = @month", {'month': month}
    )
    days = [day for row in rows if (day := _day(row['scope'])) is not None]
    if not days:
        raise SourceError('gcp', f'it never told anything of {month}')
    return min(days), max(days)


def _day(scope: str) -> dt.date | None:
    """The day that a scope is; None for one that the ledger should not have."""
    try:
        return dt.date.fromisoformat(scope)
    except ValueError:
        return None


def _differences(engine: Engine, source: str, month: str, open_from: str) -> Iterator[TopicDifference]:
    given = {'source': source, 'month': month}
    engine.stage('differing_lines', model('differing_lines'), given)
    rows = engine.query(model('topic_differences'), {**given, 'all_lines': month >= open_from})
    for row in rows:
        yield from _told(row, source, month)


def _told(row: Row, source: str, month: str) -> Iterable[TopicDifference]:
    for measure in _MEASURES:
        expected, booked = row[f'expected_{measure}'], row[f'booked_{measure}']
        if expected != booked:
            yield TopicDifference(source, month, row['currency'], row['topic'], measure, expected, booked)


def _completed(balance: Balance, differences: Sequence[TopicDifference], note: str) -> Balance:
    topics = tuple(one for one in differences if one.currency == balance.currency)
    if not topics and not note and not balance.ok:
        note = 'every topic carries what the source says now'
    return dataclasses.replace(balance, topics=topics, note=note)


def differences_of(balances: Iterable[Balance]) -> list[TopicDifference]:
    """All of them, the largest amounts first."""
    found = [one for balance in balances for one in balance.topics]
    return sorted(found, key=lambda one: (-abs(one.difference), one.source, one.invoice_month, one.topic))
