"""Who is in the directory: people, groups, and service principals, of which managed identities are one sort."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.lookups import made_up_id
from tests.simulated_cloud.world import World

KINDS: Final[Mapping[str, str]] = {'user': 'User', 'group': 'Group', 'serviceprincipal': 'ServicePrincipal'}
"""The keys under which principals are kept, and what role assignments call them."""

NOT_REPLICATED: Final = 1
"""How often the directory is asked for somebody new before all of it knows them."""


def principal(world: World, object_id: str, *, replicated: bool = False) -> tuple[str, Mapping[str, Any]] | None:
    """What sort a principal is of, and what is known of it; None when there is none.

    `replicated`: as a part of the directory sees it that may not have heard yet.
    """
    for kind, name in KINDS.items():
        found = world.sees(f'{kind} {object_id}') if replicated else world.get(f'{kind} {object_id}')
        if found is not None:
            return name, found
    return None


def make_service_principal(world: World, token: str, name: str, object_id: str | None = None) -> dict[str, str]:
    """A new service principal; its object id and its client id."""
    number = world.next_number()
    made = {'objectId': object_id or made_up_id('object', number), 'clientId': made_up_id('client', number)}
    thing = {'type': token, 'id': made['objectId'], 'inputs': {'displayName': name}, 'outputs': made}
    world.put(f'serviceprincipal {made["objectId"]}', {**thing, 'unseen': NOT_REPLICATED})
    return made


def application_named(world: World, name: str) -> str:
    """The object id of the application of a name, which is made when there is none."""
    for object_id, thing in world.of_kind('application'):
        if thing['inputs']['displayName'] == name:
            return object_id
    return make_application(world, name)


def make_application(world: World, name: str) -> str:
    """A new application with its service principal; the application's object id, which is another one."""
    made = make_service_principal(world, 'application', name)
    object_id = made_up_id('application', made['objectId'])
    world.put(
        f'application {object_id}',
        {
            'type': 'application',
            'id': object_id,
            'inputs': {'displayName': name},
            'outputs': {'objectId': object_id, 'clientId': made['clientId']},
        },
    )
    return object_id


def make_user(world: World, name: str, mail: str | None, user_type: str = 'Member') -> str:
    """A new user; the object id."""
    object_id = made_up_id('user', name.lower())
    world.put(
        f'user {object_id}',
        {
            'type': 'user',
            'id': object_id,
            'inputs': {'userPrincipalName': name, 'mail': mail, 'userType': user_type},
            'outputs': {'objectId': object_id},
        },
    )
    return object_id
