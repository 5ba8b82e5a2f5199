from __future__ import annotations

import datetime as dt
from decimal import Decimal

from cpg_infra.plugins.billing_aggregator.ledger import Ledger
from cpg_infra.plugins.billing_aggregator.outside import Budget
from cpg_infra.plugins.billing_aggregator.tables import BudgetRow, configured_budgets, told_budgets, write_budgets
from tests.config.building import dataset, organisation

NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
ALPHA = BudgetRow('alpha', 'gcp', 'lantern-alpha', 'monthly', 'AUD', Decimal(100))


def rows(ledger: Ledger) -> list[tuple[object, ...]]:
    found = ledger.query(
        'SELECT day, topic, cloud, kind, currency, budget FROM budgets ORDER BY day, topic, cloud, kind'
    )
    return [tuple(row.values()) for row in found]


def told(project: str, amount: int | None, currency: str = 'AUD') -> Budget:
    return Budget('b', project, None if amount is None else Decimal(amount), currency, ('projects/7',), monthly=True)


def test_every_budget_of_the_configuration_is_a_row() -> None:
    alpha = dataset(
        'alpha',
        deploy_locations=['gcp', 'azure'],
        budgets={
            'gcp': {'monthly_budget': 100, 'shared_total_budget': 900},
            'azure': {'monthly_budget': 50, 'currency': 'USD'},
        },
    )
    project = alpha.gcp.project if alpha.gcp is not None else ''
    assert configured_budgets(organisation(), {'alpha': alpha}) == [
        BudgetRow('alpha', 'azure', None, 'monthly', 'USD', Decimal(50)),
        BudgetRow('alpha', 'gcp', project, 'monthly', 'AUD', Decimal(100)),
        BudgetRow('alpha', 'gcp', f'{project}-shared', 'shared', 'AUD', Decimal(900)),
    ]


def test_what_the_api_says_counts_where_it_says_an_amount() -> None:
    azure = BudgetRow('alpha', 'azure', None, 'monthly', 'AUD', Decimal(50))
    budgets = [told('lantern-alpha', 250, 'USD'), told('somebody-elses', 7)]
    assert told_budgets([ALPHA, azure], budgets) == [
        BudgetRow('alpha', 'gcp', 'lantern-alpha', 'monthly', 'USD', Decimal(250)),
        azure,
    ]
    assert told_budgets([ALPHA], [told('lantern-alpha', None)]) == [ALPHA]


def test_writing_a_second_time_changes_nothing_and_what_is_gone_goes(ledger: Ledger) -> None:
    beta = BudgetRow('beta', 'gcp', 'lantern-beta', 'monthly', 'AUD', Decimal(5))
    azure = BudgetRow('alpha', 'azure', None, 'monthly', 'AUD', Decimal(50))
    for _ in range(2):
        write_budgets(ledger, [ALPHA, azure, beta], NOW)
    day = NOW.date()
    assert rows(ledger) == [
        (day, 'alpha', 'azure', 'monthly', 'AUD', Decimal(50)),
        (day, 'alpha', 'gcp', 'monthly', 'AUD', Decimal(100)),
        (day, 'beta', 'gcp', 'monthly', 'AUD', Decimal(5)),
    ]
    write_budgets(ledger, [ALPHA], NOW + dt.timedelta(hours=1))
    assert rows(ledger) == [(day, 'alpha', 'gcp', 'monthly', 'AUD', Decimal(100))]


def test_each_day_has_its_own_budgets(ledger: Ledger) -> None:
    write_budgets(ledger, [ALPHA], NOW)
    write_budgets(ledger, [], NOW + dt.timedelta(days=1))
    assert [row[0] for row in rows(ledger)] == [NOW.date()]
