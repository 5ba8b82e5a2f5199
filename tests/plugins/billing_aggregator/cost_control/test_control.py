"""Cost control in front of services on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.plugins.billing_aggregator.cost_control import Handled, Mode
from cpg_infra.plugins.billing_aggregator.cost_control.control import LEASE
from cpg_infra.plugins.billing_aggregator.ledger import open_ledger
from cpg_infra.plugins.billing_aggregator.ledger.leases import take
from tests.plugins.billing_aggregator.cost_control.building import (
    ACCOUNT,
    HOUR,
    NOW,
    PROJECT,
    decisions,
    handle,
    message,
    policy,
    prepare,
    spend,
)
from tests.services import Fault, LocalServices

ROOT = Path(__file__).parents[4]


@pytest.fixture
def services() -> Iterator[LocalServices]:
    with LocalServices() as running:
        prepare(running)
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / 'billing.duckdb'
    spend(path)
    return path


def announced(services: LocalServices, ledger: Path) -> None:
    """People were told twice, and the grace is over."""
    for number, hours in (('m-1', 25), ('m-2', 12)):
        assert handle(services, ledger, message(number), NOW - hours * HOUR).outcome == 'pending'
    assert len(services.world.billing.posts) == 2


def linked(services: LocalServices) -> dict[str, str]:
    return services.world.billing.projects


def unlinks(services: LocalServices) -> list[str]:
    return services.wrote('billingInfo')


def test_it_announces_twice_waits_and_then_acts_once(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    assert unlinks(services) == []
    assert handle(services, ledger, message('m-3'), NOW) == Handled('unlinked')
    assert linked(services) == {PROJECT: '', 'lantern-beta': ACCOUNT}
    assert unlinks(services) == [f'PUT /billing/v1/projects/{PROJECT}/billingInfo']
    texts = [post['text'] for post in services.world.billing.posts]
    assert [text.splitlines()[1].partition(' UTC')[0] for text in texts[:2]] == ['After 2026-11-25 11:00'] * 2
    assert f'gcloud billing projects link {PROJECT} --billing-account={ACCOUNT}' in texts[2]
    assert decisions(ledger) == [
        ('m-1', 'pending', 'grace,not-announced', True),
        ('m-2', 'pending', 'grace,not-announced', True),
        ('m-3', 'unlink', '', False),
        ('m-3', 'unlinked', '', False),
    ]


def test_a_message_that_comes_again_does_nothing(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    first = handle(services, ledger, message('m-3'), NOW)
    linked(services)[PROJECT] = ACCOUNT
    again = handle(services, ledger, message('m-3'), NOW + HOUR)
    assert (first.outcome, again.outcome, again.repeated) == ('unlinked', 'unlinked', True)
    assert len(unlinks(services)) == 1
    assert linked(services)[PROJECT] == ACCOUNT
    assert len(services.world.billing.posts) == 3


def test_announcements_that_come_again_are_one(services: LocalServices, ledger: Path) -> None:
    for hours in (25, 12, 1):
        handle(services, ledger, message('m-1'), NOW - hours * HOUR)
    assert len(services.world.billing.posts) == 1
    assert handle(services, ledger, message('m-3'), NOW).reasons == ('not-announced',)


def test_another_message_about_the_same_breach_finds_it_done(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    handle(services, ledger, message('m-3'), NOW)
    assert handle(services, ledger, message('m-4'), NOW + HOUR).reasons == ('already-unlinked', 'max-per-day')
    assert len(unlinks(services)) == 1


def test_two_processes_at_once_act_once(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    code = (
        'import sys; from pathlib import Path; from types import SimpleNamespace\n'
        'from tests.plugins.billing_aggregator.cost_control.building import *\n'
        'import json; endpoints = json.loads(sys.argv[3])\n'
        'services = SimpleNamespace(endpoints=lambda: endpoints)\n'
        'print(handle(services, Path(sys.argv[1]), message(sys.argv[2]), NOW).outcome)'
    )
    command = [sys.executable, '-c', code, str(ledger)]
    processes = [
        subprocess.Popen(
            [*command, number, json.dumps(services.endpoints())], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for number in ('m-3', 'm-3', 'm-4')
    ]
    said = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert len(unlinks(services)) == 1
    assert set(said) <= {'unlinked', 'refused'}
    assert [outcome for _, outcome, _, _ in decisions(ledger)].count('unlinked') == 1


def test_it_does_nothing_in_a_dry_run(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    assert handle(services, ledger, message('m-3'), NOW, policy(mode=Mode.DRY_RUN)) == Handled(
        'pending', ('dry-run',), 'billing.gcp_cost_controls.mode is dry-run'
    )
    assert unlinks(services) == []


def test_a_budget_that_holds_asks_nobody(services: LocalServices, ledger: Path) -> None:
    assert handle(services, ledger, message('m-1', cost=99.5), NOW).outcome == 'within'
    assert services.calls == []
    assert decisions(ledger) == [('m-1', 'within', 'within-budget', False)]


FAULTS = {
    'budget-unreadable': [Fault('^/budgets', status=503, times=99)],
    'budget-unreadable, refused': [Fault('^/budgets', status=403, body={'error': {'message': 'No.'}}, times=99)],
    'billing-unreadable': [Fault('^/billing', method='GET', status=429, times=99)],
    'billing-unreadable, cut off': [Fault('^/billing', method='GET', drop=True, times=99)],
    'billing-unreadable, odd': [Fault('^/billing', method='GET', status=200, body={'projectId': 'another'})],
    'billing-unreadable, no object': [Fault('^/billing', method='GET', status=200, body=[])],
}


@pytest.mark.parametrize(('name', 'faults'), FAULTS.items(), ids=FAULTS)
def test_an_error_is_a_doubt_and_never_a_reason_to_act(
    services: LocalServices, ledger: Path, name: str, faults: list[Fault]
) -> None:
    announced(services, ledger)
    services.faults = faults
    handled = handle(services, ledger, message('m-3'), NOW)
    assert (handled.outcome, handled.reasons, handled.certain) == ('doubt', (name.partition(',')[0],), False)
    assert unlinks(services) == []
    services.faults = []
    assert handle(services, ledger, message('m-3'), NOW).outcome == 'unlinked'


def test_what_passes_is_waited_for(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    services.faults = [
        Fault('^/budgets', status=429, headers={'Retry-After': '0.01'}),
        Fault('^/billing', method='GET', status=500),
        Fault('^/billing', method='PUT', status=503),
    ]
    assert handle(services, ledger, message('m-3'), NOW).outcome == 'unlinked'


def test_a_project_that_stays_linked_is_a_failure(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    services.world.billing.sticky.append(PROJECT)
    handled = handle(services, ledger, message('m-3'), NOW)
    assert handled == Handled('failed', (), f'{PROJECT} still has the billing account {ACCOUNT}')
    assert not handled.certain
    assert 'failed' in services.world.billing.posts[-1]['text']


def test_a_run_that_was_killed_after_acting_is_completed(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    services.faults = [Fault('^/billing', method='PUT', after=True, drop=True, times=99)]
    assert handle(services, ledger, message('m-3'), NOW).outcome == 'failed'
    assert linked(services)[PROJECT] == ''
    services.faults = []
    assert handle(services, ledger, message('m-3'), NOW).reasons == ('already-unlinked',)


def test_one_a_day(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    handle(services, ledger, message('m-3'), NOW)
    linked(services)[PROJECT] = ACCOUNT
    assert handle(services, ledger, message('m-5'), NOW + 23 * HOUR).reasons == ('max-per-day',)
    assert handle(services, ledger, message('m-6'), NOW + 25 * HOUR).outcome == 'unlinked'


def test_when_nobody_can_be_told_the_message_comes_again(services: LocalServices, ledger: Path) -> None:
    services.world.billing.channels.clear()
    handled = handle(services, ledger, message('m-1'), NOW)
    assert handled.outcome == 'doubt'
    assert 'channel_not_found' in handled.explanation
    services.world.billing.channels.append('billing-costs')
    assert handle(services, ledger, message('m-1'), NOW).outcome == 'pending'
    assert decisions(ledger)[-1] == ('m-1', 'pending', 'grace,not-announced', True)


def test_without_a_ledger_nothing_is_done(services: LocalServices, tmp_path: Path) -> None:
    path = tmp_path / 'billing.duckdb'
    path.write_text('no database', encoding='utf-8')
    handled = handle(services, path, message(), NOW)
    assert (handled.outcome, handled.reasons, handled.certain) == ('doubt', ('history-unreadable',), False)
    assert services.calls == []


def test_a_ledger_without_the_project_confirms_nothing(services: LocalServices, tmp_path: Path) -> None:
    path = tmp_path / 'billing.duckdb'
    with open_ledger(path):
        pass
    assert handle(services, path, message(), NOW).reasons == ('cost-unreadable', 'grace', 'not-announced')


def test_while_another_notification_is_handled_nothing_is_done(services: LocalServices, ledger: Path) -> None:
    announced(services, ledger)
    with open_ledger(ledger) as opened:
        take(opened.engine, LEASE, 'another', NOW)
    handled = handle(services, ledger, message('m-3'), NOW)
    assert (handled.outcome, handled.certain) == ('doubt', False)
    assert unlinks(services) == []
    assert handle(services, ledger, message('m-3'), NOW + 2 * HOUR).outcome == 'unlinked'
