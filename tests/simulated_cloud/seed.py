"""What people made by hand before the first deployment: plans refer to it, so it must be there.

It is listed, file by file in `seeds`, and not derived from a plan: a plan that names a bucket wrongly must be refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.simulated_cloud.azure.seeding import seed_azure
from tests.simulated_cloud.gcp.projects import FIRST_NUMBER, enabled_from_the_start
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.world import World

SEEDS: Final = Path(__file__).with_name('seeds')


def seed(folder: Path, name: str) -> None:
    """Begin the clouds in `folder` with what the file `seeds/<name>.toml` lists."""
    folder.mkdir(parents=True, exist_ok=True)
    made = listed(name)
    if 'azure' in made:
        seed_azure(folder, made['azure'])
    if 'github' in made:
        with Journal(folder / 'github.jsonl').transaction() as transaction:
            for environment in made['github']['environments']:
                transaction.put(f'environment {environment}', _by_hand(environment.replace('/', ':'), {}))
    with Journal(folder / 'gcp.jsonl').transaction() as transaction:
        world = World(transaction)
        for key, thing in _things(made):
            world.put(key, thing)
        for project in made['project']:
            for key, thing in _in_project(world, project):
                world.put(key, thing)


def listed(name: str) -> dict[str, Any]:
    """What the file `seeds/<name>.toml` lists."""
    return tomllib.loads((SEEDS / f'{name}.toml').read_text(encoding='utf-8'))


def _by_hand(id_: str, inputs: Mapping[str, Any], **outputs: Any) -> dict[str, Any]:
    return {'type': 'by hand', 'id': id_, 'inputs': dict(inputs), 'outputs': outputs}


def _things(made: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    organisation = made['organisation']
    yield f'organization {organisation["number"]}', organisation
    for account in organisation['billing_accounts']:
        yield f'billing {account}', _by_hand(account, {})
    for role in organisation['roles']:
        yield f'role organizations/{organisation["number"]}/roles/{role}', _by_hand(role, {})
    for group in made['group']:
        yield f'group {group["address"]}', _by_hand(group['name'], {'groupKey': {'id': group['address']}}, **group)


def _in_project(world: World, project: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    name = project['id']
    number = str(project.get('number') or FIRST_NUMBER + world.next_number())
    yield f'project {name}', _by_hand(f'projects/{name}', {'projectId': name, 'name': name}, number=number)
    for host in (*enabled_from_the_start(world), *project.get('services', ())):
        yield f'service {name}/{host}', _by_hand(f'{name}/{host}', {'project': name, 'service': host})
    for account in project.get('accounts', ()):
        email = f'{account}@{name}.iam.gserviceaccount.com'
        yield f'account {email}', _by_hand(f'projects/{name}/serviceAccounts/{email}', {'accountId': account})
    for bucket in project.get('buckets', ()):
        yield f'bucket {bucket}', _by_hand(bucket, {'name': bucket, 'project': name})
    for secret in project.get('secrets', ()):
        yield f'secret {name}/{secret}', _by_hand(f'projects/{name}/secrets/{secret}', {'secretId': secret})
    for registry in project.get('registries', ()):
        yield f'registry {name}/{registry}', _by_hand(registry, {})
    for service in project.get('run', ()):
        yield f'run {name}/{service}', _by_hand(service, {})
    for tables in project.get('tables', ()):
        table_set, _, table = tables.partition('.')
        yield f'tables {name}/{table_set}', _by_hand(table_set, {})
        if table:
            yield f'table {name}/{table_set}/{table}', _by_hand(table, {})
    for topic in project.get('topics', ()):
        yield f'topic projects/{name}/topics/{topic}', _by_hand(topic, {})
