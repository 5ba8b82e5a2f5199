"""What holds of every plan on Azure, whatever the configuration."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from hypothesis import Phase, given, settings

from cpg_infra.abstraction.azure.roles import AZURE_ROLES
from cpg_infra.checks import run_checks
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Grant, Plan, Resource
from tests.organisations import TODAY
from tests.random_organisations import Given, organisations

few = settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
WORLDS = (('azure',), ('gcp', 'azure'))
ASSIGNMENT = 'azure-native:authorization:RoleAssignment'
CREDENTIAL = 'azure-native:managedidentity:FederatedIdentityCredential'


def plan(given: Given) -> Plan:
    return Infrastructure(given.organisation, given.datasets, date=TODAY).plan()


def of(planned: Plan, token: str) -> tuple[Resource, ...]:
    return planned.resources_by_type.get(token, ())


@few
@given(organisations(worlds=WORLDS))
def test_there_is_one_assignment_for_each_scope_role_and_principal(given: Given) -> None:
    planned = plan(given)
    triples: Counter[tuple[str, ...]] = Counter()
    names: Counter[str] = Counter()
    for each in of(planned, ASSIGNMENT):
        triples[tuple(str(each.inputs[key]) for key in ('scope', 'roleDefinitionId', 'principalId'))] += 1
        names[str(each.inputs['roleAssignmentName'])] += 1
    assert [triple for triple, count in (*triples.items(), *names.items()) if count > 1] == []


@few
@given(organisations(worlds=WORLDS))
def test_an_assignment_says_what_its_grants_mean_and_every_grant_has_one(given: Given) -> None:
    planned = plan(given)
    # A federated credential is the grant to come in as the identity.
    carried = Counter(key for each in of(planned, CREDENTIAL) for key in each.intents[1:])
    kinds = {'group': 'Group', 'person': 'User', 'machine': 'ServicePrincipal'}
    for each in of(planned, ASSIGNMENT):
        carried.update(each.intents)
        for key in each.intents:
            grant = planned.intent_by_key[key]
            assert isinstance(grant, Grant)
            role = AZURE_ROLES[grant.role]
            assert str(each.inputs['roleDefinitionId']).endswith(role.id)
            assert each.inputs.get('condition') == role.condition
            assert ('conditionVersion' in each.inputs) == (role.condition is not None)
            assert each.inputs['principalType'] == kinds[planned.principal_by_key[grant.principal].kind.value]
    granted = {
        grant.key
        for grant in planned.grants
        if grant.asset.startswith('azure:') and not grant.asset.startswith('azure:hail-billing-project:')
    }
    assert carried == dict.fromkeys(granted, 1)


@few
@given(organisations(worlds=WORLDS))
def test_every_lifecycle_rule_is_about_containers_of_its_account(given: Given) -> None:
    planned = plan(given)
    containers: dict[str, set[str]] = {}
    for each in of(planned, 'azure-native:storage:BlobContainer'):
        account, _, name = each.physical.partition('/')
        containers.setdefault(account, set()).add(name)
    for each in of(planned, 'azure-native:storage:ManagementPolicy'):
        policy: Any = each.inputs['policy']
        names = [rule['name'] for rule in policy['rules']]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch(r'[A-Za-z0-9]{1,256}', name)] == []
        for rule in policy['rules']:
            prefixes = rule['definition']['filters']['prefixMatch']
            assert 1 <= len(prefixes) <= 10
            assert {prefix.partition('/')[0] for prefix in prefixes} <= containers[str(each.inputs['accountName'])]
            assert all(prefix.endswith('/') for prefix in prefixes)


@few
@given(organisations(worlds=WORLDS))
def test_no_plan_breaks_a_naming_rule_or_a_limit(given: Given) -> None:
    assert [str(each) for each in run_checks(plan(given), given.organisation) if each.severity == 'error'] == []


@few
@given(organisations(worlds=WORLDS))
def test_what_holds_data_is_protected_and_nothing_is_open_to_all(given: Given) -> None:
    for each in plan(given).resources:
        if each.type in {
            'azure-native:containerregistry:Registry',
            'azure-native:keyvault:Vault',
            'azure-native:resources:ResourceGroup',
            'azure-native:storage:BlobContainer',
            'azure-native:storage:StorageAccount',
        }:
            assert (each.options.protect, each.options.retain) == (True, True)
        if each.type == 'azure-native:storage:StorageAccount':
            assert each.inputs['allowBlobPublicAccess'] is each.inputs['allowSharedKeyAccess'] is False
        if each.type == 'azure-native:storage:BlobContainer':
            assert each.inputs['publicAccess'] == 'None'
