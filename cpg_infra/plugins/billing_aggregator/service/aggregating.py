"""The entry point that aggregates."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import ExitStack
from typing import Any, Final

from cpg_infra.plugins.billing_aggregator.aggregate import Aggregation, Asked, Outcome, replace_proportions
from cpg_infra.plugins.billing_aggregator.requests import AggregationRequest, Arrival, read_aggregation
from cpg_infra.plugins.billing_aggregator.service.configured import Configured
from cpg_infra.plugins.billing_aggregator.service.response import FAILED, OK, Response
from cpg_infra.plugins.billing_aggregator.settings import ALIASES, read_proportions, settings_of
from cpg_infra.plugins.billing_aggregator.sources.configured import google_export, other_sources

_LOG: Final = logging.getLogger('cpg_infra.billing')

SOURCES: Final = ('azure', 'focus', 'gcp', 'hail', 'ica', *ALIASES)


def from_request(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """Aggregate. 500 when a source failed or is not reconciled; what the others did stays."""
    outcomes = _outcomes(read_aggregation(arrival, SOURCES, now), configured, now)
    for outcome in outcomes:
        _log(outcome)
    good = all(outcome.status == 'ok' for outcome in outcomes)
    return Response(OK if good else FAILED, {'sources': [_said(outcome) for outcome in outcomes]})


def _outcomes(request: AggregationRequest, configured: Configured, now: dt.datetime) -> list[Outcome]:
    settings = settings_of(configured.folder, configured.organisation, [*configured.datasets.values()])
    billing = configured.organisation.billing
    functions = billing.aggregator.functions if billing and billing.aggregator else ()
    proportions = read_proportions(settings.proportions) if settings.proportions is not None else None
    asked = Asked(start=request.start, end=request.end, batches=request.batch_ids, dry=request.dry_run)
    only = None if request.source is None else ALIASES.get(request.source, (request.source,))
    with ExitStack() as stack:
        engine = stack.enter_context(configured.ledger()).engine
        if proportions is not None and not request.dry_run:
            replace_proportions(engine, proportions)
        table = billing.gcp.source_bq_table if billing and billing.gcp else None
        export = google_export(engine, settings, table)
        others = other_sources(settings, functions, stack)
        return Aggregation(engine, settings, now, export=export, others=others).run(asked, only)


def _log(outcome: Outcome) -> None:
    """What alerts are made of: one looks for `not reconciled`."""
    faults = '; '.join(outcome.faults)
    if outcome.status == 'unreconciled':
        _LOG.error('%s is not reconciled: %s', outcome.source, faults)
    elif outcome.status == 'failed':
        _LOG.error('%s failed: %s', outcome.source, faults)
    else:
        _LOG.info('%s: %s lines', outcome.source, outcome.posted.lines)


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
