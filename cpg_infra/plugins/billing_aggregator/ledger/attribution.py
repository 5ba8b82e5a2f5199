"""Who carries a cost: the organisation's projects, payers and shared services, laid out as stage tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cpg_infra.plugins.billing_aggregator.ledger.engine import Engine, Row
from cpg_infra.plugins.billing_aggregator.ledger.faults import LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.schema import Column

UNALLOCATED: Final = 'unallocated'
LARGEST_TOTAL: Final = 2**31 - 1
"""The weights of a map sum to no more: the product with a residue then fits 64 bits."""

_FOR_EVER: Final = dt.date(9999, 12, 31)
_TEST: Final = '-test'


@dataclass(frozen=True, slots=True)
class Shared:
    """A service that several datasets share: what `payer` is billed by `source` is split by `method`.

    Before `from_day`, and where there is no map, all of it goes to `fallback_topic`.
    """

    source: str
    match: str
    method: str
    fallback_topic: str
    from_day: dt.date


@dataclass(frozen=True, slots=True)
class Attribution:
    """Everything that decides a topic.

    `projects`: project or payer → topic, for all sources. `payers`: the same for one source only.
    `datasets`: the names that a label may name, with or without `-test`.
    """

    projects: Mapping[str, str] = field(default_factory=dict)
    payers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    shared: Sequence[Shared] = ()
    datasets: frozenset[str] = frozenset()
    hail_topic: str = 'hail'
    default_topic: str = 'admin'

    def named(self, label: str) -> str | None:
        """The topic that a label names; a name that is a dataset is never cut."""
        if label in self.datasets:
            return label
        cut = label.removesuffix(_TEST)
        return cut if cut in self.datasets else None

    def stage(self, engine: Engine) -> None:
        """Lay it out as `attributed`, `payers`, `shared`, `named`, `maps` and `weights`.

        Raises `LedgerError` for proportions that cannot be used.
        """
        maps = _maps(engine.query('SELECT method, effective_from, topic, weight, version FROM proportions'))
        whole = sorted(self.datasets | {shared.fallback_topic for shared in self.shared})
        singles = {topic: number for number, topic in enumerate(whole, start=len(maps) + 1)}
        labels = sorted({*self.datasets, *(f'{name}{_TEST}' for name in self.datasets)})
        _stage(engine, 'attributed', 'project_id STRING, topic STRING', self.projects.items())
        _stage(
            engine,
            'payers',
            'source STRING, payer STRING, topic STRING',
            ((source, payer, topic) for (source, payer), topic in self.payers.items()),
        )
        _stage(
            engine,
            'shared',
            'source STRING, match STRING, method STRING, from_day DATE, fallback_map_no INT64',
            (
                (one.source, one.match, one.method, one.from_day, singles[one.fallback_topic])
                for one in _once(self.shared)
            ),
        )
        _stage(
            engine,
            'named',
            'name STRING, map_no INT64',
            ((label, singles[topic]) for label in labels if (topic := self.named(label)) is not None),
        )
        _stage(
            engine,
            'maps',
            'map_no INT64, method STRING, from_day DATE, until_day DATE, version STRING, total INT64',
            [
                *((no, m.method, m.first, m.until, m.version, m.total) for no, m in enumerate(maps, start=1)),
                *((no, None, None, None, None, 1) for no in singles.values()),
            ],
        )
        _stage(
            engine,
            'weights',
            'map_no INT64, topic STRING, weight INT64, total INT64',
            [
                *((no, topic, w, m.total) for no, m in enumerate(maps, start=1) for topic, w in m.weights.items()),
                *((no, topic, 1, 1) for topic, no in singles.items()),
            ],
        )


@dataclass(frozen=True, slots=True)
class _Map:
    method: str
    first: dt.date
    until: dt.date
    version: str | None
    weights: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.weights.values())


def _maps(rows: Sequence[Row]) -> list[_Map]:
    grouped: dict[tuple[str, dt.date], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row['method'], row['effective_from']), []).append(row)
    found = []
    keys = sorted(grouped)
    for place, (method, first) in enumerate(keys):
        later = keys[place + 1 :]
        until = later[0][1] if later and later[0][0] == method else _FOR_EVER
        weights = {row['topic']: row['weight'] for row in grouped[method, first] if row['weight']}
        if sum(weights.values()) > LARGEST_TOTAL or min(weights.values(), default=1) < 0:
            raise LedgerError(
                f'proportions {method} from {first}: weights are whole numbers from 0 on that sum to at most {LARGEST_TOTAL}'
            )
        # A map whose weights are all 0 is none: its days fall back.
        if weights:
            found.append(_Map(method, first, until, grouped[method, first][0]['version'], weights))
    return found


def _once(shared: Sequence[Shared]) -> Iterator[Shared]:
    seen: set[tuple[str, str]] = set()
    for one in shared:
        if (one.source, one.match) in seen:
            raise LedgerError(f'shared: {one.match} of {one.source} is written twice')
        seen.add((one.source, one.match))
        yield one


def _stage(engine: Engine, name: str, shape: str, rows: Iterable[Sequence[object]]) -> None:
    columns = [Column(column, kind, '') for column, kind in (part.split() for part in shape.split(', '))]
    listed = [dict(zip((column.name for column in columns), row, strict=True)) for row in rows]
    engine.stage_rows(name, columns, listed)
