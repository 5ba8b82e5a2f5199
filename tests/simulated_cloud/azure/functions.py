"""Functions of the directory's provider, which read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.world import Refused, World


def _matches(thing: Mapping[str, Any], key: str, wanted: str) -> bool:
    known = {**thing['inputs'], **thing['outputs']}.get(key)
    # Object ids and names compare without case.
    return isinstance(known, str) and known.lower() == wanted.lower()


def _shown(thing: Mapping[str, Any]) -> dict[str, Any]:
    shown = {**thing['inputs'], **thing['outputs'], 'id': thing['outputs']['objectId']}
    shown.pop('preventDuplicateNames', None)  # asked of the provider, not of the directory
    return shown


def _one(world: World, kind: str, arguments: Inputs, keys: tuple[str, ...]) -> dict[str, Any]:
    given = {key: arguments[key] for key in keys if arguments.get(key)}
    if len(given) != 1:
        raise Refused(f'one of `{",".join(keys)}` must be specified')
    ((key, wanted),) = given.items()
    found = [thing for _, thing in world.of_kind(kind) if _matches(thing, key, wanted)]
    if not found:
        raise Refused(f'{kind} with {key} {wanted!r} was not found')
    if len(found) > 1:
        raise Refused(f'more than one {kind} has {key} {wanted!r}')
    return _shown(found[0])


def get_user(world: World, arguments: Inputs) -> dict[str, Any]:
    """A user by name, address or object id."""
    return _one(world, 'user', arguments, ('objectId', 'userPrincipalName', 'mail', 'mailNickname', 'employeeId'))


_LISTS: Final = {'objectIds': 'objectId', 'userPrincipalNames': 'userPrincipalName', 'mails': 'mail'}


def get_users(world: World, arguments: Inputs) -> dict[str, Any]:
    """Users by names, addresses or object ids, in the order in which they are asked for."""
    given = {key: arguments[key] for key in _LISTS if arguments.get(key)}
    if len(given) != 1:
        raise Refused(f'one of `{",".join(_LISTS)}` must be specified')
    ((key, names),) = given.items()
    found = []
    for name in names:
        there = [thing for _, thing in world.of_kind('user') if _matches(thing, _LISTS[key], name)]
        if not there and not arguments.get('ignoreMissing'):
            raise Refused(f'user with {_LISTS[key]} {name!r} was not found')
        found += [_shown(thing) for thing in there]
    return {
        'id': f'users#{",".join(names)}',
        'users': found,
        **{several: [each.get(single) for each in found] for several, single in _LISTS.items()},
    }


def get_application(world: World, arguments: Inputs) -> dict[str, Any]:
    """An application by object id, client id or name."""
    return _one(world, 'application', arguments, ('objectId', 'clientId', 'displayName'))


def get_service_principal(world: World, arguments: Inputs) -> dict[str, Any]:
    """A service principal, a managed identity's too, by object id, client id or name."""
    return _one(world, 'serviceprincipal', arguments, ('objectId', 'clientId', 'displayName'))


def get_group(world: World, arguments: Inputs) -> dict[str, Any]:
    """A group by object id or name."""
    return _one(world, 'group', arguments, ('objectId', 'displayName', 'mailNickname'))


FUNCTIONS: Final = {
    f'azuread:index/{name}:{name}': function
    for name, function in (
        ('getUser', get_user),
        ('getUsers', get_users),
        ('getApplication', get_application),
        ('getServicePrincipal', get_service_principal),
        ('getGroup', get_group),
    )
}
