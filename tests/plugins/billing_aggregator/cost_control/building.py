"""A project that is certainly over its budget, and everything around it: of which a test changes one thing."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from cpg_infra.plugins.billing_aggregator.cost_control import (
    CostControl,
    Evidence,
    Handled,
    History,
    Mode,
    Notification,
    Policy,
    Spend,
    Watched,
)
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from cpg_infra.plugins.billing_aggregator.outside import (
    BillingState,
    Budget,
    Budgets,
    CloudBilling,
    GoogleIdentity,
    Http,
    Slack,
)
from cpg_infra.plugins.billing_aggregator.requests import Arrival, Message, read_message
from tests.services import LocalServices

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SINCE = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ACCOUNT = '0A1B2C-3D4E5F-6A7B8C'
PROJECT = 'lantern-alpha'
HOUR = dt.timedelta(hours=1)


def notification(**changes: Any) -> Notification:
    given = {
        'message': 'm-9',
        'account': ACCOUNT,
        'budget': 'b-1',
        'project': PROJECT,
        'cost': Decimal('120.5'),
        'amount': Decimal(100),
        'currency': 'AUD',
        'since': SINCE,
    }
    return Notification(**{**given, **changes})


def policy(**changes: Any) -> Policy:
    given = {
        'account': ACCOUNT,
        'mode': Mode.ENFORCE,
        'projects': {
            PROJECT: Watched(PROJECT, 'alpha'),
            'lantern-beta': Watched('lantern-beta', 'beta'),
            'lantern-common': Watched('lantern-common', 'common', 'every dataset needs it'),
        },
    }
    return Policy(**{**given, **changes})


def budget(**changes: Any) -> Budget:
    given = {
        'identity': 'b-1',
        'name': PROJECT,
        'amount': Decimal(100),
        'currency': 'AUD',
        'projects': ('projects/7',),
        'monthly': True,
    }
    return Budget(**{**given, **changes})


def evidence(**changes: Any) -> Evidence:
    """Everything holds: the project is taken off its billing account."""
    given = {
        'now': NOW,
        'notification': notification(),
        'policy': policy(),
        'budget': budget(),
        'spend': Spend(Decimal(118), 'AUD', NOW - 5 * HOUR),
        'history': History(NOW - 25 * HOUR, (NOW - 25 * HOUR, NOW - 12 * HOUR)),
        'billing': BillingState(enabled=True, account=ACCOUNT),
    }
    return Evidence(**{**given, **changes})


def message(number: str = 'm-1', cost: float = 120.5, amount: float = 100.0, project: str = PROJECT) -> Message:
    """A notification as Pub/Sub delivers it."""
    return read_message(
        Arrival(
            'POST',
            (),
            {'content-type': 'application/json'},
            json.dumps(envelope(number, cost, amount, project)).encode(),
        )
    )


def envelope(number: str = 'm-1', cost: float = 120.5, amount: float = 100.0, project: str = PROJECT) -> dict[str, Any]:
    said = {
        'budgetDisplayName': project,
        'alertThresholdExceeded': 1.0,
        'costAmount': cost,
        'costIntervalStart': '2026-11-01T00:00:00Z',
        'budgetAmount': amount,
        'budgetAmountType': 'SPECIFIED_AMOUNT',
        'currencyCode': 'AUD',
    }
    attributes = {'billingAccountId': ACCOUNT, 'budgetId': 'b-1', 'schemaVersion': '1.0'}
    data = base64.b64encode(json.dumps(said).encode()).decode()
    return {'message': {'messageId': number, 'attributes': attributes, 'data': data}, 'subscription': 's'}


def prepare(services: LocalServices) -> None:
    """A world in which alpha and beta are paid for and have budgets."""
    services.world.billing.projects |= {PROJECT: ACCOUNT, 'lantern-beta': ACCOUNT}
    services.world.budget(ACCOUNT, 'b-1', PROJECT, 100)


def handle(
    services: LocalServices, path: Path, given: Message, now: dt.datetime, rules: Policy | None = None
) -> Handled:
    """Let cost control handle a message, in front of these services and this ledger."""
    with Http(endpoints=services.endpoints(), patience=2.0, first_wait=0.001, answer=5.0) as http:
        identity = GoogleIdentity(http, {'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token'})
        control = CostControl(
            policy=rules or policy(),
            ledger=lambda: open_ledger(path, patience=60.0),
            budgets=Budgets(http, identity),
            billing=CloudBilling(http, identity),
            slack=Slack(http, 'slack-token', 'billing-costs'),
        )
        return control.handle(given, now)


def spend(path: Path, cost: str = '118', latest: dt.datetime = NOW - 5 * HOUR, project: str = PROJECT) -> None:
    """Put a line of a project into the ledger."""
    with open_ledger(path) as ledger:
        ledger.execute(
            'INSERT INTO ledger (id, source, entry, topic, project, currency, cost_exact, credits_exact, usage_end_time, '
            "export_time) SELECT @id, 'gcp', 'charge', 'alpha', STRUCT(@project AS id, CAST(NULL AS STRING) AS number, "
            'CAST(NULL AS STRING) AS name, CAST(NULL AS ARRAY<STRUCT<key STRING, value STRING>>) AS labels, '
            'CAST(NULL AS STRING) AS ancestry_numbers, '
            'CAST(NULL AS ARRAY<STRUCT<resource_name STRING, display_name STRING>>) AS ancestors), '
            "'AUD', CAST(@cost AS NUMERIC) + 1, -1, @latest, @latest",
            {'id': f'{project}-{latest}-{cost}', 'project': project, 'cost': cost, 'latest': latest},
        )


def decisions(path: Path) -> list[tuple[str, str, str, bool]]:
    """Message, outcome, reasons, announced, in their order."""
    with open_ledger(path) as ledger:
        rows = ledger.query(
            'SELECT message_id, outcome, reasons, announced FROM decisions ORDER BY decided_at, message_id'
        )
    return [(row['message_id'], row['outcome'], row['reasons'], row['announced']) for row in rows]
