"""Access as services see it that know people and programs by name, and no groups.

These are Hail Batch, metamist, and whoever reads the members of a group from its file: the web server lets in whom the
file of `web-access` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, text
from tests.evaluator.words import Abilities, Ability, Can, Gathering, Plain, Thing

METAMIST: Final[dict[str, Abilities]] = {
    role: frozenset(Ability(role, can) for can in operations)
    for role, operations in {
        'reader': (Can.LIST, Can.READ),
        'contributor': (Can.LIST, Can.READ, Can.CREATE),
        'writer': (Can.LIST, Can.READ, Can.CREATE, Can.OVERWRITE),
    }.items()
}
"""What a role in a metamist project allows. Each role has its own list of members, and is a part of the project here."""

FILES: Final = ('gcp:storage/bucketObject:BucketObject', 'cpg:azure:Blob')
ENDING: Final = '-members.txt'
"""What files are, and how the names of those end that hold the members of a group."""


def gather(resources: Resources) -> Gathering:
    """Everything that the services would allow."""
    found = Gathering()
    for inputs in resources.inputs('cpg:hail:BillingProject'):
        thing = Thing(inputs['cloud'], 'hail-billing-project', inputs['name'])
        for user in inputs['users']:
            found.given[f'{inputs["cloud"]}:hail:{text(user)}', thing].add(Ability('', Can.USE))
    for inputs in resources.inputs('cpg:metamist:Project'):
        thing = Thing('', 'metamist-project', inputs['name'])
        for role, addresses in (inputs.get('members') or {}).items():
            if role not in METAMIST:
                raise UnreadableError(f'metamist has no role {role}')
            for address in addresses:
                found.given[f'metamist:{text(address)}', thing] |= METAMIST[role]
    _read_files(resources, found)
    return found


def _read_files(resources: Resources, found: Gathering) -> None:
    for type_ in FILES:
        cloud = 'azure' if 'azure' in type_ else 'gcp'
        for inputs in resources.inputs(type_):
            name = text(inputs['name'])
            if name.endswith(ENDING):
                thing = Thing(cloud, 'members-file', name.removesuffix(ENDING))
                for line in _lines(inputs['content']):
                    found.given[f'{cloud}:named:{line}', thing].add(Ability('', Can.USE))


def _lines(content: Plain) -> list[str]:
    """The lines of a text, some of which only a deployment may tell."""
    if isinstance(content, Mapping) and set(content) == {'$member_lines'}:
        return [
            text(address).lower() if isinstance(address, str) else text(address) for address in content['$member_lines']
        ]
    return text(content).split()
