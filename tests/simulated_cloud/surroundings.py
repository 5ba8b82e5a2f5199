"""The services beside the cloud (Google groups, Hail Batch, metamist, blobs) on this machine, for the provider `cpg`.

Their doubles are in `tests.services`; here is where Lantern's addresses lead, and who deploys.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from tests.services import LocalServices, identity_token
from tests.services import World as Services
from tests.services.world import Azure, Hail, Metamist
from tests.simulated_cloud.azure.principals import application_named
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.launchers import REPOSITORY
from tests.simulated_cloud.seed import listed
from tests.simulated_cloud.world import World

DEPLOYER: Final = 'deployer@lantern.example.org'
METAMIST: Final = 'https://metamist.lantern.example.org'

ADDRESSES: Final = {
    'https://auth.hail.lantern.example.org': '/hail/gcp/auth',
    'https://batch.hail.lantern.example.org': '/hail/gcp/batch',
    'https://auth.hail-azure.lantern.example.org': '/hail/azure/auth',
    'https://batch.hail-azure.lantern.example.org': '/hail/azure/batch',
    METAMIST: '/metamist',
}


def services(cloud: Path, file: Path | None = None, port: int = 0) -> LocalServices:
    """The services, from `with` on.

    What is made through other providers is in the simulated clouds in the folder `cloud`: groups are those that are
    there, and users of Hail Batch on Azure become applications there. A container is made when a blob asks for it.
    """
    kept = None if file is not None and file.exists() else _world()
    return LocalServices(
        kept,
        file=file,
        port=port,
        group_exists=partial(_group_exists, Journal(cloud / 'gcp.jsonl')),
        application_named=partial(_application_named, Journal(cloud / 'azure.jsonl')),
    )


def _group_exists(journal: Journal, address: str) -> bool:
    with journal.transaction() as transaction:
        return World(transaction).sees(f'group {address}') is not None


def _application_named(journal: Journal, name: str) -> str:
    with journal.transaction() as transaction:
        return application_named(World(transaction), name)


def _world() -> Services:
    """What is there before the first deployment: everybody signs in to Hail Batch once, and then it knows them."""
    world = Services(
        hail={cloud: Hail(people=[*_people(cloud), 'lt-billing']) for cloud in ('gcp', 'azure')},
        metamist=Metamist(creators=[DEPLOYER], member_admins=[DEPLOYER]),
        azure=Azure(makes_containers=True),
    )
    for group in listed('lantern')['group']:
        world.google.groups[group['name']] = {'email': group['address'], 'settings': {}, 'members': {}}
    return world


def _people(cloud: str) -> list[str]:
    users = yaml.safe_load((REPOSITORY / 'examples' / 'lantern' / 'users.yaml').read_text(encoding='utf-8'))
    names = (user['clouds'].get(cloud, {}).get('hail_batch_username') for user in users.values())
    return [name for name in names if name]


def environment(running: LocalServices) -> dict[str, str]:
    """What the provider `cpg` must have in its environment to find the services, and to be let in."""
    return {
        'CPG_ENDPOINTS': json.dumps(running.endpoints(ADDRESSES)),
        'CPG_AZURE_BLOB_URL': running.blob_url,
        'CPG_AZURE_STORAGE_TOKEN': 'azure-token',
        'CPG_METAMIST_URL': METAMIST,
        'CPG_METAMIST_TOKEN': identity_token(DEPLOYER, METAMIST),
        'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token',
        'HAIL_TOKEN_GCP': 'hail-token',
        'HAIL_TOKEN_AZURE': 'hail-token',
        'CPG_FIRST_WAIT': '0.05',
        'CPG_REQUESTS_PER_SECOND': '1000',
    }
