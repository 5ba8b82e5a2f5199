"""Small organisations with datasets on Azure, in Lantern's surroundings: on Azure alone, and on both clouds."""

from __future__ import annotations

from typing import Any, Final

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.end_to_end.organisations import PEOPLE, TODAY
from tests.end_to_end.organisations import organisation as on_google

_AZURE: Final = {
    'region': 'australiaeast',
    'tenant': 'decade00-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
    'subscription': 'c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
    'dataset_storage_prefix': 'small-',
    'config_bucket_name': 'deployed',
    'config_resource_group': 'lantern-configuration',
    'budget_start': '2026-11-01',
    'budget_contacts': ['budgets@lantern.example.org'],
    'domains': ['lantern.example.org'],
}
DROPBOX: Final = 'd0bb0c50-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
"""The service principal of the dropbox service."""

_HAIL: Final = {
    'hail_batch_url': 'https://batch.hail-azure.lantern.example.org',
    'hail_auth_url': 'https://auth.hail-azure.lantern.example.org',
}


def organisation(**changes: Any) -> CPGInfrastructureConfig:
    """A small organisation on Azure alone: storage and Hail."""
    given = {
        'domain': 'lantern.example.org',
        'budget_currency': 'AUD',
        'common_dataset': 'common',
        'config_destination': 'https://lanternconfig.blob.core.windows.net/deployed/small',
        'plugins_enabled': [],
        'users': {name: {'id': name, 'clouds': {'azure': {'id': f'{name}@lantern.example.org'}}} for name in PEOPLE},
        'azure': dict(_AZURE),
        'hail': {'azure': dict(_HAIL)},
        **changes,
    }
    return CPGInfrastructureConfig.from_dict({key: value for key, value in given.items() if value is not None})


def dataset(name: str, **changes: Any) -> CPGDatasetConfig:
    """A dataset with nobody in it and without tests, so that it is small."""
    return CPGDatasetConfig.from_dict(
        {
            'dataset': name,
            'deploy_locations': ['azure'],
            'budgets': {'azure': {'monthly_budget': 100}},
            'setup_test': False,
            'enable_metamist_project': False,
            'components': {'azure': ['storage', 'hail-accounts']},
            **changes,
        },
    )


MEMBERS: Final = {'data-manager': ['ana'], 'analysis': ['bao']}


def small(alpha: dict[str, Any] | None = None, *more: CPGDatasetConfig) -> Plan:
    """Three datasets, with some values of `alpha` changed, and `more`."""
    datasets = (
        dataset('common'),
        dataset('alpha', **{'members': MEMBERS, **(alpha or {})}),
        dataset('beta', depends_on=['alpha']),
        *more,
    )
    return Infrastructure(organisation(), datasets, date=TODAY).plan()


def tiny(**changes: Any) -> Plan:
    """One dataset with storage only: for what takes several runs and has nothing to do with size."""
    common = dataset('common', components={'azure': ['storage']}, members={'analysis': ['bao']}, **changes)
    return Infrastructure(organisation(hail=None), [common], date=TODAY).plan()


VISITOR: Final = 'eve@partner.example.org'
"""Of another tenant, and never invited by hand."""


def with_a_guest(*members: str) -> Plan:
    """The tiny organisation, which invites guests, with Eve among its people."""
    eve = {'id': 'eve', 'clouds': {'azure': {'id': VISITOR}}}
    people = {name: {'id': name, 'clouds': {'azure': {'id': f'{name}@lantern.example.org'}}} for name in PEOPLE}
    inviting = {**_AZURE, 'invite_guests': {'redirect_url': 'https://start.lantern.example.org'}}
    whole = organisation(hail=None, azure=inviting, users={**people, 'eve': eve})
    common = dataset('common', components={'azure': ['storage']}, members={'analysis': list(members)})
    return Infrastructure(whole, [common], date=TODAY).plan()


