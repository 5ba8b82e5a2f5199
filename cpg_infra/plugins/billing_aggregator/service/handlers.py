"""One function per entry point, and what becomes of their exceptions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Final

from cpg_infra.config import ConfigurationError
from cpg_infra.plugins.billing_aggregator.cost_control import CostControl
from cpg_infra.plugins.billing_aggregator.cost_report import billing_states, gather, make_report, send, text
from cpg_infra.plugins.billing_aggregator.ledger import LedgerError
from cpg_infra.plugins.billing_aggregator.outside import Budgets, CloudBilling, OutsideError
from cpg_infra.plugins.billing_aggregator.requests import (
    Arrival,
    BadRequestError,
    read_message,
    read_monthly,
    read_plain,
    read_report,
)
from cpg_infra.plugins.billing_aggregator.service.aggregating import from_request
from cpg_infra.plugins.billing_aggregator.service.configured import Configured
from cpg_infra.plugins.billing_aggregator.service.response import BAD, FAILED, OK, Response
from cpg_infra.plugins.billing_aggregator.service.summarising import summarise
from cpg_infra.plugins.billing_aggregator.tables import (
    configured_budgets,
    last_month,
    told_budgets,
    write_budgets,
)

_LOG: Final = logging.getLogger('cpg_infra.billing')

Handler = Callable[[Arrival, Configured, dt.datetime], Response]


def cost_control(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """A budget's notification. 500 when anything is in doubt, so that it comes again and somebody looks."""
    message = read_message(arrival)
    with configured.http() as http:
        identity = configured.identity(http)
        control = CostControl(
            policy=configured.policy(),
            ledger=configured.ledger,
            budgets=Budgets(http, identity),
            billing=CloudBilling(http, identity),
            slack=configured.slack(http),
        )
        handled = control.handle(message, now)
    body = {
        'outcome': handled.outcome,
        'reasons': [*handled.reasons],
        'explanation': handled.explanation,
        'repeated': handled.repeated,
    }
    return Response(OK if handled.certain else FAILED, body)


def cost_report(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """The daily report, posted to Slack."""
    request = read_report(arrival)
    policy = configured.policy()
    with configured.http() as http:
        states = billing_states(CloudBilling(http, configured.identity(http)), policy.projects.keys())
        with configured.ledger(read_only=True) as ledger:
            figures = gather(ledger, now)
        report = make_report(figures, configured.known(states), now.astimezone(configured.zone), force=request.force)
        if request.dry_run:
            return Response(OK, {'posted': 0, 'flagged': len(report.flagged), 'report': text(report)})
        posted = send(report, configured.slack(http))
    return Response(OK, {'posted': posted, 'flagged': len(report.flagged)})


def budgets(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """Today's budgets, from the Budgets API and the configuration."""
    request = read_plain(arrival)
    rows = configured_budgets(configured.organisation, configured.datasets)
    with configured.http() as http:
        rows = told_budgets(rows, Budgets(http, configured.identity(http)).all(configured.account))
    if not request.dry_run:
        with configured.ledger() as ledger:
            write_budgets(ledger, rows, now)
    return Response(OK, {'budgets': len(rows), 'written': not request.dry_run})


def monthly(arrival: Arrival, configured: Configured, now: dt.datetime) -> Response:
    """The figures of a month. 500 when the spreadsheet was not written; the table is, then too."""
    request = read_monthly(arrival, now.date())
    month = f'{request.month:%Y%m}' if request.month else last_month(now)
    done = summarise(configured, month, now, dry_run=request.dry_run)
    body = {'month': month, 'rows': len(done.rows), 'written': not request.dry_run}
    if done.fault is not None:
        _LOG.error('monthly: the table has %s, and the spreadsheet has not: %s', month, done.fault)
        return Response(FAILED, {**body, 'error': done.fault})
    return Response(OK, body if done.sheeted is None else {**body, 'spreadsheet': dataclasses.asdict(done.sheeted)})


ENTRY_POINTS: Final[Mapping[str, Handler]] = {
    'budgets': budgets,
    'cost_control': cost_control,
    'cost_report': cost_report,
    'from_request': from_request,
    'monthly': monthly,
}


def answer(name: str, arrival: Arrival, configure: Callable[[], Configured], now: dt.datetime) -> Response:
    """Run an entry point: 400 with every fault of the request, 500 with a sentence for what failed."""
    try:
        return ENTRY_POINTS[name](arrival, configure(), now)
    except BadRequestError as error:
        # Nothing that comes again with the same content will do better: a warning, not an error.
        _LOG.warning('%s: refused: %s', name, error)
        return Response(BAD, {'faults': [*error.faults]})
    except (LedgerError, OutsideError) as error:
        _LOG.error('%s: %s', name, error)
        return Response(FAILED, {'error': str(error)})
    except ConfigurationError as error:
        said = [str(fault) for fault in error.diagnostics]
        _LOG.error('%s: the configuration has faults: %s', name, '; '.join(said))
        return Response(FAILED, {'error': 'the configuration has faults', 'faults': said})
    except Exception:  # noqa: BLE001 - whatever it is, the caller gets an answer
        _LOG.exception('%s: a defect', name)
        return Response(FAILED, {'error': 'unexpected; the log has it'})
