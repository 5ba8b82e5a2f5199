"""Where a role assignment on Azure counts: ids of resources, which contain what begins with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from tests.evaluator.azure_subscriptions import Subscriptions
from tests.evaluator.resources import Resources, ref, text
from tests.evaluator.words import Plain, Thing

Inputs = Mapping[str, Plain]


def _group(it: Inputs) -> str:
    return f'/resourcegroups/{text(it["resourceGroupName"])}'


def _account(it: Inputs) -> str:
    return f'{_group(it)}/providers/microsoft.storage/storageaccounts/{text(it["accountName"])}'


def identity_name(it: Inputs) -> str:
    """An identity as it is called here: every dataset has one of the same name in its resource group."""
    return f'{text(it["resourceGroupName"])}/{text(it["resourceName"])}'


def _vault(it: Inputs) -> str:
    return f'{_group(it)}/providers/microsoft.keyvault/vaults/{text(it["vaultName"])}'


SCOPED: Final[Mapping[str, tuple[str, Callable[[Inputs], str], Callable[[Inputs], str]]]] = {
    'azure-native:resources:ResourceGroup': ('project', _group, lambda it: text(it['resourceGroupName'])),
    'azure-native:storage:StorageAccount': ('storage-account', _account, lambda it: text(it['accountName'])),
    'azure-native:storage:BlobContainer': (
        'bucket',
        lambda it: f'{_account(it)}/blobservices/default/containers/{text(it["containerName"])}',
        lambda it: f'{text(it["accountName"])}/{text(it["containerName"])}',
    ),
    'azure-native:managedidentity:UserAssignedIdentity': (
        'machine-account',
        lambda it: (
            f'{_group(it)}/providers/microsoft.managedidentity/userassignedidentities/{text(it["resourceName"])}'
        ),
        identity_name,
    ),
    'azure-native:keyvault:Vault': ('vault', _vault, lambda it: text(it['vaultName'])),
    'azure-native:keyvault:Secret': (
        'secret',
        lambda it: f'{_vault(it)}/secrets/{text(it["secretName"])}',
        lambda it: f'{text(it["vaultName"])}/{text(it["secretName"])}',
    ),
    'azure-native:containerregistry:Registry': (
        'registry',
        lambda it: f'{_group(it)}/providers/microsoft.containerregistry/registries/{text(it["registryName"])}',
        lambda it: text(it['registryName']),
    ),
}
"""By type: what kind of thing it is, its id below the subscription, and its name."""


LEAVES: Final = ('bucket', 'machine-account', 'registry', 'secret')
"""Kinds of things in which nothing else lies."""

_CONTAINER: Final = re.compile(
    r'/providers/microsoft\.storage/storageaccounts/([a-z0-9]+)/blobservices/default/containers/([a-z0-9-]+)$',
)
"""A container, also one that exists without us."""

_REGISTRY: Final = re.compile(
    r'/resourcegroups/([^/]+)/providers/microsoft\.containerregistry/registries/([a-z0-9]+)$',
)
"""A registry, likewise."""


class Scopes:
    """The things of a plan by their ids. Ids compare without case."""

    def __init__(self, resources: Resources, subscriptions: Subscriptions) -> None:
        self._thing_at: dict[str, Thing] = {}
        self._id_of: dict[Thing, str] = {}
        self._made_by: dict[str, Thing] = {}
        for type_, (kind, id_of, name_of) in SCOPED.items():
            for logical, inputs in resources.named(type_):
                thing = Thing('azure', kind, name_of(inputs))
                self._made_by[logical] = thing
                begin = f'/subscriptions/{subscriptions.of(logical)}'
                self._remember(f'{begin}{id_of(inputs)}'.lower(), thing)

    def _remember(self, id_: str, thing: Thing) -> None:
        self._thing_at[id_] = thing
        self._id_of[thing] = id_

    def thing(self, scope: Plain) -> Thing:
        """What a scope is: something of the plan, else a place that is known by its id alone."""
        made_by = ref(scope)
        if made_by is not None and made_by[1] == 'id':
            return self._made_by[made_by[0]]
        id_ = text(scope).lower()
        if id_ not in self._thing_at:
            self._remember(id_, _elsewhere(id_))
        return self._thing_at[id_]

    def within(self, thing: Thing) -> set[Thing]:
        """Everything of the plan that lies in a thing, itself left out."""
        begin = f'{self._id_of[thing]}/'
        return {other for id_, other in self._thing_at.items() if id_.startswith(begin) and other.kind in LEAVES}


def _elsewhere(id_: str) -> Thing:
    for kind, pattern in (('bucket', _CONTAINER), ('registry', _REGISTRY)):
        found = pattern.search(id_)
        if found is not None:
            return Thing('azure', kind, '/'.join(found.groups()))
    return Thing('azure', 'scope', id_)
