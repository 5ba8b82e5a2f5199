"""The entry point that aggregates."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from typing import Any, Final

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome, replace_proportions
from cpg_infra.plugins.billing_aggregator.requests import Arrival, read_aggregation
from cpg_infra.plugins.billing_aggregator.service.configured import Configured
from cpg_infra.plugins.billing_aggregator.service.response import FAILED, OK, Response
from cpg_infra.plugins.billing_aggregator.settings import read_proportions, settings_of
from cpg_infra.plugins.billing_aggregator.sources.configured import other_sources

SOURCES: Final = ('azure', 'focus', 'gcp', 'hail', 'ica')


def from_request(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """Aggregate. 500 when a source failed or is not reconciled; what the others did stays."""
    request = read_aggregation(arrival, SOURCES, now)
    settings = settings_of(configured.folder, configured.organisation, [*configured.datasets.values()])
    asked = Asked(start=request.start, end=request.end, batches=request.batch_ids, dry=request.dry_run)
    with configured.ledger() as ledger:
        if settings.proportions is not None and not request.dry_run:
            replace_proportions(ledger.engine, read_proportions(settings.proportions))
        with ExitStack() as stack:
            aggregation = Aggregation(
                ledger.engine,
                settings,
                now,
                export=_export(ledger, settings),
                others=other_sources(settings, _functions(configured), stack),
            )
            outcomes = aggregation.run(
                asked, only=ALIASES.get(request.source or '', request.source and (request.source,))
            )
    good = all(outcome.status == 'ok' for outcome in outcomes)
    return Response(OK if good else FAILED, {'sources': [_said(outcome) for outcome in outcomes]})


def _said(outcome: Outcome) -> dict[str, Any]:
    posted = outcome.posted
    return {
        'source': outcome.source,
        'status': outcome.status,
        'lines': posted.lines,
        'inserted': posted.inserted,
        'updated': posted.updated,
        'deleted': posted.deleted,
        'rejected': posted.rejected,
        'faults': outcome.faults,
        'notes': outcome.notes.said,
    }
