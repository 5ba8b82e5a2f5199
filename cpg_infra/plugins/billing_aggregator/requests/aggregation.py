"""What to aggregate: a window of time, or some batches, of one source or of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from cpg_infra.plugins.billing_aggregator.requests.arrival import Arrival
from cpg_infra.plugins.billing_aggregator.requests.faults import Faults
from cpg_infra.plugins.billing_aggregator.requests.fields import read_fields
from cpg_infra.plugins.billing_aggregator.requests.values import batch_ids, flag, instant, one_of

LONGEST_WINDOW: Final = dt.timedelta(days=400)

SOURCES_WITH_BATCHES: Final = frozenset({'hail', 'seqr'})

_FIELDS: Final = ('start', 'end', 'batch_ids', 'source', 'dry_run')


@dataclass(frozen=True, slots=True)
class AggregationRequest:
    """Without `start`, `end` and `batch_ids` each source reads what its watermark asks for. Both moments are UTC."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None
    batch_ids: tuple[int, ...] = ()
    source: str | None = None
    dry_run: bool = False


def read_aggregation(arrival: Arrival, sources: Collection[str], now: dt.datetime) -> AggregationRequest:
    """Read a request. Raises `BadRequestError` with all its faults."""
    faults = Faults()
    fields = read_fields(arrival, _FIELDS, faults)
    request = AggregationRequest(
        start=instant(fields, 'start', faults),
        end=instant(fields, 'end', faults),
        batch_ids=batch_ids(fields, 'batch_ids', faults),
        source=one_of(fields, 'source', sources, faults),
        dry_run=flag(fields, 'dry_run', faults),
    )
    _check_window(request, now, faults)
    if request.batch_ids and (request.start or request.end):
        faults.add('batch_ids', 'cannot go with a window: these batches are read whenever they ran')
    if request.batch_ids and request.source is not None and request.source not in SOURCES_WITH_BATCHES:
        faults.add('batch_ids', f'{request.source} has no batches')
    faults.refuse_any()
    return request


def _check_window(request: AggregationRequest, now: dt.datetime, faults: Faults) -> None:
    for name, moment in (('start', request.start), ('end', request.end)):
        if moment is not None and moment > now:
            faults.add(name, f'{moment.isoformat()} is in the future')
    if request.start is None:
        if request.end is not None:
            faults.add('end', 'needs a start')
        return
    end = request.end or now
    if request.end is not None and end <= request.start:
        faults.add('end', f'{end.isoformat()} is not after the start, {request.start.isoformat()}')
    elif end - request.start > LONGEST_WINDOW:
        faults.add('start', f'the window is longer than {LONGEST_WINDOW.days} days; back-fill instead')
