"""Stands in for the provider `cpg` where a test is about something else: it keeps what it is given, and no more.

Two of its types reach into a cloud, and so do they here: users of Hail Batch on Azure are applications in the
directory, and blobs lie in containers.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cpg_infra.provider.schema import SCHEMA
from tests.simulated_cloud.azure.principals import make_application
from tests.simulated_cloud.kind import Inputs, Made, Thing
from tests.simulated_cloud.servicer import Catalogue
from tests.simulated_cloud.world import Refused, World

_NAMED_BY: Final = {
    'cpg:google:GroupMembers': 'group',
    'cpg:hail:User': 'username',
    'cpg:hail:BillingProject': 'name',
    'cpg:metamist:Project': 'name',
}


def _user(world: World, inputs: Inputs) -> dict[str, str]:
    name = inputs['username']
    if inputs['cloud'] != 'azure':
        return {'identity': f'{name}-a1b2@hail-batch.iam.gserviceaccount.com'}
    with world.elsewhere('azure') as azure:
        there = [key for key, thing in azure.of_kind('application') if thing['inputs']['displayName'] == name]
        return {'identity': there[0] if there else make_application(azure, name)}


def _kind(token: str) -> Thing:
    type_, name = SCHEMA[token], _NAMED_BY[token]
    return Thing(
        token,
        key=lambda inputs: f'{token} {inputs.get("cloud", "gcp")} {inputs[name]}',
        id=lambda inputs, _: str(inputs[name]),
        required=tuple(key for key, each in type_.inputs.items() if each.required),
        replaces=frozenset({name}),
        unordered=frozenset({'members', 'users'}),
        outputs=_user if token == 'cpg:hail:User' else lambda _, __: {},
    )


class _Blob(Thing):
    """A blob, which has a new tag after each write."""

    def create(self, world: World, inputs: Inputs) -> Made:
        return self._tagged(world, super().create(world, inputs))

    def update(self, world: World, id_: str, old: Inputs, new: Inputs) -> Made:
        return self._tagged(world, super().update(world, id_, old, new))

    def _tagged(self, world: World, made: Made) -> Made:
        tag = hashlib.sha256(str(made.inputs['content']).encode()).hexdigest()[:16]
        made = Made(made.id, made.inputs, {**made.outputs, 'etag': f'"{tag}"'})
        self._keep(world, self.key(made.inputs), made)
        return made


def _refuse_blob(world: World, inputs: Inputs) -> None:
    with world.elsewhere('azure') as azure:
        if azure.get(f'storage {inputs["account"]}') is None:
            raise Refused(f'the storage account {inputs["account"]} does not exist')
        if azure.get(f'container {inputs["account"]}/{inputs["container"]}') is None:
            raise Refused(f'ContainerNotFound: {inputs["container"]} in {inputs["account"]}')


def _address(inputs: Inputs) -> str:
    return f'https://{inputs["account"]}.blob.core.windows.net/{inputs["container"]}/{inputs["name"]}'


_BLOB: Final = _Blob(
    'cpg:azure:Blob',
    key=lambda inputs: f'blob {inputs["account"]}/{inputs["container"]}/{inputs["name"]}',
    id=lambda inputs, _: _address(inputs),
    required=('account', 'container', 'content', 'name'),
    replaces=frozenset({'account', 'container', 'name'}),
    refuse=_refuse_blob,
)

CATALOGUE: Final = Catalogue(
    'cpg', '0.1.0', 'cpg', {**{token: _kind(token) for token in _NAMED_BY}, _BLOB.token: _BLOB}, {}
)
