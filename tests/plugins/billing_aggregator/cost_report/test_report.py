from __future__ import annotations

from decimal import Decimal

import pytest

from cpg_infra.plugins.billing_aggregator.cost_report import Billing, Flag, Known, make_report
from cpg_infra.plugins.billing_aggregator.cost_report.figures import Amounts
from tests.plugins.billing_aggregator.cost_report.building import (
    BUDGETS,
    MONDAY,
    WEDNESDAY,
    figures,
    line,
    projects,
    report,
)

# 24 days and 9 hours of 30 have passed.
ELAPSED = Decimal('0.8125')


@pytest.mark.parametrize(
    ('month', 'day', 'flags'),
    [
        ('812.49', '66.66', ()),
        ('812.5', '0', (Flag.MONTH,)),
        ('1', '66.67', (Flag.DAY,)),
        ('900', '900', (Flag.MONTH, Flag.DAY)),
    ],
)
def test_a_project_is_flagged_when_it_is_ahead_of_its_budget(month: str, day: str, flags: tuple[Flag, ...]) -> None:
    made = report(line('lantern-alpha', month, day), force=True)
    assert made.elapsed == ELAPSED
    assert made.shown[0].flags == flags


def test_storage_and_compute_count_together() -> None:
    (alpha,) = report(line('lantern-alpha', 600, 10, storage=(300, 20))).shown
    assert (alpha.total, alpha.month_share, alpha.day_share) == (
        Amounts(Decimal(900), Decimal(30)), Decimal('0.9'), Decimal('0.03'),
    )  # fmt: skip


@pytest.mark.parametrize(
    'budgets', [{}, {'lantern-alpha': (Decimal(0), 'AUD')}, {'lantern-alpha': (Decimal(1), 'USD')}]
)
def test_without_a_budget_in_its_currency_nothing_is_compared(budgets: dict[str, tuple[Decimal, str]]) -> None:
    (alpha,) = report(line('lantern-alpha', 900), budgets=budgets, force=True).shown
    assert (alpha.budget, alpha.month_share, alpha.day_share, alpha.flags) == (None, None, None, ())


def test_the_budget_that_was_read_last_counts() -> None:
    read = {'lantern-alpha': (Decimal(1800), 'AUD')}
    (alpha,) = make_report(
        figures(line('lantern-alpha', 900), budgets=read), Known({}, BUDGETS, {}), WEDNESDAY, force=True
    ).shown
    assert (alpha.budget, alpha.month_share) == (Decimal(1800), Decimal('0.5'))


def test_only_what_needs_a_look_is_shown_but_all_on_mondays_and_when_forced() -> None:
    lines = (line('lantern-alpha', 900), line('lantern-beta', 100), line('lantern-gamma', 0.1, 0.1))
    short = report(*lines)
    assert (projects(short), short.left_out, short.full) == (['lantern-alpha'], 1, False)
    for full in (report(*lines, force=True), report(*lines, now=MONDAY)):
        assert (projects(full), full.left_out, full.full) == (['lantern-alpha', 'lantern-beta'], 0, True)
    assert WEDNESDAY.weekday() == 2


def test_hail_is_always_shown_and_need_not_be_there() -> None:
    assert projects(report(line('lantern-hail', 0.01), line('lantern-beta', 100))) == ['lantern-hail']
    assert projects(report(line('batch-project', 0.01, topic='hail'))) == ['batch-project']
    assert projects(report(line('lantern-beta', 100))) == []


def test_projects_without_billing_come_first_and_an_error_is_unknown() -> None:
    made = report(
        line('lantern-alpha', 2000),
        line('lantern-beta', 1),
        line('lantern-gamma', 1),
        billing={
            'lantern-alpha': Billing.LINKED,
            'lantern-beta': Billing.UNKNOWN,
            'lantern-gamma': Billing.UNLINKED,
            'lantern-quiet': Billing.UNLINKED,
            'lantern-idle': Billing.LINKED,
        },
    )
    assert [(one.project, one.flags) for one in made.shown] == [
        ('lantern-gamma', (Flag.UNLINKED,)),
        ('lantern-quiet', (Flag.UNLINKED,)),
        ('lantern-beta', (Flag.UNKNOWN,)),
        ('lantern-alpha', (Flag.MONTH,)),
    ]


def test_currencies_are_never_added() -> None:
    made = report(
        line('lantern-alpha', 900),
        line('lantern-alpha', 900, currency='USD'),
        line('rare', 5, currency='USD'),
        force=True,
    )
    assert made.totals == {'AUD': Amounts(Decimal(900)), 'USD': Amounts(Decimal(905))}
    assert [(one.project, one.currency, one.month_share) for one in made.shown] == [
        ('lantern-alpha', 'AUD', Decimal('0.9')),
        ('lantern-alpha', 'USD', None),
        ('rare', 'USD', None),
    ]


def test_what_is_charged_to_the_account_itself_is_a_line_of_its_own() -> None:
    made = report(line(None, 240), force=True)
    assert projects(made) == ['no project']
    assert made.totals['AUD'].month == Decimal(240)
