from __future__ import annotations

import datetime as dt
from typing import Any

from cpg_infra.plugins.billing_aggregator.cost_control import Mode, Policy, Watched, policy_of
from cpg_infra.plugins.billing_aggregator.cost_control.policy import Snooze
from tests.config.building import dataset, organisation

CONTROLS = {
    'machine_account': 'control@example.org',
    'slack_channel': 'costs',
    'pubsub_topic': 'budgets',
    'timezone': 'Australia/Sydney',
}
GCP = {'project_id': 'lantern-billing', 'account_id': '0A1B2C-3D4E5F-6A7B8C'}


def policy(*datasets: Any, **controls: Any) -> Policy:
    given = organisation(billing={'gcp': GCP, 'gcp_cost_controls': {**CONTROLS, **controls}})
    found = policy_of(given, {one.dataset: one for one in datasets})
    assert found is not None
    return found


def own(name: str, **changes: Any) -> Any:
    return dataset(name, gcp={'project': f'lantern-{name}'}, **changes)


def test_without_a_section_nothing_is_controlled() -> None:
    assert policy_of(organisation(billing={'gcp': GCP}), {}) is None


def test_nothing_is_done_unless_it_is_asked_for() -> None:
    found = policy()
    assert (found.mode, found.grace, found.max_per_day) == (Mode.DRY_RUN, dt.timedelta(hours=24), 1)
    changed = policy(mode='enforce', grace_hours=6, max_per_day=3)
    assert (changed.mode, changed.grace, changed.max_per_day) == (Mode.ENFORCE, dt.timedelta(hours=6), 3)


def test_every_project_of_a_dataset_is_watched() -> None:
    found = policy(own('alpha', enable_shared_project=True))
    assert found.projects['lantern-alpha'] == Watched('lantern-alpha', 'alpha')
    assert found.projects['lantern-alpha-shared'] == Watched('lantern-alpha-shared', 'alpha')
    assert found.account == GCP['account_id']


def test_what_every_dataset_needs_is_protected_whatever_the_settings() -> None:
    found = policy(
        *(own(name) for name in ('common', 'hail', 'metamist', 'billing', 'alpha', 'beta')), protected=['beta']
    )
    protected = {project for project, watched in found.projects.items() if watched.protected}
    given = organisation(billing={'gcp': GCP})
    services = {GCP['project_id']}
    services |= {given.metamist.gcp.project} if given.metamist else set()
    services |= {given.analysis_runner.gcp.project} if given.analysis_runner else set()
    assert protected == {f'lantern-{name}' for name in ('common', 'hail', 'metamist', 'billing', 'beta')} | services


def test_a_dataset_in_a_project_of_a_service_is_protected() -> None:
    found = policy(dataset('alpha', gcp={'project': GCP['project_id']}))
    assert found.projects[GCP['project_id']] == Watched(GCP['project_id'], 'alpha', 'it is the project of billing')


def test_snoozes_are_by_dataset() -> None:
    found = policy(snoozes={'alpha': {'until': '2026-12-24', 'reason': 'a joint call'}})
    assert found.snoozes == {'alpha': Snooze(dt.date(2026, 12, 24), 'a joint call')}
