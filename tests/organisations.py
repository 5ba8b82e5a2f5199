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

AZURE: Mapping[str, Plain] = {
    'region': 'australiaeast',
    'subscription': '11111111-2222-4333-8444-555555555555',
    'tenant': 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    'dataset_storage_prefix': 'lantern-',
    'config_bucket_name': 'deployed',
    'config_resource_group': 'lantern-configuration',
    'budget_start': '2030-01-01',
    'budget_contacts': ['costs@example.org'],
}
"""The organisation on Azure; a test that wants it passes it as the section `azure`."""

HAIL_AZURE: Mapping[str, Plain] = {
    'hail_batch_url': 'https://batch.azure.example.org',
    'hail_auth_url': 'https://auth.azure.example.org',
}

DESTINATION_ON_AZURE = 'https://lanternconfig.blob.core.windows.net/deployed/runner'

DROPBOX_ON_AZURE = '0d0d0d0d-1111-4222-8333-444444444444'
WEB_ON_AZURE = '0e0e0e0e-1111-4222-8333-444444444444'
"""Service principals."""

BILLING: Mapping[str, Plain] = {
    'gcp': {'project_id': 'lantern-billing', 'account_id': '0A1B2C-3D4E5F-6A7B8C'},
    'coordinator_machine_account': COORDINATOR,
    'hail_aggregator_username': 'aggregator',
}


def user(name: str, **changes: Plain) -> dict[str, Plain]:
    """A person with an account and a Hail name on either cloud."""
    accounts = {
        'gcp': {'id': f'{name}@example.org', 'hail_batch_username': f'{name}-hail'},
        'azure': {'id': f'{name}@tenant.example.org', 'hail_batch_username': f'{name}-hail'},
    }
    return {'id': name, 'clouds': accounts, **changes}


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


def on_azure(name: str, **changes: Plain) -> CPGDatasetConfig:
    """A dataset on Azure only."""
    there = {'deploy_locations': ['azure'], 'gcp': None, 'budgets': {'azure': {'monthly_budget': 100}}}
    return dataset(name, **{**there, **changes})


def on_both(name: str, **changes: Plain) -> CPGDatasetConfig:
    """A dataset on Google Cloud and on Azure."""
    budgets = {'gcp': {'monthly_budget': 100}, 'azure': {'monthly_budget': 100}}
    return dataset(name, **{'deploy_locations': ['gcp', 'azure'], 'budgets': budgets, **changes})


def two_clouds(**changes: Plain) -> dict[str, Plain]:
    """The changes to the organisation that bring it to Azure as well."""
    return {
        'azure': dict(AZURE),
        'hail': {'gcp': SECTIONS['hail']['gcp'], 'azure': dict(HAIL_AZURE)},
        'web_service': {**SECTIONS['web_service'], 'azure': {'server_machine_account': WEB_ON_AZURE}},
        'data_dropbox': {**SECTIONS['data_dropbox'], 'azure': {'server_machine_account': DROPBOX_ON_AZURE}},
        **changes,
    }


def azure_only(**changes: Plain) -> dict[str, Plain]:
    """The changes to the organisation that leave nothing of it on Google Cloud."""
    return {
        **dict.fromkeys(SECTIONS),
        'gcp': None,
        'billing': None,
        'azure': dict(AZURE),
        'hail': {'azure': dict(HAIL_AZURE)},
        'web_service': {'azure': {'server_machine_account': WEB_ON_AZURE}},
        'data_dropbox': {'azure': {'server_machine_account': DROPBOX_ON_AZURE}},
        'config_destination': DESTINATION_ON_AZURE,
        **changes,
    }


def infrastructure_of(*datasets: CPGDatasetConfig, **changes: Plain) -> Infrastructure:
    """The drivers of some datasets, beside the common one, in an organisation with some values changed."""
    common = () if any(each.dataset == 'common' for each in datasets) else (dataset('common'),)
    return Infrastructure(organisation(**changes), [*common, *datasets], date=TODAY)


def plan_of(*datasets: CPGDatasetConfig, **changes: Plain) -> Plan:
    """The plan of some datasets, beside the common one, in an organisation with some values changed."""
    return infrastructure_of(*datasets, **changes).plan()
