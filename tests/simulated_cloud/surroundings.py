"""The services beside the cloud (Google groups, Hail Batch, metamist) on this machine, for the provider `cpg`.

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
from tests.services.world import Hail, Metamist
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.launchers import REPOSITORY
from tests.simulated_cloud.seed import listed
from tests.simulated_cloud.world import World

DEPLOYER: Final = 'deployer@lantern.example.org'
METAMIST: Final = 'https://metamist.lantern.example.org'

ADDRESSES: Final = {
    'https://auth.hail.lantern.example.org': '/hail/gcp/auth',
    'https://batch.hail.lantern.example.org': '/hail/gcp/batch',
    METAMIST: '/metamist',
}


def services(cloud: Path, file: Path | None = None, port: int = 0) -> LocalServices:
    """The services, from `with` on. Groups are made through another provider: those of the cloud in `cloud` are there."""
    kept = None if file is not None and file.exists() else _world()
    return LocalServices(kept, file=file, port=port, group_exists=partial(_group_exists, Journal(cloud / 'gcp.jsonl')))


def _group_exists(journal: Journal, address: str) -> bool:
    with journal.transaction() as transaction:
        return World(transaction).sees(f'group {address}') is not None


def _world() -> Services:
    """What is there before the first deployment: everybody signs in to Hail Batch once, and then it knows them."""
    world = Services(
        hail={'gcp': Hail(people=[*_people(), 'lt-billing'])},
        metamist=Metamist(creators=[DEPLOYER], member_admins=[DEPLOYER]),
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
        'CPG_METAMIST_URL': METAMIST,
        'CPG_METAMIST_TOKEN': identity_token(DEPLOYER, METAMIST),
        'GOOGLE_OAUTH_ACCESS_TOKEN': 'google-token',
        'HAIL_TOKEN_GCP': 'hail-token',
        'CPG_FIRST_WAIT': '0.05',
        'CPG_REQUESTS_PER_SECOND': '1000',
    }
