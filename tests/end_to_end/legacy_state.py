"""The recorded deployment (`tests/legacy`) as a cloud that has it and as the state of the stack that made it.

The simulated cloud makes each thing, so what clouds add (ids, addresses, numbers) is what it says. A state has more
than a recording: identifiers, outputs, what needs what, and the old version of the provider.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.end_to_end.harness import PROJECT, STACK
from tests.legacy.deployment import Recorded, access, computed, resources
from tests.simulated_cloud.gcp import CATALOGUE
from tests.simulated_cloud.journal import Journal
from tests.simulated_cloud.kind import Made
from tests.simulated_cloud.world import World

PROVIDER_VERSION: Final = '7.38.0'
"""Of the provider that made the deployment."""

IN_ORDER: Final = (
    'gcp:organizations/project:Project',
    'gcp:projects/service:Service',
    'gcp:serviceaccount/account:Account',
    'gcp:serviceaccount/key:Key',
    'gcp:cloudidentity/group:Group',
    'gcp:secretmanager/secret:Secret',
    'gcp:secretmanager/secretVersion:SecretVersion',
    'gcp:artifactregistry/repository:Repository',
    'gcp:storage/bucket:Bucket',
    'gcp:storage/bucketObject:BucketObject',
    'gcp:billing/budget:Budget',
    'gcp:privilegedaccessmanager/entitlement:entitlement',
)
"""Each type after those that its things need."""

ALSO_THERE: Final[Mapping[str, Mapping[str, Any]]] = {
    'gcp:storage/bucket:Bucket': {
        'defaultEventBasedHold': False,
        'forceDestroy': False,
        'publicAccessPrevention': 'inherited',
        'storageClass': 'STANDARD',
    },
    'gcp:organizations/project:Project': {'autoCreateNetwork': True},
    'gcp:projects/service:Service': {'checkIfServiceHasUsageOnDestroy': False},
    'gcp:serviceaccount/account:Account': {'disabled': False},
    'gcp:serviceaccount/key:Key': {
        'keyAlgorithm': 'KEY_ALG_RSA_2048',
        'privateKeyType': 'TYPE_GOOGLE_CREDENTIALS_FILE',
    },
    'gcp:secretmanager/secretVersion:SecretVersion': {'deletionPolicy': 'DELETE', 'enabled': True},
    'gcp:artifactregistry/repository:Repository': {'mode': 'STANDARD_REPOSITORY'},
    'gcp:billing/budget:Budget': {'ownershipScope': ''},
    'gcp:storage/bucketObject:BucketObject': {'contentType': 'text/plain; charset=utf-8', 'storageClass': 'STANDARD'},
}
"""What the provider fills in where a deployment says nothing: in the outputs, and never among the inputs."""

SECRET: Final = frozenset({'content', 'privateKey', 'secretData'})

_STACK: Final = f'urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{STACK}'
_PROVIDER: Final = f'urn:pulumi:{STACK}::{PROJECT}::pulumi:providers:gcp::default_{PROVIDER_VERSION.replace(".", "_")}'
_PROVIDER_ID: Final = '5c1b5f0e-7a53-4f0e-9d5c-0f4f5a3b2c1d'
_AGENT: Final = 'roles/privilegedaccessmanager.serviceAgent'

Entry = dict[str, Any]
"""One resource of a state."""


def deploy_recorded(cloud: Path) -> list[Entry]:
    """Make all that was recorded in the cloud in the folder `cloud`; the resources of the stack's state."""
    recorded = sorted(resources().values(), key=lambda each: IN_ORDER.index(each.type))
    with Journal(cloud / 'gcp.jsonl').transaction() as transaction:
        world = World(transaction)
        for kind, project, role, members in access()['grants']:
            if (kind, role) == ('projects', _AGENT):
                world.put(f'policy project {project}', {'roles': {role: members}})
        made = {each.name: _make(world, each) for each in recorded}
    return [*_before(), *_entries(recorded, made)]


def _make(world: World, recorded: Recorded) -> Made:
    """The thing in the cloud, with what only the clouds knew as it was recorded."""
    kind = CATALOGUE.kinds[recorded.type]
    made = kind.create(world, recorded.inputs)
    known = computed().get(recorded.name, {})
    key = (world.get(f'id {recorded.type} {made.id}') or {})['key']
    thing = world.get(key) or {}
    kept = {name: value for name, value in known.items() if name in thing['outputs']}
    there = {**ALSO_THERE.get(recorded.type, {}), **made.outputs, **known}
    world.put(key, {**thing, 'outputs': {**thing['outputs'], **kept}})
    return Made(made.id, made.inputs, there)


def _before() -> Iterator[Entry]:
    yield {'urn': _STACK, 'type': 'pulumi:pulumi:Stack', 'custom': False}
    version = {'version': PROVIDER_VERSION}
    yield {
        'urn': _PROVIDER,
        'type': 'pulumi:providers:gcp',
        'custom': True,
        'id': _PROVIDER_ID,
        'inputs': version,
        'outputs': version,
    }


def _entries(recorded: list[Recorded], made: Mapping[str, Made]) -> Iterator[Entry]:
    called: dict[str, str] = {}
    for each in recorded:
        thing = made[each.name]
        needs = {key: _named_in(value, called) for key, value in each.inputs.items()}
        yield {
            'urn': _urn(each),
            'type': each.type,
            'custom': True,
            'id': thing.id,
            'parent': _STACK,
            'provider': f'{_PROVIDER}::{_PROVIDER_ID}',
            'inputs': {'__defaults': [], **_sealed(each.inputs)},
            'outputs': _sealed({**thing.outputs, **each.inputs}),
            'dependencies': sorted({urn for urns in needs.values() for urn in urns}),
            'propertyDependencies': needs,
        }
        for name in _names(each, thing):
            called.setdefault(name, _urn(each))


def _names(recorded: Recorded, thing: Made) -> Iterator[str]:
    """What others call a thing by."""
    yield thing.id
    for key in ('email', 'number', 'projectId', 'privateKey'):
        if key in thing.properties:
            yield str(thing.properties[key])
    if recorded.type == 'gcp:organizations/project:Project':
        yield f'projects/{thing.properties["number"]}'


def _named_in(value: Any, called: Mapping[str, str]) -> list[str]:
    if isinstance(value, Mapping):
        return sorted({urn for item in value.values() for urn in _named_in(item, called)})
    if isinstance(value, list):
        return sorted({urn for item in value for urn in _named_in(item, called)})
    return [called[value]] if isinstance(value, str) and value in called else []


def _sealed(properties: Mapping[str, Any]) -> Entry:
    """Properties as an exported state has them: secrets in clear, and marked."""
    return {
        key: {
            '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
            'plaintext': json.dumps(value),
        }
        if key in SECRET
        else value
        for key, value in properties.items()
    }


def _urn(recorded: Recorded) -> str:
    return f'urn:pulumi:{STACK}::{PROJECT}::{recorded.type}::{recorded.name}'
