"""Azure's naming rules. Many names there are unique in the whole world, or at least in the tenant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from cpg_infra.checks.check import Check, Finding, of_type, origin_of
from cpg_infra.config.diagnostics import Severity
from cpg_infra.plan import Plan, Resource

RULES_PAGE: Final = 'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules'


@dataclass(frozen=True, slots=True)
class NamingRule:
    """What names of a type may look like; the length is the check's figure, so that it can be replaced."""

    id: str
    token: str
    key: str
    what: str
    pattern: re.Pattern[str]
    shortest: int
    longest: int
    words: str


NAMING_RULES: Final = (
    NamingRule(
        'azure-resource-group-name',
        'azure-native:resources:ResourceGroup',
        'resourceGroupName',
        'resource group',
        re.compile(r'[\w.()-]*[\w()-]', re.ASCII),
        1,
        90,
        'letters, digits, hyphens, underscores, periods and brackets, no period last',
    ),
    NamingRule(
        'azure-storage-account-name',
        'azure-native:storage:StorageAccount',
        'accountName',
        'storage account',
        re.compile(r'[a-z0-9]+'),
        3,
        24,
        'lower-case letters and digits',
    ),
    NamingRule(
        'azure-container-name',
        'azure-native:storage:BlobContainer',
        'containerName',
        'container',
        re.compile(r'[a-z0-9]+(-[a-z0-9]+)*'),
        3,
        63,
        'lower-case letters and digits, single hyphens between them',
    ),
    NamingRule(
        'azure-vault-name',
        'azure-native:keyvault:Vault',
        'vaultName',
        'key vault',
        re.compile(r'[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*'),
        3,
        24,
        'letters, digits and single hyphens, a letter first, no hyphen last',
    ),
    NamingRule(
        'azure-secret-name',
        'azure-native:keyvault:Secret',
        'secretName',
        'secret',
        re.compile(r'[A-Za-z0-9-]+'),
        1,
        127,
        'letters, digits and hyphens',
    ),
    NamingRule(
        'azure-registry-name',
        'azure-native:containerregistry:Registry',
        'registryName',
        'container registry',
        re.compile(r'[A-Za-z0-9]+'),
        5,
        50,
        'letters and digits',
    ),
    NamingRule(
        'azure-identity-name',
        'azure-native:managedidentity:UserAssignedIdentity',
        'resourceName',
        'user-assigned identity',
        re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]*'),
        3,
        128,
        'letters, digits, hyphens and underscores, a letter or digit first',
    ),
    NamingRule(
        'azure-federated-credential-name',
        'azure-native:managedidentity:FederatedIdentityCredential',
        'federatedIdentityCredentialResourceName',
        'federated credential',
        re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]*'),
        3,
        120,
        'letters, digits, hyphens and underscores, a letter or digit first',
    ),
)

UNIQUE: Final[Mapping[str, str]] = {
    'azure-native:authorization:RoleAssignment': 'roleAssignmentName',
    'azure-native:authorization:RoleDefinition': 'roleName',
    'azure-native:containerregistry:Registry': 'registryName',
    'azure-native:keyvault:Vault': 'vaultName',
    'azure-native:resources:ResourceGroup': 'resourceGroupName',
    'azure-native:storage:StorageAccount': 'accountName',
    'azuread:index/groupWithoutMembers:GroupWithoutMembers': 'displayName',
}
"""Names that nothing else in the plan may have, and where they are in the inputs. Azure compares without case."""


def _names(rule: NamingRule, plan: Plan, limit: int) -> Iterable[Finding]:
    for resource in of_type(plan, rule.token):
        name = str(resource.inputs.get(rule.key, ''))
        if not rule.shortest <= len(name) <= limit or not rule.pattern.fullmatch(name):
            words = f'{rule.shortest} to {limit} {rule.words}'
            message = f'{rule.what} {name!r} ({len(name)} characters) breaks a naming rule: {words}'
            yield Finding(message, origin_of(plan, resource), resource.owner.dataset)


def _unique_names(plan: Plan, limit: int) -> Iterable[Finding]:
    for token, key in UNIQUE.items():
        named: dict[str, list[Resource]] = {}
        for resource in of_type(plan, token):
            name = str(resource.inputs.get(key, ''))
            same = named.setdefault(name.casefold(), [])
            same.append(resource)
            if len(same) > limit:
                message = f'the {key} {name!r} is also that of {same[0].name}'
                yield Finding(message, origin_of(plan, resource), resource.owner.dataset)


AZURE_NAME_CHECKS: Final[tuple[Check, ...]] = (
    *(
        Check(rule.id, f'names: {rule.what}', Severity.ERROR, RULES_PAGE, partial(_names, rule), rule.longest)
        for rule in NAMING_RULES
    ),
    Check(
        'azure-unique-name',
        'names that Azure lets only one thing have',
        Severity.ERROR,
        RULES_PAGE,
        _unique_names,
        1,
    ),
)
