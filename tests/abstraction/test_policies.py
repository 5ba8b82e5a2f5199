"""How grants become policies on Google Cloud: what each kind of thing is, how it is named, and that nothing is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, given, settings

from cpg_infra.abstraction import GcpInfrastructure
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan, PrincipalKind
from tests.driver.rich import rich
from tests.organisations import TODAY, plan_of
from tests.random_organisations import Given, organisations

ALPHA = 'lantern-alpha'
NUMBER = 'organizations/«getOrganization(example.org).orgId»/roles/'

WRITTEN = {
    # logical name: type, and the inputs but for the members
    'alpha-gcp-main-bucket-read': (
        'gcp:storage/bucketIAMBinding:BucketIAMBinding',
        {'bucket': 'lantern-alpha-main', 'role': f'{NUMBER}StorageObjectAndBucketViewer'},
    ),
    'alpha-gcp-service-account-dataproc-full-act-as': (
        'gcp:serviceaccount/iAMBinding:IAMBinding',
        {
            'serviceAccountId': f'projects/{ALPHA}/serviceAccounts/dataproc-full@{ALPHA}.iam.gserviceaccount.com',
            'role': 'roles/iam.serviceAccountUser',
        },
    ),
    'alpha-gcp-cromwell-full-key-2-read': (
        'gcp:secretmanager/secretIamBinding:SecretIamBinding',
        {'project': ALPHA, 'secretId': 'alpha-cromwell-full-key', 'role': 'roles/secretmanager.secretAccessor'},
    ),
    'alpha-gcp-project-view-logs-group-alpha-analysis': (
        'gcp:projects/iAMMember:IAMMember',
        {'project': ALPHA, 'role': 'roles/logging.viewer'},
    ),
    'alpha-gcp-artifact-registry-images-write-group-alpha-images-writer': (
        'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember',
        {
            'project': ALPHA,
            'location': 'australia-southeast1',
            'repository': 'images',
            'role': 'roles/artifactregistry.writer',
        },
    ),
    'common-gcp-lantern-wheels-read-group-hail-wheels-viewers': (
        'gcp:storage/bucketIAMMember:BucketIAMMember',
        {'bucket': 'lantern-wheels', 'role': f'{NUMBER}StorageObjectAndBucketViewer'},
    ),
    'common-gcp-git-credentials-read-group-git-credentials-readers': (
        'gcp:secretmanager/secretIamMember:SecretIamMember',
        {'project': 'lantern-runner', 'secretId': 'git-credentials', 'role': 'roles/secretmanager.secretAccessor'},
    ),
    'common-gcp-runner-api-invoke-group-analysis-runner-invokers': (
        'gcp:cloudrun/iamMember:IamMember',
        {
            'project': 'lantern-runner',
            'location': 'australia-southeast1',
            'service': 'runner-api',
            'role': 'roles/run.invoker',
        },
    ),
}


@pytest.mark.parametrize('name', WRITTEN)
def test_a_grant_on_each_kind_of_thing_is_written_as_it_must_be(name: str) -> None:
    resource = rich().resource_by_name[name]
    inputs = {key: str(value) for key, value in resource.inputs.items() if key not in {'member', 'members'}}
    assert (resource.type, inputs) == WRITTEN[name]


def test_a_configured_number_of_the_organisation_is_written_out() -> None:
    gcp = {
        'customer_id': 'C0',
        'region': 'r',
        'groups_domain': 'groups.example.org',
        'config_bucket_name': 'lantern-config',
        'dataset_storage_prefix': 'lantern-',
        'organization_id': '123',
    }
    plan = plan_of(gcp=gcp)
    assert plan.resource_by_name['common-gcp-main-bucket-read'].inputs['role'] == (
        'organizations/123/roles/StorageObjectAndBucketViewer'
    )
    assert plan.resource_by_name['common-gcp-project'].inputs['orgId'] == '123'


PREFIX = {PrincipalKind.PERSON: 'user:', PrincipalKind.MACHINE: 'serviceAccount:', PrincipalKind.GROUP: 'group:'}


def granted(plan: Plan) -> set[tuple[str, str, str]]:
    """What the access model says: the asset, the role on Google Cloud, and the member as a policy spells it."""
    found = set()
    for grant in plan.grants:
        if grant.asset.startswith('gcp:') and grant.role in GcpInfrastructure.roles:
            principal = plan.principal_by_key[grant.principal]
            role = GcpInfrastructure.roles[grant.role].name.removeprefix('roles/')
            found.add((grant.asset, role, f'{PREFIX[principal.kind]}{principal.address}'))
    return found


ASSETS = {
    'gcp:storage': 'gcp:bucket:{bucket}',
    'gcp:projects': 'gcp:project:{project}',
    'gcp:serviceaccount': 'gcp:machine-account:{serviceAccountId}',
    'gcp:secretmanager': 'gcp:secret:{project}/{secretId}',
    'gcp:artifactregistry': 'gcp:registry:{project}/{location}/{repository}',
    'gcp:cloudrun': 'gcp:service:{project}/{location}/{service}',
}


def bound(plan: Plan) -> set[tuple[str, str, str]]:
    """The same, read from nothing but the resources."""
    found = set()
    for resource in plan.resources:
        if resource.type.startswith('gcp:') and 'role' in resource.inputs:
            inputs = {key: value for key, value in resource.inputs.items() if isinstance(value, str)}
            if 'serviceAccountId' in inputs:
                inputs['serviceAccountId'] = inputs['serviceAccountId'].rpartition('/')[2]
            asset = ASSETS[resource.type.partition('/')[0]].format(**inputs)
            members = resource.inputs.get('members') or [resource.inputs['member']]
            assert isinstance(members, list)
            role = str(resource.inputs['role']).rpartition('roles/')[2]
            found |= {(asset, role, str(member)) for member in members}
    return found


@settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(organisations())
def test_policies_say_what_the_access_model_says(given: Given) -> None:
    plan = Infrastructure(given.organisation, given.datasets, date=TODAY).plan()
    assert bound(plan) == granted(plan)


def test_members_stand_in_a_fixed_order_and_what_makes_them_comes_before() -> None:
    binding = rich().resource_by_name['alpha-gcp-hail-bucket-mutate']
    assert [str(member) for member in binding.inputs['members']] == [  # type: ignore[union-attr]  # a list
        'serviceAccount:«alpha-gcp-hail-batch-user-full.identity»',
        'serviceAccount:«alpha-gcp-hail-batch-user-standard.identity»',
        'serviceAccount:«alpha-gcp-hail-batch-user-test.identity»',
        'serviceAccount:server@lantern-runner.iam.gserviceaccount.com',
    ]
    assert binding.depends_on == (
        'alpha-gcp-hail-batch-user-full',
        'alpha-gcp-hail-batch-user-standard',
        'alpha-gcp-hail-batch-user-test',
        'alpha-gcp-hail-bucket',
    )


def test_a_policy_stands_for_each_of_its_grants() -> None:
    plan = rich()
    binding = plan.resource_by_name['alpha-gcp-main-upload-bucket-mutate']
    assert len(binding.intents) == len(json.loads(json.dumps(binding.inputs['members'])))
    assert set(binding.intents) <= {grant.key for grant in plan.grants}
