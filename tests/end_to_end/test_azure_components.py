"""Everything that there is on Azure for a dataset: secrets, registries, federation, budgets, the release."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import Final

from cpg_infra.plan import Plan
from tests.end_to_end.azure_organisations import DROPBOX, FEDERATED, POLICY, rich, tiny
from tests.end_to_end.harness import Deployment
from tests.simulated_cloud.building_azure import CREDENTIAL

RULES: Final = 'azure-native:authorization:RoleManagementPolicy'

TAKEN: Final = 1
"""One name of each sort is somebody else's."""

SHARED: Final = 1
"""The registry that pipelines begin with was made by hand."""


def test_everything_is_made_once_and_stays_as_it_is(rich_azure_deployment: Deployment) -> None:
    made = Counter(each['urn'].rpartition('::')[2] for each in rich_azure_deployment.state())
    assert made == Counter(each.name for each in rich().resources)
    assert rich_azure_deployment.made_more_than_once('azure') <= {'counter'}
    kinds = Counter(key.partition(' ')[0] for key in rich_azure_deployment.things('azure'))
    assert [kinds[kind] for kind in ('registry', 'secret', 'credential', 'budget')] == [3 + TAKEN + SHARED, 1, 3, 3]
    assert kinds['vault'] == 1 + TAKEN
    assert rich_azure_deployment.up(rich()).steps == Counter()


def test_the_configuration_of_dropboxes_is_a_secret_that_its_service_alone_reads(
    rich_azure_deployment: Deployment,
) -> None:
    things = rich_azure_deployment.things('azure')
    (secret,) = (thing for key, thing in things.items() if key.startswith('secret '))
    dropboxes = json.loads(secret['inputs']['properties']['value'])['dropboxes']
    assert [(each['id'], each['project']) for each in dropboxes] == [('partner', 'alpha')]
    readers = {
        thing['inputs']['principalId']
        for key, thing in things.items()
        if key.startswith('assignment ') and thing['inputs']['scope'] == secret['id']
    }
    assert readers == {DROPBOX}
    files = (path for path in rich_azure_deployment.folder.glob('state/**/*') if path.is_file())
    kept = [path.read_text(encoding='utf-8') for path in files]
    assert any('common-azure-vault' in text for text in kept)
    assert not any('Partner laboratory' in text for text in kept)


def test_people_may_ask_for_reading_for_a_day_when_others_agree(rich_azure_deployment: Deployment) -> None:
    things = rich_azure_deployment.things('azure')
    (eligible,) = (thing['inputs'] for key, thing in things.items() if key.startswith('eligibility '))
    assert eligible['scope'] == things['container smallalphaver/main']['id']
    assert things[f'group {eligible["principalId"]}']['inputs']['displayName'] == 'alpha-tmp-main-read-access'
    rules = {rule['id']: rule for rule in things[f'rolepolicy {POLICY}']['inputs']['rules']}
    assert rules['Expiration_EndUser_Assignment']['maximumDuration'] == 'PT24H'
    (stage,) = rules['Approval_EndUser_Assignment']['setting']['approvalStages']
    (approver,) = stage['primaryApprovers']
    assert things[f'group {approver["id"]}']['inputs']['displayName'] == 'alpha-data-manager'


def test_rules_of_another_name_are_not_found(rich_azure_deployment: Deployment) -> None:
    """Azure makes the rules with the container and names them: nobody can make others."""
    plan = rich(azure={**FEDERATED, 'temporary_access_policy': POLICY.replace('6', '7', 1)})
    failed = rich_azure_deployment.up(plan)
    assert [plan.resource_by_name[name].type for _, name in failed.failed] == [RULES]
    assert 'Code="RoleManagementPolicyNotFound"' in failed.errors[0]


def unordered(plan: Plan) -> Plan:
    """The plan in which a credential waits for nothing but its identity."""
    credentials = {each.name for each in plan.resources if each.type == CREDENTIAL}
    return dataclasses.replace(
        plan,
        resources=tuple(
            dataclasses.replace(each, depends_on=tuple(name for name in each.depends_on if name not in credentials))
            if each.name in credentials
            else each
            for each in plan.resources
        ),
    )


def test_credentials_of_one_identity_that_are_not_in_order_meet_and_are_refused(nothing_deployed: Deployment) -> None:
    """Why a plan puts them in order. All three are due at the moment when their identity is there."""
    plan = unordered(tiny(azure=FEDERATED))
    failed = nothing_deployed.up(plan)
    assert any('ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity' in each for each in failed.errors)
    assert {plan.resource_by_name[name].type for _, name in failed.failed} == {CREDENTIAL}


def test_credentials_that_go_are_deleted_one_after_the_other(rich_azure_deployment: Deployment) -> None:
    gone = {each.name for each in rich().resources if each.type == CREDENTIAL}
    outcome = rich_azure_deployment.up(rich(azure={'temporary_access_policy': POLICY}))
    assert outcome.errors == []
    assert outcome.done == Counter({('delete', name): 1 for name in gone})
