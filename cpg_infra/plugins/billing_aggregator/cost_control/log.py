"""Decisions as rows of the ledger: what was decided before, and what is decided now."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, History, Spend
from cpg_infra.plugins.billing_aggregator.cost_control.notification import Notification
from cpg_infra.plugins.billing_aggregator.ledger import Ledger

UNLINKED: Final = 'unlinked'
FAILED: Final = 'failed'

_DAY: Final = dt.timedelta(hours=24)

_SETTLED: Final = """
SELECT outcome, reasons FROM decisions
WHERE message_id = @message AND outcome IN ('within', 'refused', 'pending', 'unlinked')
ORDER BY decided_at DESC, decision_id LIMIT 1
"""

_BREACHES: Final = """
SELECT decided_at, announced FROM decisions
WHERE project = @project AND period_start = @since AND message_id != @message AND outcome != 'within'
ORDER BY decided_at
"""

_UNLINKED: Final = """
SELECT DISTINCT project FROM decisions
WHERE outcome IN ('unlink', 'unlinked', 'failed') AND decided_at > @after AND message_id != @message
ORDER BY project
"""

_SPENT: Final = """
SELECT
    SUM(cost_exact + COALESCE(credits_exact, 0)) AS cost,
    MIN(currency) AS currency,
    COUNT(DISTINCT currency) AS currencies,
    MAX(export_time) AS latest
FROM ledger
WHERE source = 'gcp' AND ledger.project.id = @project AND usage_end_time > @since
"""

_INSERT: Final = """
INSERT INTO decisions (
    decision_id, message_id, budget_id, project, dataset, period_start, decided_at, outcome, reasons, explanation,
    cost, budget, currency, confirmed, confirmed_until, mode, announced
) VALUES (
    @decision, @message, @budget_id, @project, @dataset, @since, @now, @outcome, @reasons, @explanation,
    CAST(@cost AS NUMERIC), CAST(@budget AS NUMERIC), @currency, CAST(@confirmed AS NUMERIC), CAST(@confirmed_until AS TIMESTAMP), @mode,
    @announced
)
"""


class DecisionLog:
    """The decisions in an open ledger. Everything here raises `LedgerError` when the ledger cannot answer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def settled(self, message: str) -> str | None:
        """What a message came to, when nothing more is to be done about it."""
        rows = self._ledger.query(_SETTLED, {'message': message})
        return str(rows[0]['outcome']) if rows else None

    def history(self, notification: Notification, now: dt.datetime) -> History:
        """What earlier messages came to."""
        breaches = self._ledger.query(
            _BREACHES,
            {'project': notification.project, 'since': notification.since, 'message': notification.message},
        )
        unlinked = self._ledger.query(_UNLINKED, {'after': now - _DAY, 'message': notification.message})
        return History(
            first_breach=breaches[0]['decided_at'] if breaches else None,
            announced=tuple(row['decided_at'] for row in breaches if row['announced']),
            unlinked=tuple(row['project'] for row in unlinked),
        )

    def spent(self, project: str, since: dt.datetime) -> Spend | None:
        """Net cost of a project from a moment on; None when the ledger has nothing, or several currencies."""
        (row,) = self._ledger.query(_SPENT, {'project': project, 'since': since})
        if row['cost'] is None or row['latest'] is None or row['currencies'] != 1:
            return None
        return Spend(row['cost'], row['currency'], row['latest'])

    def record(
        self,
        known: Evidence,
        outcome: str,
        reasons: tuple[str, ...] = (),
        explanation: str = '',
        *,
        announced: bool = False,
    ) -> None:
        """Write a decision, or what came of acting."""
        said = known.notification
        watched = known.policy.projects.get(said.project)
        spend = known.spend if isinstance(known.spend, Spend) else None
        self._ledger.execute(
            _INSERT,
            {
                'decision': uuid.uuid4().hex,
                'message': said.message,
                'budget_id': said.budget,
                'project': said.project,
                'dataset': watched.dataset if watched else None,
                'since': said.since,
                'now': known.now,
                'outcome': outcome,
                'reasons': ','.join(reasons),
                'explanation': explanation,
                'cost': said.cost,
                'budget': said.amount,
                'currency': said.currency,
                'confirmed': spend.cost if spend else None,
                'confirmed_until': spend.latest if spend else None,
                'mode': known.policy.mode.value,
                'announced': announced,
            },
        )
