"""An organisation that lets GitHub workflows in, of which a test changes one thing."""

from __future__ import annotations

from cpg_infra.config import CPGDatasetConfig
from cpg_infra.plan import Plan
from tests.organisations import Plain, dataset, plan_of

PROJECT = 'lantern-common'
NUMBER = 471147
OWNER_ID = 9001
POOL = f'projects/{NUMBER}/locations/global/workloadIdentityPools/github-pool'
AZURE = {
    'region': 'australiaeast',
    'subscription': '00000000-0000-0000-0000-00000000000a',
    'tenant': '00000000-0000-0000-0000-00000000000b',
    'dataset_storage_prefix': 'lantern',
    'config_bucket_name': 'config',
}
GUARD = {'teams': [41], 'protected_branches': True}


def environment(name: str = 'development', **changes: Plain) -> dict[str, Plain]:
    """An environment that pushes to the registry of trials."""
    return {'name': name, 'push_registry': 'images-dev', **changes}


def repository(name: str = 'aligner', **changes: Plain) -> dict[str, Plain]:
    """A repository with a number and one environment."""
    return {
        'name': name,
        'github_repo': f'lantern/{name}',
        'repository_id': 7001,
        'environments': [environment()],
        **changes,
    }


def federation(*repositories: Plain, **changes: Plain) -> dict[str, Plain]:
    """What `github_wif.yaml` holds."""
    return {
        'owner_id': OWNER_ID,
        'projects': {
            PROJECT: {
                'project_number': NUMBER,
                'location': 'australia-southeast1',
                'repositories': list(repositories or [repository()]),
            },
        },
        **changes,
    }


def federated(
    *repositories: Plain, organisation: Plain = None, datasets: tuple[CPGDatasetConfig, ...] = (), **changes: Plain
) -> Plan:
    """The plan of an organisation with that file."""
    return plan_of(
        dataset('common', create_container_registry=True),
        *datasets,
        plugins_enabled=['github_wif'],
        github_wif=federation(*repositories, **changes),
        **(organisation or {}),
    )


def with_everything() -> Plan:
    """A plan in which the plugin makes one of each of its things."""
    production = environment(
        'production',
        push_registry='images',
        read_registries=['us-docker.pkg.dev/partner/images', 'images-dev'],
        guard={**GUARD, 'wait_minutes': 5},
    )
    by_hand = environment('staging', push_registry=None, account_id='staging-deployer', guard={'by_hand': True})
    return federated(
        repository(environments=[environment(), production]),
        repository('caller', repository_id=None, environments=[by_hand]),
        pam_broker={'github_repo': 'lantern/access', 'repository_id': 7003, 'environment': 'pam'},
        organisation={'azure': AZURE},
        azure={
            'resource_group': 'ci',
            'transition': True,
            'repositories': [
                repository(environments=[environment(push_registry='lanterndev', read_registries=['shared/lantern'])])
            ],
        },
    )
