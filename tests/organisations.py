"""An invented organisation with every section, of which a test changes one thing; and its plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan

Plain = Any
"""Whatever a file may hold: the models say what they make of it."""

TODAY = dt.date(2030, 1, 1)
"""The date of every plan here."""

SERVER = 'server@lantern-runner.iam.gserviceaccount.com'
LOGGER = 'logger@lantern-runner.iam.gserviceaccount.com'
DROPBOX = 'dropbox@lantern-dropbox.iam.gserviceaccount.com'
WEB = 'web@lantern-web.iam.gserviceaccount.com'
CROMWELL_RUNNER = 'runner@lantern-cromwell.iam.gserviceaccount.com'
METAMIST = 'api@lantern-metamist.iam.gserviceaccount.com'
METAMIST_LEGACY = 'old-api@lantern-metamist.iam.gserviceaccount.com'
COORDINATOR = 'coordinator@lantern-billing.iam.gserviceaccount.com'

PEOPLE = ('ana', 'bao', 'chen', 'dara', 'elif', 'femi')
"""The users; each but the last has a Hail name, and the first two are developers."""

SECTIONS: Mapping[str, Plain] = {
    'hail': {
        'gcp': {
            'hail_batch_url': 'https://batch.example.org',
            'hail_auth_url': 'https://auth.example.org',
            'git_credentials_secret_name': 'git-credentials',
            'git_credentials_secret_project': 'lantern-runner',
            'wheel_bucket_name': 'lantern-wheels',
        },
    },
    'analysis_runner': {
        'gcp': {
            'project': 'lantern-runner',
            'cloud_run_instance_name': 'runner-api',
            'server_machine_account': SERVER,
            'logger_machine_account': LOGGER,
            'container_registry_name': 'runner-images',
        },
    },
    'data_dropbox': {'gcp': {'project': 'lantern-dropbox', 'server_machine_account': DROPBOX}},
    'web_service': {
        'gcp': {'server_machine_account': WEB},
        'web_url_template': 'https://{namespace}.web.example.org/{dataset}',
    },
    'notebooks': {'gcp': {'project': 'lantern-notebooks'}},
    'cromwell': {'gcp': {'access_group_id': 'groups/0cromwell', 'runner_machine_account': CROMWELL_RUNNER}},
    'metamist': {
        'gcp': {
            'project': 'lantern-metamist',
            'service_name': 'metamist-api',
            'machine_account': METAMIST,
            'legacy_machine_account': METAMIST_LEGACY,
        },
    },
}
"""The sections that a component or a service needs; each may be missing."""

GCP: Mapping[str, Plain] = {
    'customer_id': 'C0lantern',
    'region': 'australia-southeast1',
    'groups_domain': 'groups.example.org',
    'config_bucket_name': 'lantern-config',
    'dataset_storage_prefix': 'lantern-',
}

BILLING: Mapping[str, Plain] = {
    'gcp': {'project_id': 'lantern-billing', 'account_id': '0A1B2C-3D4E5F-6A7B8C'},
    'coordinator_machine_account': COORDINATOR,
    'hail_aggregator_username': 'aggregator',
}


def user(name: str, **changes: Plain) -> dict[str, Plain]:
    """A person with an account on Google Cloud and a Hail name."""
    account = {'id': f'{name}@example.org', 'hail_batch_username': f'{name}-hail'}
    return {'id': name, 'clouds': {'gcp': account}, **changes}


def users() -> dict[str, Plain]:
    """Every user, by id."""
    people = {name: user(name) for name in PEOPLE}
    for developer in ('ana', 'bao'):
        people[developer]['can_access_internal_dataset_logs'] = True
    people['femi']['clouds']['gcp']['hail_batch_username'] = None
    return people


def organisation(**changes: Plain) -> CPGInfrastructureConfig:
    """The organisation with some values changed; None removes a section."""
    given = {
        'domain': 'example.org',
        'budget_currency': 'AUD',
        'common_dataset': 'common',
        'config_destination': 'gs://lantern-config/deploy',
        'plugins_enabled': [],
        'users': users(),
        'gcp': dict(GCP),
        'billing': dict(BILLING),
        **SECTIONS,
        **changes,
    }
    return CPGInfrastructureConfig.from_dict({key: value for key, value in given.items() if value is not None})


def dataset(name: str, **changes: Plain) -> CPGDatasetConfig:
    """A dataset with a project and a budget, and nobody in it."""
    return CPGDatasetConfig.from_dict(
        {
            'dataset': name,
            'gcp': {'project': f'lantern-{name}'},
            'budgets': {'gcp': {'monthly_budget': 100}},
            **changes,
        },
    )


def infrastructure_of(*datasets: CPGDatasetConfig, **changes: Plain) -> Infrastructure:
    """The drivers of some datasets, beside the common one, in an organisation with some values changed."""
    common = () if any(each.dataset == 'common' for each in datasets) else (dataset('common'),)
    return Infrastructure(organisation(**changes), [*common, *datasets], date=TODAY)


def plan_of(*datasets: CPGDatasetConfig, **changes: Plain) -> Plan:
    """The plan of some datasets, beside the common one, in an organisation with some values changed."""
    return infrastructure_of(*datasets, **changes).plan()
