"""The services beside the cloud (Google groups, Hail Batch, metamist, blobs) on this machine, for the provider `cpg`.

Their doubles are in `tests.services`; here is where Lantern's addresses lead, and who deploys.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import yaml

from tests.services import LocalServices, World, identity_token
from tests.services.world import Azure, Google, Hail, Metamist
from tests.simulated_cloud.launchers import REPOSITORY
from tests.simulated_cloud.seed import listed

DEPLOYER: Final = 'deployer@lantern.example.org'
METAMIST: Final = 'https://metamist.lantern.example.org'

ADDRESSES: Final = {
    'https://auth.hail.lantern.example.org': '/hail/gcp/auth',
    'https://batch.hail.lantern.example.org': '/hail/gcp/batch',
    METAMIST: '/metamist',
}


def services(file: Path | None = None, port: int = 0) -> LocalServices:
    """The services, from `with` on.

    Groups and containers are made through other providers, so asking for one makes it here.
    """
    kept = None if file is not None and file.exists() else _world()
    return LocalServices(kept, file=file, port=port)


def _world() -> World:
    """What is there before the first deployment: everybody signs in to Hail Batch once, and then it knows them."""
    world = World(
        hail={'gcp': Hail(people=[*_people(), 'lt-billing'])},
        google=Google(makes_groups=True),
        metamist=Metamist(creators=[DEPLOYER], member_admins=[DEPLOYER]),
        azure=Azure(makes_containers=True),
    )
    for group in listed('lantern')['group']:
        world.google.groups[group['name']] = {'email': group['address'], 'settings': {}, 'members': {}}
    return world


def _people() -> list[str]:
    users = yaml.safe_load((REPOSITORY / 'examples' / 'lantern' / 'users.yaml').read_text(encoding='utf-8'))
    names = (user['clouds'].get('gcp', {}).get('hail_batch_username') for user in users.values())
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
        'CPG_FIRST_WAIT': '0.05',
        'CPG_REQUESTS_PER_SECOND': '1000',
    }
