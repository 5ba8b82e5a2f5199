"""The management policy of a storage account: what happens to blobs as they age."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.simulated_cloud.azure.arm import resource
from tests.simulated_cloud.azure.refusals import refused
from tests.simulated_cloud.azure.storage import account, account_path, blob_settings
from tests.simulated_cloud.kind import Inputs
from tests.simulated_cloud.world import World

RULES: Final = 100
PREFIXES: Final = 10
NO_ARCHIVE: Final = ('_ZRS', '_GZRS', '_RAGZRS')
"""How the kinds of accounts end that have no archive tier."""


def _bad(rule: str, message: str) -> Exception:
    return refused(400, 'InvalidRequestPropertyValue', f'Rule {rule!r}: {message}')


def _refuse(world: World, inputs: Inputs) -> None:
    owner = account(world, inputs)
    if inputs['managementPolicyName'] != 'default':
        raise refused(400, 'InvalidResourceName', 'The management policy of an account is called default.')
    rules = inputs['policy'].get('rules') or ()
    if not 1 <= len(rules) <= RULES:
        raise refused(
            400, 'InvalidRequestPropertyValue', f'A policy has between 1 and {RULES} rules, not {len(rules)}.'
        )
    for name, count in Counter(rule['name'] for rule in rules).items():
        if count > 1:
            raise _bad(name, 'the name is used twice.')
    settings = blob_settings(world, inputs['accountName'])
    for rule in rules:
        _refuse_rule(rule, owner['inputs'], settings)


def _refuse_rule(rule: Mapping[str, Any], owner: Inputs, settings: Inputs) -> None:
    name, definition = rule['name'], rule['definition']
    if not re.fullmatch(r'[A-Za-z0-9]{1,256}', name):
        raise _bad(name, 'a name has up to 256 letters and digits.')
    if rule['type'] != 'Lifecycle':
        raise _bad(name, f'unknown type {rule["type"]!r}.')
    filters = definition.get('filters') or {}
    if not filters.get('blobTypes'):
        raise _bad(name, 'blobTypes is required.')
    if len(filters.get('prefixMatch') or ()) > PREFIXES:
        raise _bad(name, f'more than {PREFIXES} prefixes.')
    actions = list(_actions(definition['actions']))
    if not actions:
        raise _bad(name, 'at least one action is required.')
    for what, condition in actions:
        if what == 'tierToArchive' and owner['sku']['name'].endswith(NO_ARCHIVE):
            raise _bad(name, f'tierToArchive is not supported for {owner["sku"]["name"]}.')
        if 'daysAfterLastAccessTimeGreaterThan' in condition and not (
            settings.get('lastAccessTimeTrackingPolicy') or {}
        ).get('enable'):
            raise _bad(name, 'last access time tracking is not enabled on the account.')


def _actions(actions: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for on in ('baseBlob', 'snapshot', 'version'):
        for what, condition in (actions.get(on) or {}).items():
            if isinstance(condition, Mapping):
                yield what, condition


def _path(world: World, inputs: Inputs) -> str:
    return f'{account_path(world, inputs)}/managementPolicies/{inputs["managementPolicyName"]}'


MANAGEMENT_POLICY = resource(
    'azure-native:storage:ManagementPolicy',
    # Azure has one for an account, and a second PUT would write over it.
    key=lambda inputs: f'lifecycle {inputs["accountName"]}',
    path=_path,
    required=('accountName', 'managementPolicyName', 'policy', 'resourceGroupName'),
    replaces=('accountName', 'managementPolicyName', 'resourceGroupName'),
    refuse=_refuse,
)
