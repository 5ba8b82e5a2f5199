"""Does the ledger hold what the sources said, to the last unit?

Every number is compared exactly: costs and credits as NUMERIC, lines by count. The sum of the raw floats is compared
too, within a millionth, because it is the number that anybody else would compute.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine
from cpg_infra.plugins.billing_aggregator.ledger.merging import merge_rows, with_models
from cpg_infra.plugins.billing_aggregator.ledger.posting import Touched
from cpg_infra.plugins.billing_aggregator.ledger.schema import RECONCILIATION, TOPIC_FIELDS
from cpg_infra.plugins.billing_aggregator.ledger.sql import model

FLOAT_TOLERANCE: Final = Decimal('1e-6')
"""Relative difference of the float sum that order of addition may make."""


Measure = Literal['lines', 'cost', 'credits']
"""What a topic carries: a count of lines, or an exact amount in the balance's currency."""


@dataclass(frozen=True, slots=True)
class TopicDifference:
    """A topic that carries something else than the lines of its source ask for."""

    source: str
    invoice_month: str
    currency: str
    topic: str
    measure: Measure
    expected: Decimal
    booked: Decimal

    @property
    def difference(self) -> Decimal:
        """What is booked too much; negative for too little."""
        return self.booked - self.expected

    @property
    def said(self) -> dict[str, str]:
        """As JSON; amounts are texts, so that no digit is lost."""
        amounts = {'expected': self.expected, 'booked': self.booked, 'difference': self.difference}
        return {
            'source': self.source,
            'month': self.invoice_month,
            'currency': self.currency,
            'topic': self.topic,
            'measure': self.measure,
            **{name: plain(amount) for name, amount in amounts.items()},
        }

    def __str__(self) -> str:
        unit = '' if self.measure == 'lines' else f' {self.currency}'
        return (
            f'{self.topic}: {self.measure} {plain(self.expected)} expected, {plain(self.booked)} booked, '
            f'difference {plain(self.difference)}{unit}'
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """One source, invoice month and currency. All differences must be 0.

    `topics`: those that differ, where they were worked out; `note`: why they were not.
    """

    source: str
    invoice_month: str
    currency: str
    source_lines: int
    ledger_lines: int
    source_cost: Decimal
    ledger_cost: Decimal
    difference: Decimal
    credits_difference: Decimal
    split_difference: Decimal
    given_back_difference: Decimal
    source_float: float
    uneven_lines: int = 0
    topics: tuple[TopicDifference, ...] = ()
    note: str = ''

    @property
    def ok(self) -> bool:
        """Everything holds."""
        return not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not hold, in words."""
        found = []
        if self.source_lines != self.ledger_lines:
            found.append(f'{self.source_lines:,} lines in the source, {self.ledger_lines:,} in the ledger')
        for what, amount in (
            ('cost', self.difference),
            ('credits', self.credits_difference),
            ('splits and reversals', self.split_difference),
            ('costs and what is given back', self.given_back_difference),
        ):
            if amount:
                found.append(f'{what} differ by {plain(amount)}')
        if self.uneven_lines:
            found.append(f'{self.uneven_lines:,} lines whose postings do not sum to them')
        if abs(Decimal(self.source_float) - self.source_cost) > FLOAT_TOLERANCE * max(
            Decimal(1), abs(self.source_cost)
        ):
            found.append(f'the raw numbers sum to {self.source_float}, exactly to {plain(self.source_cost)}')
        if self.topics and not found:
            found.append('the sums hold, and are not on the topics that they belong to')
        return tuple(found)

    def __str__(self) -> str:
        said = '; '.join(self.faults) or 'reconciled'
        return f'{self.source} {self.invoice_month or "without month"} {self.currency or "without currency"}: {said}'


def plain(amount: Decimal) -> str:
    """An amount with the digits that it has."""
    return f'{amount.normalize():f}'


def balances(
    engine: Engine,
    *,
    source: str | None = None,
    months: tuple[str, str] | None = None,
    uneven: Mapping[tuple[str, str, str], int] | None = None,
) -> list[Balance]:
    """The balances, of this source and from the first to the last of these invoice months only if given.

    `uneven`: lines that do not sum, by source, month and currency, as a load has found them.
    """
    postings, sayings = 'SELECT * FROM ledger WHERE run_id IS NOT NULL', 'SELECT * FROM totals WHERE TRUE'
    given: dict[str, str] = {}
    if source is not None:
        given['source'] = source
        postings += ' AND source = @source'
        sayings += ' AND source = @source'
    if months is not None:
        given['first'], given['last'] = months
        postings += ' AND invoice.month BETWEEN @first AND @last'
        sayings += ' AND invoice_month BETWEEN @first AND @last'
    models = {'postings': postings, 'sayings': sayings, 'booked': model('booked'), 'told': model('told')}
    return [
        Balance(**row, uneven_lines=(uneven or {}).get((row['source'], row['invoice_month'], row['currency']), 0))
        for row in engine.query(with_models(models, model('balances')), given)
    ]


def uneven_lines(engine: Engine, touched: Touched) -> dict[tuple[str, str], int]:
    """How many of the staged lines do not sum, by invoice month and currency."""
    rows = engine.query(model('uneven_lines'), touched.parameters)
    return {(row['invoice_month'] or '', row['currency']): int(row['lines']) for row in rows}


def uneven_splits(engine: Engine, month: str) -> dict[tuple[str, str, str], int]:
    """How many lines of a month are split into something else than themselves."""
    rows = engine.query(model('uneven_splits'), {'month': month})
    return {(row['source'], month, row['currency']): int(row['lines']) for row in rows}


def record(engine: Engine, found: Iterable[Balance], run_id: str, now: dt.datetime) -> None:
    """Keep the outcome, for alerts and reports."""
    rows = [
        {
            'source': b.source,
            'invoice_month': b.invoice_month,
            'currency': b.currency,
            'checked_at': now,
            'run_id': run_id,
            'source_lines': b.source_lines,
            'ledger_lines': b.ledger_lines,
            'source_cost': b.source_cost,
            'ledger_cost': b.ledger_cost,
            'difference': b.difference,
            'credits_difference': b.credits_difference,
            'uneven_lines': b.uneven_lines,
            'source_float': b.source_float,
            'ok': b.ok,
            'topics': [{key: topic.said[key] for key in TOPIC_FIELDS} for topic in b.topics],
        }
        for b in found
    ]
    if rows:
        engine.stage_rows('checked', RECONCILIATION.columns, rows)
        engine.execute(merge_rows(RECONCILIATION, 'SELECT * FROM checked'))
