"""Stands in for the provider `cpg` where a test is about something else: it keeps what it is given, and no more."""

from __future__ import annotations

from typing import Final

from cpg_infra.provider.schema import SCHEMA
from tests.simulated_cloud.kind import Inputs, Thing
from tests.simulated_cloud.servicer import Catalogue
from tests.simulated_cloud.world import World

_NAMED_BY: Final = {
    'cpg:google:GroupMembers': 'group',
    'cpg:hail:User': 'username',
    'cpg:hail:BillingProject': 'name',
    'cpg:metamist:Project': 'name',
}


def _kind(token: str) -> Thing:
    type_, name = SCHEMA[token], _NAMED_BY[token]

    def outputs(_: World, inputs: Inputs) -> dict[str, str]:
        if token != 'cpg:hail:User':
            return {}
        return {'identity': f'{inputs["username"]}-a1b2@hail-batch.iam.gserviceaccount.com'}

    return Thing(
        token,
        key=lambda inputs: f'{token} {inputs.get("cloud", "gcp")} {inputs[name]}',
        id=lambda inputs, _: str(inputs[name]),
        required=tuple(key for key, each in type_.inputs.items() if each.required),
        replaces=frozenset({name}),
        unordered=frozenset({'members', 'users'}),
        outputs=outputs,
    )


CATALOGUE: Final = Catalogue('cpg', '0.1.0', {token: _kind(token) for token in SCHEMA}, {})
