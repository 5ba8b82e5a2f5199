from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpg_infra.plugins.billing_aggregator.cost_control import (
    CONDITIONS,
    Decision,
    History,
    Mode,
    Outcome,
    Reason,
    Spend,
    Unknown,
    decide,
)
from cpg_infra.plugins.billing_aggregator.cost_control.conditions import Kind
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Snooze
from cpg_infra.plugins.billing_aggregator.outside import BillingState
from tests.plugins.billing_aggregator.cost_control.building import (
    ACCOUNT,
    HOUR,
    NOW,
    PROJECT,
    budget,
    evidence,
    notification,
    policy,
)

LOST = Unknown('nobody answers')
TOLD = (NOW - 25 * HOUR, NOW - 12 * HOUR)

BROKEN: list[tuple[Reason, Outcome, dict[str, Any]]] = [
    (Reason.WITHIN_BUDGET, Outcome.WITHIN, {'notification': notification(cost=Decimal(100))}),
    (Reason.UNKNOWN_PROJECT, Outcome.REFUSED, {'policy': policy(projects={})}),
    (
        Reason.PROTECTED,
        Outcome.REFUSED,
        {'notification': notification(project='lantern-common'), 'budget': budget(name='lantern-common')},
    ),
    (Reason.OTHER_ACCOUNT, Outcome.REFUSED, {'notification': notification(account='FFFFFF-000000-000000')}),
    (Reason.OTHER_ACCOUNT, Outcome.REFUSED, {'billing': BillingState(enabled=True, account='FFFFFF-000000-000000')}),
    (Reason.BUDGET_UNREADABLE, Outcome.DOUBT, {'budget': LOST}),
    (Reason.BUDGET_DIFFERS, Outcome.REFUSED, {'budget': budget(amount=Decimal(200))}),
    (Reason.BUDGET_DIFFERS, Outcome.REFUSED, {'budget': budget(amount=None)}),
    (Reason.BUDGET_DIFFERS, Outcome.REFUSED, {'budget': budget(name='lantern-beta')}),
    (Reason.BUDGET_DIFFERS, Outcome.REFUSED, {'budget': budget(projects=('projects/7', 'projects/8'))}),
    (Reason.BUDGET_DIFFERS, Outcome.REFUSED, {'budget': budget(projects=())}),
    (Reason.OTHER_CURRENCY, Outcome.REFUSED, {'budget': budget(currency='USD')}),
    (Reason.OTHER_CURRENCY, Outcome.REFUSED, {'spend': Spend(Decimal(500), 'USD', NOW)}),
    (Reason.COST_UNREADABLE, Outcome.DOUBT, {'spend': LOST}),
    (Reason.COST_STALE, Outcome.DOUBT, {'spend': Spend(Decimal(118), 'AUD', NOW - 36 * HOUR)}),
    (Reason.UNCONFIRMED, Outcome.REFUSED, {'spend': Spend(Decimal('108.44'), 'AUD', NOW)}),
    (Reason.BILLING_UNREADABLE, Outcome.DOUBT, {'billing': LOST}),
    (Reason.ALREADY_UNLINKED, Outcome.REFUSED, {'billing': BillingState(enabled=False, account='')}),
    (Reason.HISTORY_UNREADABLE, Outcome.DOUBT, {'history': LOST}),
    (Reason.SNOOZED, Outcome.REFUSED, {'policy': policy(snoozes={'alpha': Snooze(NOW.date(), 'a joint call')})}),
    (Reason.GRACE, Outcome.PENDING, {'history': History(NOW - 23 * HOUR, TOLD)}),
    (Reason.NOT_ANNOUNCED, Outcome.PENDING, {'history': History(NOW - 25 * HOUR, TOLD[:1])}),
    (Reason.MAX_PER_DAY, Outcome.PENDING, {'history': History(TOLD[0], TOLD, ('lantern-beta',))}),
    (Reason.DRY_RUN, Outcome.PENDING, {'policy': policy(mode=Mode.DRY_RUN)}),
]


def test_it_acts_when_every_condition_holds() -> None:
    assert decide(evidence()) == Decision(Outcome.UNLINK)