def on_both_clouds() -> Plan:
    """The common dataset on both clouds."""
    people = {
        name: {'id': name, 'clouds': {cloud: {'id': f'{name}@lantern.example.org'} for cloud in ('gcp', 'azure')}}
        for name in PEOPLE
    }
    common = dataset(
        'common',
        gcp={'project': 'small-common'},
        deploy_locations=['gcp', 'azure'],
        budgets={cloud: {'monthly_budget': 100} for cloud in ('gcp', 'azure')},
        components={cloud: ['storage'] for cloud in ('gcp', 'azure')},
        members=MEMBERS,
    )
    whole = on_google(users=people, azure=dict(_AZURE), hail=None, analysis_runner=None)
    return Infrastructure(whole, [common], date=TODAY).plan()


ELSEWHERE: Final = 'facade00-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
"""A subscription beside that of the organisation."""


def in_two_subscriptions() -> Plan:
    """Three datasets, of which one that another depends on has a subscription of its own."""
    federations = FEDERATED['upload_federations']
    own = {'subscription': ELSEWHERE, 'upload_federations': federations[:1]}
    alpha = {'azure': own, 'members': {'upload': ['chen'], **MEMBERS}, 'upload_config': {'default_bucket': {}}}
    return small(alpha)


def with_workflows(*environments: dict[str, Any], **section: Any) -> Plan:
    """The tiny organisation with registries, and a workflow on GitHub with these environments, in transition."""
    common = dataset('common', components={'azure': ['storage', 'container-registry']}, create_container_registry=True)
    aligner = {
        'name': 'aligner',
        'github_repo': 'lantern/aligner',
        'repository_id': 7001,
        **{key: section.pop(key) for key in ('subject',) if key in section},
        'environments': list(environments or [WORKFLOW]),
    }
    azure = {'resource_group': 'small-common', 'transition': True, 'repositories': [aligner], **section}
    federation = {'owner_id': 9001, 'projects': {}, 'azure': azure}
    whole = organisation(hail=None, plugins_enabled=['github_wif'], github_wif=federation)
    return Infrastructure(whole, [common], date=TODAY).plan()


WORKFLOW: Final = {
    'name': 'development',
    'push_registry': 'smallcommonimagesdev',
    'read_registries': ['lantern-shared/lanternbase'],
}
"""Pushes to a registry that the plan makes, and pulls from one that was there before."""


FEDERATED: Final = {
    'upload_federations': [
        {'name': name, 'issuer': 'https://token.example.org', 'subject': f'repository:{name}'}
        for name in ('sequencer', 'archive', 'partner')
    ],
}
POLICY: Final = '6d2a0b4c-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
"""What Azure called the rules for reading the main container."""

RICH: Final = {
    'azure': {**FEDERATED, 'temporary_access_policy': POLICY},
    'setup_test': True,
    'create_container_registry': True,
    'enable_release': True,
    'budgets': {'azure': {'monthly_budget': 100, 'shared_total_budget': 300}},
    'enable_shared_project': True,
    'components': {'azure': ['storage', 'hail-accounts', 'container-registry']},
    'members': {**MEMBERS, 'release-access': ['dara'], 'upload': ['chen'], 'tmp-main-read-access': ['chen']},
    'upload_config': {
        'dropboxes': [
            {'id': 'partner', 'name': 'Partner laboratory', 'allowed_filetypes': ['.cram'], 'uploaders': ['dara']}
        ],
    },
}


def rich(**changes: Any) -> Plan:
    """A dataset with everything that there is on Azure, beside the common one."""
    datasets = [dataset('common'), dataset('alpha', **{**RICH, **changes})]
    whole = organisation(
        azure={**_AZURE, 'premium_tenant': True},
        data_dropbox={'azure': {'server_machine_account': DROPBOX}},
        temporary_access={'approver_groups': ['alpha-data-manager@lantern.example.org'], 'steps': 1},
    )
    return Infrastructure(whole, datasets, date=TODAY).plan()
