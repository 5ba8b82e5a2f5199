"""Builds exports, settings and ledgers for tests; everything has a default."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome, replace_proportions
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.attribution import Attribution, Shared
from cpg_infra.plugins.billing_aggregator.ledger.duckdb_engine import DuckDBEngine
from cpg_infra.plugins.billing_aggregator.ledger.rates import DatedRate
from cpg_infra.plugins.billing_aggregator.loading import Pricing
from cpg_infra.plugins.billing_aggregator.settings import Settings
from cpg_infra.plugins.billing_aggregator.sources.gcp_files import GcpFiles
from cpg_infra.plugins.billing_aggregator.sources.source import Line, Notes, Reading, Source, Window

NOW: Final = dt.datetime(2024, 3, 10, 12, tzinfo=dt.UTC)
DATASETS: Final = frozenset({'ataxia', 'controls', 'twins', 'foo-2'})

Row = dict[str, Any]


def export_row(**changes: object) -> Row:
    """A row of the export, as JSON; a `project` of None is none, a text is its id."""
    row: Row = {
        'billing_account_id': 'A-1',
        'service': {'id': 's1', 'description': 'Cloud Storage'},
        'sku': {'id': 'k1', 'description': 'Standard Storage'},
        'usage_start_time': '2024-03-01 09:00:00',
        'usage_end_time': '2024-03-01 10:00:00',
        'project': 'lantern-ataxia',
        'labels': [],
        'system_labels': [],
        'location': {'location': 'au', 'country': 'AU', 'region': 'au-1', 'zone': None},
        'export_time': '2024-03-01 15:00:00',
        'cost': 1.25,
        'currency': 'AUD',
        'currency_conversion_rate': 1.5,
        'usage': {'amount': 12.5, 'unit': 'seconds', 'amount_in_pricing_units': 0.25, 'pricing_unit': 'hour'},
        'credits': [],
        'invoice': {'month': '202403'},
        'cost_type': 'regular',
        'adjustment_info': None,
        **changes,
    }
    if isinstance(row.get('project'), str):
        row['project'] = {'id': row['project'], 'number': '1', 'name': row['project'], 'labels': []}
    return row


def credit(amount: float, name: str = 'discount') -> Row:
    return {'name': name, 'amount': amount, 'full_name': name, 'id': name, 'type': 'DISCOUNT'}


def write_export(file: Path, rows: Iterable[Row]) -> Path:
    """An export of JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(''.join(json.dumps(row) + '\n' for row in rows), encoding='utf-8')
    return file


def attribution(**changes: Any) -> Attribution:
    given: dict[str, Any] = {
        'projects': {f'lantern-{name}': name for name in DATASETS} | {'lantern-seqr': 'seqr'},
        'payers': {('hail', 'ci'): 'hail'},
        'shared': (shared('gcp', 'lantern-seqr', 'hosting'), shared('hail', 'seqr', 'compute')),
        'datasets': DATASETS,
        **changes,
    }
    return Attribution(**given)


def shared(source: str, match: str, method: str, fallback: str = 'overhead') -> Shared:
    return Shared(source, match, method, fallback, dt.date(2021, 9, 1))


def settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {
        'attribution': attribution(),
        'pricing': Pricing('AUD', (DatedRate('iCredit', '202301', 1.54),)),
        **changes,
    }
    return Settings(**given)


def proportions(
    weights: Mapping[str, int], method: str = 'hosting', since: str = '2022-01-01', version: str = 'v1'
) -> list[dict[str, object]]:
    return [
        {
            'method': method,
            'effective_from': dt.date.fromisoformat(since),
            'topic': topic,
            'weight': weight,
            'version': version,
        }
        for topic, weight in weights.items()
    ]


def set_proportions(ledger: Ledger, *maps: list[dict[str, object]]) -> None:
    replace_proportions(ledger.engine, [row for rows in maps for row in rows])


def aggregate(
    ledger: Ledger,
    pattern: Path | str | None = None,
    *others: Source,
    now: dt.datetime = NOW,
    given: Settings | None = None,
    **asked: Any,
) -> list[Outcome]:
    """A run over the export that matches a pattern, and other sources. It takes no time."""
    export = export_in(ledger, pattern) if pattern is not None else None
    run = Aggregation(ledger.engine, given or settings(), now, export=export, others=others, clock=stopped)
    return run.run(Asked(**asked))


def export_in(ledger: Ledger, pattern: Path | str) -> GcpFiles:
    """The export in files that match a pattern, beside a ledger in a file, or one whose engine a test has wrapped."""
    return GcpFiles(cast('DuckDBEngine', ledger.engine), str(pattern))


def engine_of(ledger: Ledger) -> DuckDBEngine:
    """The engine of a ledger in a file."""
    assert isinstance(ledger.engine, DuckDBEngine)
    return ledger.engine


def stopped() -> float:
    """A clock that stands still."""
    return 0.0


def loaded(
    tmp_path: Path, rows: Sequence[Row], *maps: list[dict[str, object]], file: str = 'l.duckdb', **options: Any
) -> list[Row]:
    """The postings after one run over these rows; every source must be reconciled."""
    pattern = write_export(tmp_path / 'export' / 'rows.json', rows)
    with open_ledger(tmp_path / file) as ledger:
        set_proportions(ledger, *maps)
        outcomes = aggregate(ledger, pattern, **options)
        assert [(one.status, one.faults) for one in outcomes] == [('ok', [])]
        return postings(ledger)


WHEN: Final = ('run_id', 'loaded_at')
"""Columns that say when a row was written."""


def postings(ledger: Ledger) -> list[Row]:
    """Every posting, whole but for when it was written, by id."""
    rows = ledger.query('SELECT * FROM ledger ORDER BY id')
    return [{name: value for name, value in row.items() if name not in WHEN} for row in rows]


def by_topic(rows: Iterable[Row], measure: str = 'cost_exact') -> dict[str, Decimal]:
    """What each topic carries in all."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row['topic']] = found.get(row['topic'], Decimal(0)) + row[measure]
    return {topic: amount for topic, amount in found.items() if amount}


def total(rows: Iterable[Row], measure: str = 'cost_exact') -> Decimal:
    return sum((row[measure] for row in rows), Decimal(0))


class FixedSource:
    """A source that has these lines, by scope."""

    overlap = dt.timedelta(days=1)

    def __init__(self, name: str, scopes: Mapping[str, Sequence[Line]], fault: Exception | None = None) -> None:
        self.name = name
        self.scopes = scopes
        self.fault = fault
        self.windows: list[Window] = []

    def read(self, window: Window, notes: Notes) -> Iterator[Reading]:
        self.windows.append(window)
        for scope, lines in self.scopes.items():
            yield Reading(scope, lines)
        if self.fault is not None:
            raise self.fault