@pytest.mark.parametrize(
    ('reason', 'outcome', 'changes'), BROKEN, ids=lambda value: value if isinstance(value, str) else ''
)
def test_it_refuses_when_one_condition_does_not_hold(reason: Reason, outcome: Outcome, changes: dict[str, Any]) -> None:
    decision = decide(evidence(**changes))
    assert (decision.outcome, decision.reasons) == (outcome, (reason,))
    assert decision.because[0][1]


def test_every_condition_is_in_the_table_once_and_is_tested() -> None:
    reasons = [condition.reason for condition in CONDITIONS]
    assert reasons == [*Reason]
    assert {reason for reason, _, _ in BROKEN} == {*Reason}


JUST: dict[str, dict[str, Any]] = {
    'a cent above the budget': {
        'notification': notification(cost=Decimal('100.01')),
        'spend': Spend(Decimal(100), 'AUD', NOW),
    },
    'exactly 90 % are confirmed': {'spend': Spend(Decimal('108.45'), 'AUD', NOW)},
    'the newest cost is almost 36 hours old': {
        'spend': Spend(Decimal(118), 'AUD', NOW - 36 * HOUR + dt.timedelta(seconds=1))
    },
    'the grace ends now': {'history': History(NOW - 24 * HOUR, TOLD)},
    'the snooze ended yesterday': {
        'policy': policy(snoozes={'alpha': Snooze(NOW.date() - dt.timedelta(days=1), 'a joint call')})
    },
    'somebody else is left alone': {'policy': policy(snoozes={'beta': Snooze(NOW.date(), 'a joint call')})},
    'two a day are allowed': {
        'policy': policy(max_per_day=2),
        'history': History(NOW - 25 * HOUR, TOLD, ('lantern-beta',)),
    },
}


@pytest.mark.parametrize('changes', JUST.values(), ids=JUST)
def test_it_acts_at_the_edge(changes: dict[str, Any]) -> None:
    assert decide(evidence(**changes)).outcome is Outcome.UNLINK


def test_a_decision_names_everything_that_stands_against_it() -> None:
    decision = decide(evidence(budget=LOST, spend=LOST, policy=policy(mode=Mode.DRY_RUN)))
    assert decision.outcome is Outcome.DOUBT
    assert decision.reasons == (Reason.BUDGET_UNREADABLE, Reason.COST_UNREADABLE, Reason.DRY_RUN)


@pytest.mark.parametrize(
    ('history', 'announce'),
    [
        (History(), True),
        (History(NOW - 5 * HOUR), True),
        (History(NOW - 11 * HOUR, (NOW - 11 * HOUR,)), False),
        (History(NOW - 12 * HOUR, (NOW - 12 * HOUR,)), True),
        (History(NOW - 20 * HOUR, (NOW - 20 * HOUR, NOW - 8 * HOUR)), False),
    ],
)
def test_people_are_told_at_once_and_again_at_half_of_the_grace(history: History, announce: bool) -> None:
    assert decide(evidence(history=history)).announce is announce


@pytest.mark.parametrize(
    'changes',
    [changes for _, outcome, changes in BROKEN if outcome is not Outcome.PENDING],
    ids=lambda changes: str([*changes]),
)
def test_nobody_is_told_of_what_will_not_happen(changes: dict[str, Any]) -> None:
    assert not decide(evidence(**{'history': History(), **changes})).announce


@given(st.sets(st.sampled_from(range(len(BROKEN))), min_size=1))
def test_any_set_of_broken_conditions_prevents_it(broken: set[int]) -> None:
    changes: dict[str, Any] = {}
    for index in sorted(broken):
        changes |= BROKEN[index][2]
    decision = decide(evidence(**changes))
    assert decision.outcome is not Outcome.UNLINK
    kinds = {condition.reason: condition.kind for condition in CONDITIONS}
    if Kind.DOUBT in {kinds[reason] for reason in decision.reasons}:
        assert decision.outcome is Outcome.DOUBT


def test_a_project_is_found_by_its_own_name_only() -> None:
    assert decide(evidence(notification=notification(project=PROJECT.upper()))).outcome is Outcome.REFUSED
    assert ACCOUNT in (decide(evidence(billing=BillingState(enabled=True, account='x'))).because[0][1])
