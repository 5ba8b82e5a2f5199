"""Workflows on GitHub that act on Azure: deployed, deployed again, and with one thing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from cpg_infra.plan import Plan, Ref, Resource, Value
from tests.conformance.checker import registered
from tests.end_to_end.azure_organisations import WORKFLOW, with_workflows
from tests.end_to_end.harness import Deployment

GROUP: Final = '/subscriptions/c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f/resourceGroups'
REGISTRIES: Final = 'providers/Microsoft.ContainerRegistry/registries'
PUSH, PULL = '8311e382-0749-4cb8-b61a-304f252e45ec', '7f951dda-4ed3-4680-a7ca-43fe172d538d'
DEPLOYER: Final = 'aligner-img-dev-deployer'
LOGICAL: Final = f'azure/small-common/{DEPLOYER}'
BY_NAMES: Final = 'repo:lantern/aligner:environment:development'
BY_IDS: Final = 'repo:org-9001/repo-7001:environment:development'


def subjects(deployment: Deployment) -> dict[str, str]:
    """Whom Azure lets in as the identity, by the name of the credential."""
    begin = f'credential small-common/{DEPLOYER}/'
    return {
        key.removeprefix(begin): str(thing['inputs']['subject'])
        for key, thing in deployment.things('azure').items()
        if key.startswith(begin)
    }


def identity(deployment: Deployment) -> Mapping[str, Any]:
    outputs: Mapping[str, Any] = deployment.things('azure')[f'identity small-common/{DEPLOYER}']['outputs']
    return outputs


def roles(deployment: Deployment) -> set[tuple[str, str]]:
    """Scope and role of each assignment of the identity."""
    assignments = [
        thing['inputs'] for key, thing in deployment.things('azure').items() if key.startswith('assignment ')
    ]
    principal = identity(deployment)['principalId']
    return {
        (each['scope'], each['roleDefinitionId'].rpartition('/')[2])
        for each in assignments
        if each['principalId'] == principal
    }


def variables(deployment: Deployment) -> dict[str, str]:
    begin = 'variable aligner/development/'
    return {
        key.removeprefix(begin): str(thing['inputs']['value'])
        for key, thing in deployment.things('github').items()
        if key.startswith(begin)
    }


def test_everything_is_made_and_a_second_deployment_changes_nothing(nothing_deployed: Deployment) -> None:
    plan = with_workflows()
    outcome = nothing_deployed.up(plan)
    assert outcome.errors == []
    assert outcome.done == Counter({('create', each.name): 1 for each in registered(plan)})

    assert subjects(nothing_deployed) == {'github-names': BY_NAMES, 'github-ids': BY_IDS}
    assert roles(nothing_deployed) == {
        (f'{GROUP}/small-common/{REGISTRIES}/smallcommonimagesdev', PUSH),
        (f'{GROUP}/lantern-shared/{REGISTRIES}/lanternbase', PULL),
    }
    assert variables(nothing_deployed) == {
        'azure_client_id': identity(nothing_deployed)['clientId'],
        'azure_subscription_id': 'c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
        'azure_tenant_id': 'decade00-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
    }

    assert nothing_deployed.up(plan).steps == Counter()
    assert nothing_deployed.preview_refresh(expect_no_changes=True).is_sound


def test_after_a_transition_the_form_that_is_left_stays_as_it_is(federated_azure_deployment: Deployment) -> None:
    before = identity(federated_azure_deployment)
    outcome = federated_azure_deployment.up(with_workflows(transition=False, subject='ids'))
    assert outcome.is_sound, outcome.errors
    # It no longer waits for the other, which is no change of the thing.
    assert outcome.steps == Counter({('delete', f'{LOGICAL}/github-names'): 1})
    assert subjects(federated_azure_deployment) == {'github-ids': BY_IDS}
    assert identity(federated_azure_deployment) == before


def test_an_environment_that_leaves_can_come_in_no_more_and_stays_on_github(
    federated_azure_deployment: Deployment,
) -> None:
    trial = {'name': 'trial', 'read_registries': ['lantern-shared/lanternbase']}
    begin = 'azure/small-common/aligner-img-trial-deployer'
    assert federated_azure_deployment.up(with_workflows(WORKFLOW, trial)).is_sound
    outcome = federated_azure_deployment.up(with_workflows())
    assert outcome.is_sound, outcome.errors
    gone = (begin, f'{begin}/github-names', f'{begin}/github-ids', f'{begin}/read/lantern-shared/lanternbase')
    assert {name for _, name in outcome.steps} - {'github/aligner/trial/environment'} == {
        *gone,
        *(f'github/aligner/trial/AZURE_{name}' for name in ('CLIENT_ID', 'SUBSCRIPTION_ID', 'TENANT_ID')),
    }
    assert not [key for key in federated_azure_deployment.things('azure') if 'img-trial-deployer' in key]
    assert 'environment aligner/trial' in federated_azure_deployment.things('github')
    assert subjects(federated_azure_deployment) == {'github-names': BY_NAMES, 'github-ids': BY_IDS}


def under_earlier_names(plan: Plan) -> Plan:
    """The plan as it was before names of what is on Azure had slashes."""
    earlier = {each.name: each.options.aliases[0] for each in plan.resources if each.options.aliases}

    def renamed(value: Value) -> Value:
        if isinstance(value, Ref):
            return Ref(earlier.get(value.resource, value.resource), value.output)
        return value

    def changed(resource: Resource) -> Resource:
        return replace(
            resource,
            name=earlier.get(resource.name, resource.name),
            inputs={key: renamed(value) for key, value in resource.inputs.items()},
            depends_on=tuple(earlier.get(name, name) for name in resource.depends_on),
            options=replace(resource.options, aliases=()),
        )

    return replace(plan, resources=tuple(changed(each) for each in plan.resources))


def test_what_was_deployed_under_other_names_is_kept(nothing_deployed: Deployment) -> None:
    before = under_earlier_names(with_workflows())
    assert f'small-common-{DEPLOYER}' in before.resource_by_name
    assert nothing_deployed.up(before).is_sound
    made = identity(nothing_deployed)
    assert nothing_deployed.up(with_workflows()).steps == Counter()
    assert LOGICAL in {each['urn'].rpartition('::')[2] for each in nothing_deployed.state()}
    assert identity(nothing_deployed) == made
