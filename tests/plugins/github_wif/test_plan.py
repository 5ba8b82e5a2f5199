"""What the plan holds of federation: access beside resources, traps avoided, nothing that GitHub's people set undone."""

from __future__ import annotations

from typing import Any

import pytest

from cpg_infra.access import resolve
from cpg_infra.plan import AccountRole, Plan, PrincipalKind, RegistryRole
from tests.organisations import dataset, plan_of
from tests.plugins.github_wif.federation import (
    AZURE,
    GUARD,
    POOL,
    PROJECT,
    environment,
    federated,
    federation,
    repository,
    with_everything,
)

POOL_TYPE = 'gcp:iam/workloadIdentityPool:WorkloadIdentityPool'
PROVIDER_TYPE = 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider'
ENVIRONMENT_TYPE = 'github:index/repositoryEnvironment:RepositoryEnvironment'
VARIABLE_TYPE = 'github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable'
CREDENTIAL_TYPE = 'azure-native:managedidentity:FederatedIdentityCredential'
DEPLOYER = 'aligner-img-dev-deployer'
BUDGET = {'monthly_budget': 100}
IN_GROUPS = {**AZURE, 'dataset_storage_prefix': 'lantern-', 'budget_start': '2030-01-01'}


def of_type(plan: Plan, token: str) -> dict[str, dict[str, Any]]:
    return {resource.name: dict(resource.inputs) for resource in plan.resources if resource.type == token}


def grants_to(plan: Plan, ending: str) -> set[tuple[str, str]]:
    return {(grant.role.value, grant.asset) for grant in plan.grants if grant.principal.endswith(ending)}


def test_the_access_model_says_who_comes_in_and_what_they_may_then_do() -> None:
    plan = federated()
    workflow = 'gcp:federated:github/lantern/aligner/development'
    account = f'{DEPLOYER}@{PROJECT}.iam.gserviceaccount.com'
    assert plan.principal_by_key[workflow].kind is PrincipalKind.FEDERATED
    assert grants_to(plan, workflow) == {(AccountRole.COME_IN_AS.value, f'gcp:machine-account:{account}')}
    assert grants_to(plan, account) == {
        (RegistryRole.WRITE.value, f'gcp:registry:{PROJECT}/australia-southeast1/images-dev'),
    }


def test_the_binding_holds_the_pair_and_nobody_else() -> None:
    binding = federated().resource_by_name[f'{PROJECT}-{DEPLOYER}-come-in-as']
    assert (binding.type, binding.inputs['role'], binding.inputs['members']) == (
        'gcp:serviceaccount/iAMBinding:IAMBinding',
        'roles/iam.workloadIdentityUser',
        [f'principalSet://iam.googleapis.com/{POOL}/attribute.repository_environment/7001/development'],
    )
    assert f'{PROJECT}-github-provider' in binding.depends_on


def test_without_a_number_the_binding_holds_the_stated_subject() -> None:
    binding = federated(repository(repository_id=None)).resource_by_name[f'{PROJECT}-{DEPLOYER}-come-in-as']
    assert binding.inputs['members'] == [
        f'principal://iam.googleapis.com/{POOL}/subject/repo:lantern/aligner:environment:development'
    ]


@pytest.mark.parametrize(
    ('owner_id', 'condition'),
    [(9001, 'assertion.repository_owner_id == "9001"'), (None, 'assertion.repository_owner == "lantern"')],
)
def test_only_one_owner_is_let_in(owner_id: int | None, condition: str) -> None:
    [provider] = of_type(federated(owner_id=owner_id), PROVIDER_TYPE).values()
    assert provider['attributeCondition'] == condition


def test_pool_and_provider_are_never_deleted_because_their_ids_come_back_late() -> None:
    plan = federated()
    for token in (POOL_TYPE, PROVIDER_TYPE):
        [name] = of_type(plan, token)
        assert plan.resource_by_name[name].options.as_plain() == {'protect': True, 'retain': True}


def test_a_pool_that_exists_is_referred_to_and_not_made() -> None:
    plan = federated(pool={'name': 'older-pool', 'provider': 'older-provider', 'manage': False})
    assert of_type(plan, POOL_TYPE) == of_type(plan, PROVIDER_TYPE) == {}
    binding = plan.resource_by_name[f'{PROJECT}-{DEPLOYER}-come-in-as']
    assert '/workloadIdentityPools/older-pool/attribute.' in str(binding.inputs['members'])
    variable = plan.resource_by_name['github/aligner/development/WIF_PROVIDER']
    assert str(variable.inputs['value']).endswith('/workloadIdentityPools/older-pool/providers/older-provider')
    [remark] = plan.diagnostics
    assert (remark.severity.value, remark.subject) == ('info', 'github_wif.pool.manage')


def test_an_account_of_somebody_else_is_not_taken_over() -> None:
    account = federated().resource_by_name[f'{PROJECT}-{DEPLOYER}']
    assert 'createIgnoreAlreadyExists' not in account.inputs


def test_an_account_that_is_deployed_under_another_id_keeps_it() -> None:
    plan = federated(repository(environments=[environment(account_id='older-deployer')]))
    assert plan.resource_by_name[f'{PROJECT}-older-deployer'].inputs['accountId'] == 'older-deployer'


