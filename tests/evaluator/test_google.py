"""The evaluator on resources for Google Cloud that were written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from tests.evaluator.evaluate import evaluate
from tests.evaluator.resources import UnreadableError
from tests.evaluator.words import Access, Plain, Thing

MUTATOR = 'organizations/1/roles/StorageObjectAndBucketMutator'
READER = 'organizations/1/roles/StorageObjectAndBucketViewer'
LISTER = 'organizations/1/roles/StorageLister'
ANA, BAO = 'gcp:user:ana@example.org', 'gcp:user:bao@example.org'


def resource(type_: str, name: str, /, **inputs: Plain) -> dict[str, Plain]:
    return {'name': name, 'type': type_, 'inputs': inputs}


def bucket(name: str, project: str = 'p') -> dict[str, Plain]:
    return resource('gcp:storage/bucket:Bucket', name, name=name, project=project)


def group(name: str) -> dict[str, Plain]:
    return resource('gcp:cloudidentity/group:Group', name, groupKey={'id': name})


def members(name: str, *inside: Plain) -> dict[str, Plain]:
    return resource('cpg:google:GroupMembers', f'{name}-members', group=name, members=list(inside))


def binding(bucket_: str, role: str, *who: Plain, **more: Plain) -> dict[str, Plain]:
    type_ = 'gcp:storage/bucketIAMBinding:BucketIAMBinding'
    return resource(type_, f'{bucket_} {role} {more}', bucket=bucket_, role=role, members=list(who), **more)


def on_project(role: str, who: str, **more: Plain) -> dict[str, Plain]:
    type_ = 'gcp:projects/iAMMember:IAMMember'
    return resource(type_, f'{role} {who}', project='p', role=role, member=who, **more)


def can(access: Access, who: str, kind: str, name: str) -> set[str]:
    found = access.effective.get((who, Thing('gcp', kind, name)), frozenset())
    return {f'{each.part} {each.can}'.strip() for each in found}


@pytest.mark.parametrize(
    ('role', 'operations'),
    [
        (LISTER, {'list', 'read metadata'}),
        (READER, {'list', 'read metadata', 'read'}),
        ('organizations/1/roles/StorageViewerAndCreator', {'list', 'read metadata', 'read', 'create'}),
        (MUTATOR, {'list', 'read metadata', 'read', 'create', 'overwrite', 'delete'}),
        ('roles/storage.objectViewer', {'list', 'read'}),
        ('roles/storage.objectCreator', {'create'}),
        ('roles/storage.admin', {'list', 'read metadata', 'read', 'create', 'overwrite', 'delete', 'administer'}),
    ],
)
def test_a_role_on_a_bucket_is_its_permissions(role: str, operations: set[str]) -> None:
    access = evaluate([bucket('main'), binding('main', role, 'user:ana@example.org')])
    assert can(access, ANA, 'bucket', 'main') == operations


def test_groups_are_followed_however_deep() -> None:
    chain = [f'g{number}@example.org' for number in range(8)]
    nesting = [members(upper, lower) for lower, upper in pairwise(chain)]
    access = evaluate(
        [
            bucket('main'),
            *map(group, chain),
            members(chain[0], 'ana@example.org'),
            *nesting,
            binding('main', READER, f'group:{chain[-1]}'),
        ],
    )
    assert can(access, ANA, 'bucket', 'main') == {'list', 'read metadata', 'read'}
    assert can(access, f'gcp:group:{chain[0]}', 'bucket', 'main') == {'list', 'read metadata', 'read'}
    assert can(access, BAO, 'bucket', 'main') == set()


def test_a_role_on_a_project_reaches_what_lies_in_it() -> None:
    access = evaluate([bucket('main'), bucket('other', 'q'), on_project(LISTER, 'user:ana@example.org')])
    assert can(access, ANA, 'bucket', 'main') == {'list', 'read metadata'}
    assert can(access, ANA, 'bucket', 'other') == set()
    assert can(access, ANA, 'project', 'p') == set()


def test_a_condition_narrows_a_role_to_what_it_names() -> None:
    condition = {'expression': 'resource.name.startsWith("projects/_/buckets/main/objects/")', 'title': 'main'}
    access = evaluate(
        [
            bucket('main'),
            bucket('main-tmp'),
            on_project('roles/storage.objectViewer', 'user:ana@example.org', condition=condition),
        ],
    )
    # Names of objects are listed on the bucket, for which the condition does not hold.
    assert can(access, ANA, 'bucket', 'main') == {'read'}
    assert can(access, ANA, 'bucket', 'main-tmp') == set()
    assert can(access, ANA, 'project', 'p') == set()


def test_an_identity_of_hail_batch_is_a_program_in_groups_and_bindings_alike() -> None:
    identity = {'$ref': ['hail', 'identity']}
    access = evaluate(
        [
            resource('cpg:hail:User', 'hail', username='alpha-full'),
            bucket('main'),
            group('full@example.org'),
            members('full@example.org', identity),
            binding('main', MUTATOR, 'group:full@example.org'),
            binding('main', READER, {'$concat': ['serviceAccount:', identity]}),
        ],
    )
    assert access.members == {'gcp:group:full@example.org': frozenset({'gcp:serviceAccount:«hail.identity»'})}
    assert 'delete' in can(access, 'gcp:serviceAccount:«hail.identity»', 'bucket', 'main')


def test_the_role_of_one_service_is_not_that_of_another() -> None:
    access = evaluate(
        [
            on_project('roles/logging.viewer', 'user:ana@example.org'),
            on_project('roles/compute.viewer', 'user:bao@example.org'),
        ],
    )
    assert can(access, ANA, 'project', 'p') == {'logs read metadata', 'read metadata'}
    assert can(access, BAO, 'project', 'p') == {'machines read metadata', 'read metadata'}


def test_what_may_be_asked_for_is_told_with_its_terms() -> None:
    name = 'projects/_/buckets/main'
    entitlement = resource(
        'gcp:privilegedaccessmanager/entitlement:entitlement',
        'asking',
        maxRequestDuration='3600s',
        eligibleUsers=[{'principals': ['user:ana@example.org']}],
        requesterJustificationConfig={'unstructured': {}},
        privilegedAccess={
            'gcpIamAccess': {
                'resource': {
                    '$concat': ['//cloudresourcemanager.googleapis.com/projects/', {'$ref': ['project', 'number']}],
                },
                'roleBindings': [
                    {
                        'role': 'roles/storage.objectViewer',
                        'conditionExpression': f'resource.name == "{name}" || '
                        f'resource.name.startsWith("{name}/objects/")',
                    },
                ],
            },
        },
    )
    project = resource('gcp:organizations/project:Project', 'project', projectId='p')
    access = evaluate([project, bucket('main'), bucket('main-tmp'), entitlement])
    assert access.effective == {}
    assert {
        (who, thing.name, each.ability.can.value, each.seconds, each.justified, each.approvals)
        for (who, thing), requests in access.requests.items()
        for each in requests
    } == {(ANA, 'main', can_, 3600, True, 0) for can_ in ('list', 'read')}


@pytest.mark.parametrize(
    'resources',
    [
        [resource('gcp:storage/bucketIAMPolicy:BucketIAMPolicy', 'policy', bucket='main', policyData='{}')],
        [resource('gcp:bigquery/datasetAccess:DatasetAccess', 'access', role='READER')],
        [binding('main', 'roles/storage.legacyBucketReader', 'user:ana@example.org')],
        [binding('main', 'organizations/1/roles/Unheard', 'user:ana@example.org')],
        [binding('main', READER, 'user:ana@example.org', condition={'expression': 'request.time > now', 'title': 't'})],
        [bucket('main'), group('g'), members('g', {'$ref': ['main', 'url']})],
    ],
    ids=['a whole policy', 'another service', 'another role', 'another role of ours', 'a condition', 'no principal'],
)
def test_what_is_not_understood_is_refused(resources: Iterable[dict[str, Plain]]) -> None:
    with pytest.raises(UnreadableError):
        evaluate(resources)


POOL = 'projects/1/locations/global/workloadIdentityPools/github-pool'
ACCOUNT = 'ci@p.iam.gserviceaccount.com'


def provider(**changes: Plain) -> dict[str, Plain]:
    inputs: dict[str, Plain] = {
        'attributeCondition': 'assertion.repository_owner_id == "9"',
        'attributeMapping': {
            'google.subject': 'assertion.sub',
            'attribute.repository_environment': 'assertion.repository_id + "/" + assertion.environment',
        },
        'oidc': {'issuerUri': 'https://token.actions.githubusercontent.com'},
        **changes,
    }
    return resource('gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'provider', **inputs)


def let_in(member: str) -> dict[str, Plain]:
    return resource(
        'gcp:serviceaccount/iAMBinding:IAMBinding',
        'come-in',
        serviceAccountId=f'projects/p/serviceAccounts/{ACCOUNT}',
        role='roles/iam.workloadIdentityUser',
        members=[member],
    )


@pytest.mark.parametrize(
    'member',
    [
        f'principalSet://iam.googleapis.com/{POOL}/attribute.repository_environment/7/development',
        f'principal://iam.googleapis.com/{POOL}/subject/repo:lantern/aligner:environment:development',
    ],
)
def test_a_program_elsewhere_is_called_what_the_policy_calls_it(member: str) -> None:
    access = evaluate([provider(), let_in(member)])
    assert can(access, f'gcp:outside:{member}', 'machine-account', ACCOUNT) == {'create tokens', 'read metadata'}


@pytest.mark.parametrize(
    'resources',
    [
        [let_in(f'principalSet://iam.googleapis.com/{POOL}/*')],
        [let_in(f'principalSet://iam.googleapis.com/{POOL}/attribute.repository/lantern/aligner')],
        [let_in(f'principal://iam.googleapis.com/{POOL}/subject/repo:lantern/aligner:ref:refs/heads/main')],
        [provider(attributeCondition=None)],
        [provider(attributeCondition='assertion.repository_owner_id == "9" || true')],
        [provider(attributeMapping={'google.subject': 'assertion.sub'})],
        [provider(oidc={'issuerUri': 'https://issuer.example.org'})],
    ],
    ids=['a pool', 'an attribute', 'a subject', 'no condition', 'a condition', 'a mapping', 'an issuer'],
)
def test_a_pool_that_may_let_in_others_is_refused(resources: Iterable[dict[str, Plain]]) -> None:
    with pytest.raises(UnreadableError):
        evaluate(resources)


def test_a_role_on_a_set_of_tables_reaches_its_tables() -> None:
    access = evaluate(
        [
            resource('gcp:bigquery/table:Table', 'costs', project='p', datasetId='d', tableId='costs'),
            resource(
                'gcp:bigquery/datasetIamMember:DatasetIamMember',
                'reading',
                project='p',
                datasetId='d',
                role='roles/bigquery.dataViewer',
                member='user:ana@example.org',
            ),
        ],
    )
    assert can(access, ANA, 'tables', 'p.d') == {'read metadata'}
    assert can(access, ANA, 'table', 'p.d.costs') == {'list', 'read metadata', 'read'}


def test_users_of_hail_batch_and_metamist_are_told_by_name() -> None:
    access = evaluate(
        [
            resource('cpg:hail:BillingProject', 'batch', name='alpha', cloud='gcp', users=['ana-hail']),
            resource('cpg:metamist:Project', 'meta', name='alpha', members={'writer': ['ana@example.org']}),
        ],
    )
    found = {
        (who, thing): {f'{each.part} {each.can}'.strip() for each in can_}
        for (who, thing), can_ in access.effective.items()
    }
    assert found == {
        ('gcp:hail:ana-hail', Thing('gcp', 'hail-billing-project', 'alpha')): {'use'},
        ('metamist:ana@example.org', Thing('', 'metamist-project', 'alpha')): {
            'writer list',
            'writer read',
            'writer create',
            'writer overwrite',
        },
    }
