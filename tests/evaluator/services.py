"""Access as Hail Batch and metamist see it. Both know people and programs by name, and no groups."""

from __future__ import annotations

from typing import Final

from tests.evaluator.resources import Resources, UnreadableError, text
from tests.evaluator.words import Ability, Can, Gathering, Thing

METAMIST: Final[dict[str, frozenset[Can]]] = {
    'reader': frozenset({Can.LIST, Can.READ}),
    'contributor': frozenset({Can.LIST, Can.READ, Can.CREATE}),
    'writer': frozenset({Can.LIST, Can.READ, Can.CREATE, Can.OVERWRITE}),
}
"""What a role in a metamist project allows. Each role has its own list of members, and is a part of the project here."""


def gather(resources: Resources) -> Gathering:
    """Everything that the two services would allow."""
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
                found.given[f'metamist:{text(address)}', thing] |= {Ability(role, can) for can in METAMIST[role]}
    return found