def test_a_workflow_finds_its_account_by_two_variables() -> None:
    plan = federated()
    begin = 'github/aligner/development'
    assert {name: each['value'] for name, each in of_type(plan, VARIABLE_TYPE).items()} == {
        f'{begin}/WIF_PROVIDER': f'{POOL}/providers/github-provider',
        f'{begin}/WIF_SERVICE_ACCOUNT': f'{DEPLOYER}@{PROJECT}.iam.gserviceaccount.com',
    }
    for name in of_type(plan, VARIABLE_TYPE):
        assert plan.resource_by_name[name].depends_on == (f'{begin}/environment',)


def test_what_nobody_declared_of_an_environment_is_left_alone() -> None:
    undeclared = federated().resource_by_name['github/aligner/development/environment']
    assert dict(undeclared.inputs) == {'repository': 'aligner', 'environment': 'development'}
    assert set(undeclared.options.ignore_changes) == {
        'canAdminsBypass',
        'deploymentBranchPolicy',
        'preventSelfReview',
        'reviewers',
        'waitTimer',
    }
    guarded = federated(repository(environments=[environment(guard=GUARD)]))
    declared = guarded.resource_by_name['github/aligner/development/environment']
    assert declared.inputs['reviewers'] == [{'teams': [41], 'users': []}]
    assert declared.inputs['deploymentBranchPolicy'] == {'protectedBranches': True, 'customBranchPolicies': False}
    assert set(declared.options.ignore_changes) == {'canAdminsBypass', 'preventSelfReview', 'waitTimer'}


def test_an_environment_that_is_guarded_by_hand_is_not_written() -> None:
    plan = federated(repository(environments=[environment(guard={'by_hand': True})]))
    assert of_type(plan, ENVIRONMENT_TYPE) == {}
    assert len(of_type(plan, VARIABLE_TYPE)) == 2


def test_no_token_and_no_provider_is_in_a_plan() -> None:
    plan = with_everything()
    assert [resource.name for resource in plan.resources if resource.type.startswith('pulumi:providers')] == []
    inputs = [each for token in (ENVIRONMENT_TYPE, VARIABLE_TYPE) for each in of_type(plan, token).values()]
    assert not any('token' in str(key).lower() for each in inputs for key in each)


def test_registries_of_one_name_in_two_projects_are_told_apart() -> None:
    both = ['us-docker.pkg.dev/one/images-dev', 'us-docker.pkg.dev/two/images-dev']
    plan = federated(repository(environments=[environment(push_registry=None, read_registries=both)]))
    members = of_type(plan, 'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember').values()
    assert {each['project'] for each in members if DEPLOYER in each['member']} == {'one', 'two'}


def test_the_credentials_of_an_identity_are_written_one_after_the_other() -> None:
    plan = with_everything()
    credentials = of_type(plan, CREDENTIAL_TYPE)
    assert {name: each['subject'] for name, each in credentials.items()} == {
        f'azure/ci/{DEPLOYER}/github-names': 'repo:lantern/aligner:environment:development',
        f'azure/ci/{DEPLOYER}/github-ids': 'repo:org-9001/repo-7001:environment:development',
    }
    assert plan.resource_by_name[f'azure/ci/{DEPLOYER}/github-ids'].depends_on == (f'azure/ci/{DEPLOYER}/github-names',)
    assert {tuple(each['audiences']) for each in credentials.values()} == {('api://AzureADTokenExchange',)}


@pytest.mark.parametrize(('subject', 'form'), [('names', 'names'), ('ids', 'ids')])
def test_outside_a_transition_azure_accepts_the_form_that_comes(subject: str, form: str) -> None:
    plan = federated(
        organisation={'azure': AZURE},
        azure={
            'resource_group': 'ci',
            'repositories': [repository(subject=subject, environments=[environment(push_registry='lanterndev')])],
        },
    )
    assert list(of_type(plan, CREDENTIAL_TYPE)) == [f'azure/ci/{DEPLOYER}/github-{form}']


def test_identities_and_registries_are_looked_for_in_the_subscription_of_their_resource_group() -> None:
    apart = '99999999-0000-0000-0000-00000000000a'
    inside = environment(push_registry='lanternalpha/images', read_registries=['pulled'], guard=GUARD)
    plan = federated(
        organisation={'azure': AZURE},
        datasets=(dataset('alpha', azure={'subscription': apart}),),
        azure={
            'resource_group': 'ci',
            'repositories': [repository(environments=[inside])],
        },
    )
    native = [each for each in plan.resources if each.type.startswith('azure-native:')]
    name = f'azure-native-{apart}'
    assert {each.name: each.provider for each in native if each.provider is not None} == {
        f'azure/ci/{DEPLOYER}/write/lanternalpha/images': name
    }
    begins = {str(each.inputs[key]).split('/')[2] for each in native for key in ('scope',) if key in each.inputs}
    assert begins == {apart, AZURE['subscription']}
    assert [setting.value for setting in plan.settings] == [AZURE['subscription']]


