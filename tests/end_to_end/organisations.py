"""The organisations that are deployed: Lantern, the example, and a small one in the same surroundings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig, load
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from cpg_infra.plan.values import refs_of

LANTERN: Final = Path(__file__).resolve().parents[2] / 'examples' / 'lantern'
TODAY: Final = dt.date(2026, 11, 22)

PEOPLE: Final = ('ana', 'bao', 'chen', 'dara')

_GCP: Final = {
    'customer_id': 'C0lantern1',
    'region': 'australia-southeast1',
    'groups_domain': 'groups.lantern.example.org',
    'budget_notification_pubsub': 'projects/lantern-billing/topics/budget-notifications',
    'config_bucket_name': 'lantern-deployed-config',
    'dataset_storage_prefix': 'small-',
}
_HAIL: Final = {
    'hail_batch_url': 'https://batch.hail.lantern.example.org',
    'hail_auth_url': 'https://auth.hail.lantern.example.org',
    'git_credentials_secret_name': 'checkout-token',
    'git_credentials_secret_project': 'lantern-analysis-runner',
    'wheel_bucket_name': 'lantern-hail-wheels',
}
_METAMIST: Final = {
    'project': 'lantern-metamist',
    'service_name': 'metamist-api',
    'machine_account': 'api@lantern-metamist.iam.gserviceaccount.com',
    'url': 'https://metamist.lantern.example.org',
    'audience': 'https://metamist.lantern.example.org',
}
_RUNNER: Final = {
    'project': 'lantern-analysis-runner',
    'cloud_run_instance_name': 'analysis-runner-server',
    'server_machine_account': 'server@lantern-analysis-runner.iam.gserviceaccount.com',
    'logger_machine_account': 'logger@lantern-analysis-runner.iam.gserviceaccount.com',
    'container_registry_name': 'analysis-runner',
}


@cache
def lantern(date: dt.date = TODAY) -> Plan:
    """The plan of the example organisation."""
    loaded = load(LANTERN)
    return Infrastructure(loaded.organisation, loaded.datasets, date=date, sources=loaded.sources).plan()


def organisation(**changes: Any) -> CPGInfrastructureConfig:
    """A small organisation: storage, Hail and the analysis-runner, and no organisation number, which is looked up."""
    return CPGInfrastructureConfig.from_dict(
        {
            'domain': 'lantern.example.org',
            'budget_currency': 'AUD',
            'common_dataset': 'common',
            'config_destination': 'gs://lantern-deployed-config/small',
            'plugins_enabled': [],
            'users': {name: {'id': name, 'clouds': {'gcp': {'id': f'{name}@lantern.example.org'}}} for name in PEOPLE},
            'gcp': dict(_GCP),
            'hail': {'gcp': dict(_HAIL)},
            'analysis_runner': {'gcp': dict(_RUNNER)},
            'billing': {
                'gcp': {'project_id': 'lantern-billing', 'account_id': '0A1B2C-3D4E5F-6A7B8C'},
                'coordinator_machine_account': 'aggregator@lantern-billing.iam.gserviceaccount.com',
            },
            **changes,
        },
    )


def dataset(name: str, **changes: Any) -> CPGDatasetConfig:
    """A dataset with nobody in it and without tests, so that it is small."""
    return CPGDatasetConfig.from_dict(
        {
            'dataset': name,
            'gcp': {'project': f'small-{name}'},
            'budgets': {'gcp': {'monthly_budget': 100}},
            'setup_test': False,
            'enable_metamist_project': False,
            'components': {'gcp': ['storage', 'hail-accounts', 'analysis-runner']},
            **changes,
        },
    )


def plan_of(*datasets: CPGDatasetConfig, **changes: Any) -> Plan:
    """The plan of some datasets, beside the common one, in the small organisation with some values changed."""
    return Infrastructure(organisation(**changes), [dataset('common'), *datasets], date=TODAY).plan()


def small(alpha: dict[str, Any] | None = None, *more: CPGDatasetConfig) -> Plan:
    """Three datasets, with some values of `alpha` changed, and `more`."""
    members = {'data-manager': ['ana'], 'analysis': ['bao']}
    return plan_of(
        dataset('alpha', **{'members': members, **(alpha or {})}), dataset('beta', depends_on=['alpha']), *more
    )


def tiny(members: dict[str, list[str]] | None = None) -> Plan:
    """One dataset with storage only: for what takes several runs and has nothing to do with size."""
    common = dataset('common', components={'gcp': ['storage']}, members=members or {'analysis': ['bao']})
    return Infrastructure(organisation(hail=None, analysis_runner=None), [common], date=TODAY).plan()


IN_SERVICES: Final = (
    'alpha-gcp-analysis-group-members',
    'alpha-gcp-data-manager-group-members',
    'alpha-gcp-batch-billing-project',
    'alpha-gcp-main-analysis-bucket-read',
    'metamist-project-alpha',
)


def in_services(members: dict[str, list[str]] | None = None, **changes: Any) -> Plan:
    """Of a dataset whose people are in every service, only what names them, and what that needs."""
    users = {
        name: {'id': name, 'clouds': {'gcp': {'id': f'{name}@lantern.example.org', 'hail_batch_username': f'{name}-b'}}}
        for name in PEOPLE
    }
    alpha = dataset(
        'alpha',
        components={'gcp': ['hail-accounts', 'metamist', 'storage']},
        enable_metamist_project=True,
        members=members or {'data-manager': ['ana'], 'analysis': ['bao']},
    )
    plan = plan_of(alpha, users=users, metamist={'gcp': dict(_METAMIST)}, **changes)
    return only(plan, *IN_SERVICES)


def only(plan: Plan, *names: str) -> Plan:
    """These resources and what they need."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            resource = plan.resource_by_name[name]
            pending += [*resource.depends_on, *(ref.resource for ref in refs_of(resource.inputs))]
    return dataclasses.replace(plan, resources=tuple(each for each in plan.resources if each.name in found), outputs={})
