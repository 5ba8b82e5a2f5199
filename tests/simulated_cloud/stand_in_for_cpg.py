"""Stands in for the provider `cpg` where a test is about something else: it keeps what it is given, and no more.

Two of its types reach into Azure, and so do they here: users of Hail Batch are applications of the directory there,
and a blob lies in a container, which must be there.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from cpg_infra.provider.schema import SCHEMA
from tests.simulated_cloud.azure.principals import application_named
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.servicer import Catalogue
from tests.simulated_cloud.world import Refused, World

_NAMED_BY: Final = {
    'cpg:azure:Blob': ('account', 'container', 'name'),
    'cpg:google:GroupMembers': ('group',),
    'cpg:hail:User': ('username',),
    'cpg:hail:BillingProject': ('name',),
    'cpg:metamist:Project': ('name',),
}


def _identity(world: World, inputs: Inputs) -> dict[str, str]:
    name = inputs['username']
    if inputs['cloud'] != 'azure':
        return {'identity': f'{name}-a1b2@hail-batch.iam.gserviceaccount.com'}
    with world.elsewhere('azure') as azure:
        return {'identity': application_named(azure, name)}


def _address(_: World, inputs: Inputs) -> dict[str, str]:
    url = f'https://{inputs["account"]}.blob.core.windows.net/{inputs["container"]}/{quote(inputs["name"])}'
    return {'url': url, 'etag': '"0x1"'}


def _nothing(_: World, __: Inputs) -> dict[str, str]:
    return {}


def _in_a_container(world: World, inputs: Inputs) -> None:
    container = f'{inputs["account"]}/{inputs["container"]}'
    with world.elsewhere('azure') as azure:
        if azure.get(f'container {container}') is None:
            raise Refused(f'{container}: the specified container does not exist')


def _fine(_: World, __: Inputs) -> None:
    return


_OUTPUTS: Final = {'cpg:hail:User': _identity, 'cpg:azure:Blob': _address}
_REFUSALS: Final = {'cpg:azure:Blob': _in_a_container}


def _kind(token: str) -> Thing:
    type_, names = SCHEMA[token], _NAMED_BY[token]

    def name(inputs: Inputs) -> str:
        return '/'.join(str(inputs[each]) for each in names)

    return Thing(
        token,
        key=lambda inputs: f'{token} {inputs.get("cloud", "gcp")} {name(inputs)}',
        id=lambda inputs, _: name(inputs),
        required=tuple(key for key, each in type_.inputs.items() if each.required),
        replaces=frozenset(names),
        unordered=frozenset({'members', 'users'}),
        secrets=frozenset(key for key, each in type_.properties.items() if each.secret),
        refuse=_REFUSALS.get(token, _fine),
        outputs=_OUTPUTS.get(token, _nothing),
    )


CATALOGUE: Final = Catalogue('cpg', '0.1.0', 'cpg', {token: _kind(token) for token in SCHEMA}, {})