def on_azure_too(*, resource_group: str, push_registry: str, **common: Any) -> Plan:
    """The common dataset on both clouds, and a workflow that pushes on either."""
    pushing = repository(environments=[environment(push_registry=push_registry, guard=GUARD)])
    clouds = {'deploy_locations': ['gcp', 'azure'], 'budgets': dict.fromkeys(('gcp', 'azure'), BUDGET)}
    return plan_of(
        dataset('common', create_container_registry=True, **clouds, **common),
        plugins_enabled=['github_wif'],
        github_wif=federation(
            repository(environments=[environment(guard=GUARD)]),
            azure={'resource_group': resource_group, 'transition': True, 'repositories': [pushing]},
        ),
        azure=IN_GROUPS,
    )


def test_a_registry_of_a_dataset_is_the_one_that_the_dataset_makes_whatever_its_case() -> None:
    plan = on_azure_too(resource_group='ci', push_registry='Lantern-Common/LanternCommonImagesDev')
    registry = 'azure:registry:lantern-common/australiaeast/images-dev'
    assert (RegistryRole.WRITE.value, registry) in grants_to(plan, f'azure:machine:ci/{DEPLOYER}')
    assignment = plan.resource_by_name[f'azure/ci/{DEPLOYER}/write/Lantern-Common/LanternCommonImagesDev']
    assert 'common-azure-artifact-registry-images-dev' in assignment.depends_on


def test_a_resource_group_may_be_that_of_a_dataset_and_be_called_like_a_project() -> None:
    plan = on_azure_too(resource_group='lantern-common', push_registry='shared/images')
    assert {f'lantern-common-{DEPLOYER}', f'azure/lantern-common/{DEPLOYER}'} <= plan.resource_by_name.keys()
    identity = plan.resource_by_name[f'azure/lantern-common/{DEPLOYER}']
    assert identity.depends_on == ('common-azure-project',)
    assert identity.options.aliases == (f'lantern-common-{DEPLOYER}',)
    [asset] = [each for each in plan.assets if each.key == f'azure:machine-account:lantern-common/{DEPLOYER}']
    assert asset.within == 'azure:project:lantern-common'


@pytest.mark.parametrize(
    'called',
    ['repo:lantern/aligner:environment:development', 'repo:org-9001/repo-7001:environment:development'],
)
def test_on_azure_each_form_of_a_subject_is_a_program_that_comes_in(called: str) -> None:
    program = f'azure:federated:https://token.actions.githubusercontent.com {called}'
    plan = with_everything()
    assert plan.principal_by_key[program].kind is PrincipalKind.FEDERATED
    assert grants_to(plan, called) == {(AccountRole.COME_IN_AS.value, f'azure:machine-account:ci/{DEPLOYER}')}
    assert {(each.holding.role, each.holding.asset, each.accounts) for each in resolve(plan).as_account(program)} == {
        (role, f'azure:registry:{registry}', (f'azure:machine-account:ci/{DEPLOYER}',))
        for role, registry in ((RegistryRole.WRITE, 'ci/lanterndev'), (RegistryRole.READ, 'shared/lantern'))
    }


def test_who_may_push_to_a_registry_is_told_with_the_way() -> None:
    access = resolve(with_everything())
    account = f'gcp:machine-account:aligner-img-prod-deployer@{PROJECT}.iam.gserviceaccount.com'
    found = access.as_account_on(f'gcp:registry:{PROJECT}/australia-southeast1/images')
    [pushing] = [each for each in found if ':federated:' in each.principal]
    assert (pushing.principal, pushing.accounts, pushing.holding.role) == (
        'gcp:federated:github/lantern/aligner/production',
        (account,),
        RegistryRole.WRITE,
    )


def test_an_environment_that_acts_on_two_clouds_is_one_environment() -> None:
    names = [
        name for name in of_type(with_everything(), VARIABLE_TYPE) if name.startswith('github/aligner/development')
    ]
    assert sorted(name.rpartition('/')[2] for name in names) == [
        'AZURE_CLIENT_ID',
        'AZURE_SUBSCRIPTION_ID',
        'AZURE_TENANT_ID',
        'WIF_PROVIDER',
        'WIF_SERVICE_ACCOUNT',
    ]
    assert 'github/aligner/development/environment' in with_everything().resource_by_name


def test_without_the_file_the_plan_says_that_nobody_is_let_in() -> None:
    plan = plan_of(dataset('common'), plugins_enabled=['github_wif'])
    assert [str(remark) for remark in plan.diagnostics] == [
        'info: plugins_enabled: there is no github_wif.yaml, so no workflow is let in'
    ]


def test_on_paper_only_the_projects_are_left_out_and_the_plan_says_so() -> None:
    repositories = {'projects': {PROJECT: {'project_number': 1, 'location': 'r1', 'repositories': [repository()]}}}
    common = dataset('common', deploy_locations=['dry-run'])
    plan = plan_of(common, plugins_enabled=['github_wif'], github_wif={'owner_id': 9, **repositories})
    assert of_type(plan, VARIABLE_TYPE) == {}
    assert [remark.message for remark in plan.diagnostics] == ['no dataset is on gcp, so the projects are left out']
