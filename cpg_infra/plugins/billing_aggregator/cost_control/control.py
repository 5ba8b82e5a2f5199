"""One notification: gather what is known, decide, act, read back, write it down.

A lease of the ledger is held while this happens, so that notifications are handled one after the other, whoever handles them.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from cpg_infra.plugins.billing_aggregator.cost_control import announcing
from cpg_infra.plugins.billing_aggregator.cost_control.decision import Outcome, decide
from cpg_infra.plugins.billing_aggregator.cost_control.evidence import Evidence, Spend, Unknown
from cpg_infra.plugins.billing_aggregator.cost_control.log import FAILED, UNLINKED, DecisionLog
from cpg_infra.plugins.billing_aggregator.cost_control.notification import Notification, read_notification
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Policy
from cpg_infra.plugins.billing_aggregator.ledger import Ledger, LedgerError
from cpg_infra.plugins.billing_aggregator.ledger.leases import release, take
from cpg_infra.plugins.billing_aggregator.outside import Budgets, CloudBilling, OutsideError, Slack
from cpg_infra.plugins.billing_aggregator.requests import Message

_LOG: Final = logging.getLogger('cpg_infra.billing')
LEASE: Final = 'cost-control'
"""What the lease of the ledger is called."""

_NOT_ASKED: Final = Unknown('not asked')

Known = TypeVar('Known')


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of a message. `certain` is false when somebody must look: the message should come again."""

    outcome: str
    reasons: tuple[str, ...] = ()
    explanation: str = ''
    repeated: bool = False

    @property
    def certain(self) -> bool:
        """Whether the message is done with."""
        return self.outcome not in {Outcome.DOUBT, FAILED}


@dataclass(frozen=True, slots=True)
class CostControl:
    """`ledger` opens the ledger for this process alone, or waits for it."""

    policy: Policy
    ledger: Callable[[], AbstractContextManager[Ledger]]
    budgets: Budgets
    billing: CloudBilling
    slack: Slack

    def handle(self, message: Message, now: dt.datetime) -> Handled:
        """Handle a message, which may have come before. Raises `BadRequestError` for one that is no notification."""
        notification = read_notification(message)
        try:
            with self.ledger() as ledger, _alone(ledger, notification.message, now):
                handled = self._handle(notification, DecisionLog(ledger), now)
        except LedgerError as error:
            # Without the ledger nothing is known of what happened before: nothing is done.
            handled = Handled(Outcome.DOUBT, ('history-unreadable',), str(error))
        level = logging.INFO if handled.certain else logging.ERROR
        _LOG.log(level, 'cost control: %s: %s %s', notification.project, handled.outcome, handled.explanation)
        return handled

    def _handle(self, notification: Notification, log: DecisionLog, now: dt.datetime) -> Handled:
        settled = log.settled(notification.message)
        if settled is not None:
            return Handled(settled, explanation='this message was handled before', repeated=True)
        known = self._evidence(notification, log, now)
        decision = decide(known)
        explanation = '; '.join(why for _, why in decision.because)
        if decision.outcome is Outcome.UNLINK:
            return self._unlink(known, log)
        handled = Handled(decision.outcome, decision.reasons, explanation)
        announced = False
        if decision.announce:
            try:
                self.slack.post(announcing.announcement(known))
                announced = True
            except OutsideError as error:
                handled = Handled(Outcome.DOUBT, decision.reasons, f'{explanation}; nobody could be told: {error}')
        log.record(known, handled.outcome, handled.reasons, handled.explanation, announced=announced)
        return handled

    def _evidence(self, notification: Notification, log: DecisionLog, now: dt.datetime) -> Evidence:
        project = notification.project
        if notification.cost <= notification.amount or project not in self.policy.projects:
            return Evidence(now, notification, self.policy, _NOT_ASKED, _NOT_ASKED, _NOT_ASKED, _NOT_ASKED)
        return Evidence(
            now=now,
            notification=notification,
            policy=self.policy,
            budget=_asked(lambda: self.budgets.read(self.policy.account, notification.budget)),
            spend=_asked(lambda: _spent(log, notification)),
            history=_asked(lambda: log.history(notification, now)),
            billing=_asked(lambda: self.billing.state(project)),
        )

    def _unlink(self, known: Evidence, log: DecisionLog) -> Handled:
        project = known.notification.project
        # Written first: whoever is killed after this has used the day's allowance.
        log.record(known, Outcome.UNLINK)
        try:
            self.billing.unlink(project)
            state = self.billing.state(project)
            why = f'{project} still has the billing account {state.account}' if state.enabled else None
        except OutsideError as error:
            why = str(error)
        log.record(known, UNLINKED if why is None else FAILED, explanation=why or '')
        try:
            self.slack.post(announcing.unlinked(known) if why is None else announcing.failed(known, why))
        except OutsideError as error:
            _LOG.error('cost control: %s: nobody could be told: %s', project, error)
        return Handled(UNLINKED if why is None else FAILED, explanation=why or '')


@contextmanager
def _alone(ledger: Ledger, message: str, now: dt.datetime) -> Iterator[None]:
    """One notification at a time, also where many processes may have the ledger open. Raises `LedgerError`."""
    lease = take(ledger.engine, LEASE, f'{message}-{uuid.uuid4().hex}', now)
    try:
        yield
    finally:
        release(ledger.engine, lease)


def _asked(question: Callable[[], Known]) -> Known | Unknown:
    try:
        return question()
    except (LedgerError, OutsideError) as error:
        return Unknown(str(error))


def _spent(log: DecisionLog, notification: Notification) -> Spend:
    found = log.spent(notification.project, notification.since)
    if found is None:
        raise OutsideError(f'the ledger has no cost of {notification.project} in one currency')
    return found
