from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cpg_infra.plugins.billing_aggregator.outside import Budget, Budgets, GoogleIdentity, Http, OutsideError, Slack
from tests.services import Fault, LocalServices

GIVEN = {'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token'}


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        yield running


@pytest.fixture
def http(services: LocalServices) -> Iterator[Http]:
    with Http(endpoints=services.endpoints(), patience=1.0, first_wait=0.001, answer=5.0) as client:
        yield client


def test_budgets_are_read_page_by_page(services: LocalServices, http: Http) -> None:
    for number in range(5):
        services.world.budget('A', f'b-{number}', f'lantern-{number}', 100 + number)
    services.world.billing.page = 2
    found = [*Budgets(http, GoogleIdentity(http, GIVEN)).all('A')]
    assert [(budget.name, budget.amount) for budget in found] == [(f'lantern-{n}', Decimal(100 + n)) for n in range(5)]
    assert len(services.called('budgets$')) == 3


def test_pages_that_do_not_end_are_an_error(services: LocalServices, http: Http) -> None:
    services.faults = [Fault('^/budgets', times=99, status=200, body={'budgets': [], 'nextPageToken': 'again'})]
    with pytest.raises(OutsideError, match='a page is repeated'):
        list(Budgets(http, GoogleIdentity(http, GIVEN)).all('A'))


def test_a_budget_has_its_cents_and_its_kind(services: LocalServices, http: Http) -> None:
    services.world.budget('A', 'b', 'lantern-alpha', 100, 'USD')
    said = services.world.billing.budgets['billingAccounts/A/budgets/b']
    said['amount']['specifiedAmount']['nanos'] = 250_000_000
    said['budgetFilter'] = {'projects': ['projects/1'], 'customPeriod': {'startDate': {'year': 2022}}}
    budgets = Budgets(http, GoogleIdentity(http, GIVEN))
    assert budgets.read('A', 'b') == Budget(
        'b', 'lantern-alpha', Decimal('100.25'), 'USD', ('projects/1',), monthly=False
    )
    said['amount'] = {'lastPeriodAmount': {}}
    assert budgets.read('A', 'b').amount is None
    said['amount'] = 7
    with pytest.raises(OutsideError, match='not understood'):
        budgets.read('A', 'b')


def test_a_machine_of_google_has_an_identity_that_is_kept(services: LocalServices, http: Http) -> None:
    identity = GoogleIdentity(http, {})
    assert identity.headers() == identity.headers()
    assert len(services.called('computeMetadata')) == 1


def test_a_machine_without_identity_says_what_to_set(services: LocalServices, http: Http) -> None:
    services.faults = [Fault('computeMetadata', status=404, times=99)]
    with pytest.raises(OutsideError, match='GOOGLE_OAUTH_ACCESS_TOKEN is not set'):
        GoogleIdentity(http, {}).headers()


def test_a_token_is_never_sent_in_clear(http: Http) -> None:
    with pytest.raises(OutsideError, match='over https only'):
        http.send('GET', 'http://billing.example.org/x', headers={'Authorization': 'Bearer secret'})


@pytest.mark.parametrize(
    ('fault', 'said'),
    [
        (Fault('^/slack', status=500, times=9), 'HTTP 500'),
        (Fault('^/slack', drop=True, times=9), 'no answer'),
        (Fault('^/slack', status=200, body='ok'), 'no JSON object'),
        (Fault('^/slack', status=200, body={'ok': False, 'error': 'is_archived'}), 'Slack refuses .*: is_archived'),
    ],
)
def test_a_message_that_may_have_been_posted_is_not_posted_again(
    services: LocalServices, http: Http, fault: Fault, said: str
) -> None:
    services.faults = [fault]
    with pytest.raises(OutsideError, match=said):
        Slack(http, 'slack-token', 'billing-costs').post('hello')
    assert services.called('/slack') == ['POST /slack/api/chat.postMessage']


def test_a_message_that_was_refused_for_now_is_posted_again(services: LocalServices, http: Http) -> None:
    services.faults = [Fault('^/slack', status=429, headers={'Retry-After': '0'}, times=2)]
    Slack(http, 'slack-token', 'billing-costs').post('hello')
    assert services.world.billing.posts == [{'channel': 'billing-costs', 'text': 'hello'}]


def test_without_a_token_nobody_is_told(http: Http) -> None:
    with pytest.raises(OutsideError, match='SLACK_TOKEN is not set'):
        Slack(http, '', 'billing-costs').post('hello')
