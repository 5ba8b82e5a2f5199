"""Functions of the provider, which read."""

from __future__ import annotations

from typing import Any

from tests.simulated_cloud.gcp.lookups import number_of
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.world import Refused, World


def get_organization(world: World, arguments: Inputs) -> dict[str, Any]:
    """An organisation by its domain or its number."""
    for number, thing in world.of_kind('organization'):
        if arguments.get('domain') == thing['domain'] or arguments.get('organization') in {
            number,
            f'organizations/{number}',
        }:
            return {
                'id': f'organizations/{number}',
                'name': f'organizations/{number}',
                'orgId': number,
                'domain': thing['domain'],
                'directoryCustomerId': thing['customer'],
                'lifecycleState': 'ACTIVE',
                'createTime': '2020-01-01T00:00:00Z',
            }
    wanted = arguments.get('domain') or arguments.get('organization')
    raise Refused(f'Organization not found: {wanted}')


def get_project(world: World, arguments: Inputs) -> dict[str, Any]:
    """A project by its id."""
    name = arguments['projectId']
    return {'id': f'projects/{name}', 'projectId': name, 'number': number_of(world, name)}


def get_secret_version(world: World, arguments: Inputs) -> dict[str, Any]:
    """The latest version of a secret that somebody made by hand."""
    name = f'{arguments["project"]}/{arguments["secret"]}'
    if world.sees(f'secret {name}') is None:
        raise Refused(f'googleapi: Error 404: Secret [projects/{name.replace("/", "/secrets/")}] not found., notFound')
    return {'id': f'{name}/versions/1', 'secret': name, 'secretData': f'content of {name}', 'version': '1'}


def get_group_lookup(world: World, arguments: Inputs) -> dict[str, Any]:
    """A group of Cloud Identity by its address. Google tells nobody whether there is none or one may not look."""
    key = arguments['groupKey']
    found = world.sees(f'group {str(key["id"]).lower()}')
    if found is None:
        raise Refused(
            'googleapi: Error 403: Error(2028): Permission denied for resource (or it may not exist)., forbidden'
        )
    return {'id': found['id'], 'name': found['id'], 'groupKey': key}
