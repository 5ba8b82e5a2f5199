from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from cpg_infra.plugins.billing_aggregator.cost_report import gather
from cpg_infra.plugins.billing_aggregator.cost_report.figures import Amounts, Figures, Line
from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.tables import BudgetRow, write_budgets
from tests.plugins.billing_aggregator.postings import book, posting

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
FRESH = {'usage_end_time': NOW - dt.timedelta(hours=20), 'export_time': NOW - dt.timedelta(hours=10)}
NOTHING = Amounts()


def amounts(month: str, day: str = '0') -> Amounts:
    return Amounts(Decimal(month), Decimal(day))


def test_an_empty_ledger_has_no_figures(ledger: Ledger) -> None:
    assert gather(ledger, NOW) == Figures('202611', [], [], {}, None)


def test_costs_are_net_exact_and_apart_by_project_currency_and_kind(ledger: Ledger) -> None:
    book(
        ledger,
        posting('alpha', '0.1', credit='-0.05'),
        posting('alpha', '0.2', **FRESH),
        posting('alpha', '4', service='Cloud Storage'),
        posting('alpha', '7', currency='USD'),
        posting('beta', '3', month='202610'),
        posting('beta', '5', month='202610', **FRESH),
    )
    found = gather(ledger, NOW)
    assert found.lines == [
        Line('lantern-alpha', 'alpha', 'gcp', 'AUD', amounts('4'), amounts('0.25', '0.2')),
        Line('lantern-alpha', 'alpha', 'gcp', 'USD', NOTHING, amounts('7')),
        # Told in the last 24 hours, of last month.
        Line('lantern-beta', 'beta', 'gcp', 'AUD', NOTHING, amounts('0', '5')),
    ]
    assert found.latest == FRESH['export_time']


def test_what_is_divided_among_datasets_is_counted_once(ledger: Ledger) -> None:
    shared = {'project': 'lantern-browser', 'line_id': 'l'}
    book(
        ledger,
        posting('browser', '6', **shared),
        posting('browser', '-6', entry='reversal', **shared),
        posting('alpha', '2', entry='split', **shared),
        posting('beta', '4', entry='split', **shared),
        posting('hail', '9', project='lantern-hail'),
        posting('beta', '4', source='hail', project='beta'),
        posting('hail', '-4', source='hail', entry='credit', project='beta'),
    )
    assert gather(ledger, NOW).lines == [
        Line('lantern-browser', 'browser', 'gcp', 'AUD', NOTHING, amounts('6')),
        Line('lantern-hail', 'hail', 'gcp', 'AUD', NOTHING, amounts('9')),
    ]


def test_the_account_of_another_cloud_is_nobodys_alone(ledger: Ledger) -> None:
    azure = {'cloud': 'azure', 'source': 'azure', 'project': 'lantern'}
    book(ledger, posting('alpha', '2', **azure), posting('beta', '3', **azure), posting('admin', '1', project=None))
    assert gather(ledger, NOW).lines == [
        Line(None, 'admin', 'gcp', 'AUD', NOTHING, amounts('1')),
        Line('lantern', None, 'azure', 'AUD', NOTHING, amounts('5')),
    ]


def test_the_last_twelve_months_are_shown_by_dataset(ledger: Ledger) -> None:
    book(
        ledger,
        posting('alpha', '1', month='202511'),
        posting('alpha', '2', month='202512'),
        posting('alpha', '3', credit='-1'),
        posting('beta', '4', currency='USD'),
    )
    assert gather(ledger, NOW).months == [
        ('202512', 'alpha', 'AUD', Decimal(2)),
        ('202611', 'alpha', 'AUD', Decimal(2)),
        ('202611', 'beta', 'USD', Decimal(4)),
    ]


@pytest.mark.parametrize(('day', 'amount'), [(0, 100), (1, 250)])
def test_budgets_are_those_of_the_last_day_that_was_read(ledger: Ledger, day: int, amount: int) -> None:
    for past in range(day + 1):
        row = BudgetRow('alpha', 'gcp', 'lantern-alpha', 'monthly', 'AUD', Decimal(100 + 150 * past))
        shared = BudgetRow('alpha', 'gcp', 'lantern-alpha-shared', 'shared', 'AUD', Decimal(9))
        write_budgets(ledger, [row, shared], NOW + dt.timedelta(days=past))
    assert gather(ledger, NOW).budgets == {'lantern-alpha': (Decimal(amount), 'AUD')}
