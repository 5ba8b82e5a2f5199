"""What one thing of Google Cloud asks of another, and how Google refuses when it is not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.world import Refused, World

EPOCH: Final = '2030-01-01T00:00:00Z'
"""When everything here was made: two runs of a test agree."""


def project(world: World, name: str) -> Mapping[str, Any]:
    """A project by its id. Raises `Refused` when there is none, or it was deleted."""
    found = world.sees(f'project {name}')
    if found is None or found.get('deleted'):
        raise Refused(
            f"googleapi: Error 403: Permission denied on resource project {name}. Consumer 'projects/{name}' is "
            'invalid or does not exist., forbidden'
        )
    return found


def project_by_number(world: World, number: str) -> str | None:
    """The id of the project with this number."""
    for name, thing in world.of_kind('project'):
        if str(thing['outputs'].get('number')) == number and not thing.get('deleted'):
            return name
    return None


def number_of(world: World, name: str) -> str:
    """The number of a project. Raises `Refused` when there is none."""
    return str(project(world, name)['outputs']['number'])


def require_api(world: World, name: str, host: str) -> None:
    """Raises `Refused` unless the API is enabled in the project `name`."""
    number = number_of(world, name)
    if world.sees(f'service {name}/{host}') is None:
        raise Refused(
            f'googleapi: Error 403: {host} has not been used in project {number} before or it is disabled. Enable '
            'it, then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our '
            'systems and retry., SERVICE_DISABLED'
        )


def refuse_unknown_principal(world: World, member: str) -> None:
    """Raises `Refused` for a group or service account that does not exist.

    Accounts of projects that this cloud does not know belong to somebody else, and so do people: they exist.
    """
    kind, _, address = member.partition(':')
    if kind in {'principal', 'principalSet'}:
        _refuse_unknown_pool(world, address)
        return
    if kind not in {'user', 'group', 'serviceAccount', 'domain'}:
        raise Refused(f'googleapi: Error 400: Invalid argument: The member {member} is of an unknown type., badRequest')
    if address != address.lower():
        raise Refused(f'googleapi: Error 400: The member {member} must be in lower case., badRequest')
    if kind == 'group' and world.sees(f'group {address}') is None:
        raise Refused(f'googleapi: Error 400: Group {address} does not exist., badRequest')
    if kind == 'serviceAccount' and not _is_account(world, address):
        raise Refused(f'googleapi: Error 400: Service account {address} does not exist., badRequest')


def _refuse_unknown_pool(world: World, address: str) -> None:
    match = re.fullmatch(
        r'//iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([^/]+)/.+', address
    )
    owner = project_by_number(world, match[1]) if match else None
    if match is None or owner is None or world.sees(f'pool {owner}/{match[2]}') is None:
        raise Refused(f'googleapi: Error 400: Identity Pool does not exist ({address})., badRequest')


def _is_account(world: World, address: str) -> bool:
    owner = address.partition('@')[2].removesuffix('.iam.gserviceaccount.com')
    return world.get(f'project {owner}') is None or world.sees(f'account {address}') is not None
