"""The builder refuses what contradicts itself, and closes into a plan in canonical order."""

from __future__ import annotations

import dataclasses
import json

import pytest

from cpg_infra.config import Cloud, Diagnostic, Severity
from cpg_infra.plan import (
    Asset,
    AssetKind,
    BucketRole,
    DanglingReferenceError,
    DuplicateKeyError,
    Grant,
    Group,
    Membership,
    Options,
    Owner,
    PlanBuilder,
    PlanError,
    Principal,
    PrincipalKind,
    Provider,
    Ref,
    Resource,
    Setting,
    Value,
)

ALPHA = Owner('alpha', Cloud.GCP, 'storage')
BETA = Owner('beta', Cloud.GCP, 'uploads')
EVERYBODY = Owner('', Cloud.GCP, 'hail')
ORIGIN = ('dataset', 'alpha')


def resource(
    name: str, owner: Owner = ALPHA, inputs: dict[str, Value] | None = None, **more: tuple[str, ...]
) -> Resource:
    return Resource(name, 'gcp:storage/bucket:Bucket', name, inputs or {}, owner, ('asset',), **more)  # type: ignore[arg-type]  # depends_on only


def asset(key: str, owner: Owner = ALPHA, *, managed: bool = True) -> Asset:
    return Asset(key, AssetKind.BUCKET, Cloud.GCP, key, owner, ORIGIN, managed=managed)


def test_a_logical_name_is_used_once() -> None:
    builder = PlanBuilder()
    builder.resource(resource('main'))
    with pytest.raises(DuplicateKeyError) as caught:
        builder.resource(resource('main', BETA))
    assert str(caught.value) == "resource 'main' is declared twice: by alpha/gcp/storage and by beta/gcp/uploads"
    assert builder.has_resource('main')
    assert not builder.has_resource('test')


def test_a_thing_of_ours_is_declared_once() -> None:
    builder = PlanBuilder()
    builder.asset(asset('main'))
    with pytest.raises(DuplicateKeyError, match="asset 'main' is declared twice: by alpha/gcp/storage and by"):
        builder.asset(asset('main', EVERYBODY))


@pytest.mark.parametrize('managed', [(False, True), (True, False)])
def test_a_thing_that_exists_without_us_may_turn_out_to_be_ours(managed: tuple[bool, bool]) -> None:
    builder = PlanBuilder()
    for each in managed:
        builder.asset(asset('main', managed=each))
    assert builder.close().assets == (asset('main'),)


def test_a_thing_that_exists_without_us_may_be_named_often_and_belongs_to_the_first() -> None:
    builder = PlanBuilder()
    first = builder.asset(asset('wheels', ALPHA, managed=False))
    assert builder.asset(asset('wheels', BETA, managed=False)) is first


def test_groups_memberships_and_grants_are_declared_once_each() -> None:
    builder = PlanBuilder()
    group = Group('g', 'readers', Cloud.GCP, ALPHA, ORIGIN)
    membership = Membership('m', 'g', 'p', 'key', ALPHA, ORIGIN)
    grant = Grant('r', 'p', BucketRole.READ, 'main', ALPHA, ORIGIN)
    builder.group(group)
    builder.membership(membership)
    builder.grant(grant)
    for again in (
        lambda: builder.group(Group('g', 'readers', Cloud.GCP, BETA, ORIGIN)),
        lambda: builder.membership(Membership('m', 'g', 'q', 'key', BETA, ORIGIN)),
        lambda: builder.grant(Grant('r', 'q', BucketRole.LIST, 'main', BETA, ORIGIN)),
    ):
        with pytest.raises(DuplicateKeyError, match=r'by alpha/gcp/storage and by beta/gcp/uploads$'):
            again()


def test_a_stack_output_is_declared_once() -> None:
    builder = PlanBuilder()
    builder.output('members-cache-bucket', 'gs://one')
    with pytest.raises(DuplicateKeyError, match="stack output 'members-cache-bucket' is declared twice"):
        builder.output('members-cache-bucket', 'gs://two')


def test_a_principal_may_be_named_often() -> None:
    builder = PlanBuilder()
    ana = Principal('gcp:person:ana@example.org', PrincipalKind.PERSON, Cloud.GCP, 'ana@example.org', user='ana')
    assert builder.principal(ana) is builder.principal(ana)
    assert builder.close().principals == (ana,)


@pytest.mark.parametrize(
    ('inputs', 'depends_on', 'message'),
    [
        ({'parent': Ref('project', 'number')}, (), 'main needs project, which is not in the plan'),
        ({'deep': [{'er': Ref('project', 'id')}]}, (), 'main needs project, which is not in the plan'),
        ({}, ('api',), 'main needs api, which is not in the plan'),
    ],
)
def test_what_a_resource_needs_must_be_there(
    inputs: dict[str, Value], depends_on: tuple[str, ...], message: str
) -> None:
    builder = PlanBuilder()
    builder.resource(resource('main', inputs=inputs, depends_on=depends_on))
    with pytest.raises(DanglingReferenceError) as caught:
        builder.close()
    assert str(caught.value) == message


def test_what_a_stack_output_needs_must_be_there() -> None:
    builder = PlanBuilder()
    builder.output('number', Ref('project', 'number'))
    with pytest.raises(DanglingReferenceError, match='stack output number needs project'):
        builder.close()


def test_a_plan_is_in_the_order_of_organisation_datasets_components_and_names() -> None:
    builder = PlanBuilder()
    later = Owner('alpha', Cloud.GCP, 'uploads')
    for each in (resource('b', BETA), resource('z'), resource('c', EVERYBODY), resource('a', later), resource('y')):
        builder.resource(each)
    plan = builder.close()
    assert [each.name for each in plan.resources] == ['c', 'y', 'z', 'a', 'b']
    assert plan.resource_by_name['y'].owner == ALPHA
    assert plan.count_by_type() == {'gcp:storage/bucket:Bucket': 5}


def test_remarks_come_once_and_errors_apart() -> None:
    builder = PlanBuilder()
    fault = Diagnostic('limit', 'too long', ORIGIN)
    remark = Diagnostic('limit', 'nearly too long', ORIGIN, Severity.WARNING)
    for each in (remark, fault, remark):
        builder.diagnose(each)
    plan = builder.close()
    assert plan.diagnostics == (fault, remark)
    assert plan.errors == (fault,)


def test_the_json_form_holds_what_is_set_and_leaves_out_defaults() -> None:
    builder = PlanBuilder()
    builder.resource(resource('project'))
    builder.resource(
        Resource(
            'main',
            'gcp:storage/bucket:Bucket',
            'lantern-main',
            {'parent': Ref('project', 'number'), 'on': True, 'none': None},
            ALPHA,
            ('main',),
            ('project',),
            Options(protect=True, aliases=('old',)),
        ),
    )
    builder.asset(asset('main'))
    builder.output('main', 'gs://main')
    shown = json.loads(builder.close().canonical_bytes())
    assert shown == {
        'format': 1,
        'resources': [
            {
                'name': 'main',
                'type': 'gcp:storage/bucket:Bucket',
                'physical': 'lantern-main',
                'inputs': {'parent': {'$ref': ['project', 'number']}, 'on': True, 'none': None},
                'owner': ['alpha', 'gcp', 'storage'],
                'intents': ['main'],
                'depends_on': ['project'],
                'options': {'protect': True, 'aliases': ['old']},
            },
            {
                'name': 'project',
                'type': 'gcp:storage/bucket:Bucket',
                'physical': 'project',
                'inputs': {},
                'owner': ['alpha', 'gcp', 'storage'],
                'intents': ['asset'],
            },
        ],
        'access': {
            'assets': [
                {
                    'key': 'main',
                    'kind': 'bucket',
                    'cloud': 'gcp',
                    'name': 'main',
                    'owner': ['alpha', 'gcp', 'storage'],
                    'origin': ['dataset', 'alpha'],
                    'managed': True,
                    'holds_data': False,
                },
            ],
            'principals': [],
            'groups': [],
            'memberships': [],
            'grants': [],
            'entitlements': [],
        },
        'outputs': {'main': 'gs://main'},
        'diagnostics': [],
    }


# Providers ------------------------------------------------------------------------------------------------


def test_a_provider_that_is_named_again_must_be_the_same() -> None:
    builder = PlanBuilder()
    assert builder.provider('apart', Provider('gcp', {'project': 'a'})) == 'apart'
    assert builder.provider('apart', Provider('gcp', {'project': 'a'})) == 'apart'
    with pytest.raises(PlanError, match='two providers are called apart'):
        builder.provider('apart', Provider('gcp', {'project': 'b'}))


def test_a_setting_has_one_value() -> None:
    builder = PlanBuilder()
    builder.setting(Setting('gcp', 'project', 'PROJECT', 'a', ORIGIN))
    builder.setting(Setting('gcp', 'project', 'PROJECT', 'a', ('dataset', 'beta')))
    with pytest.raises(PlanError, match='gcp:project would have to have two values'):
        builder.setting(Setting('gcp', 'project', 'PROJECT', 'b', ORIGIN))
    assert [each.origin for each in builder.close().settings] == [ORIGIN]


def test_a_resource_is_of_a_provider_of_its_package_that_is_declared() -> None:
    builder = PlanBuilder()
    builder.resource(dataclasses.replace(resource('main'), provider='apart'))
    with pytest.raises(DanglingReferenceError, match='main is of the provider apart, which is not declared'):
        builder.close()
    builder.provider('apart', Provider('azure-native', {}))
    with pytest.raises(PlanError, match='main is no resource of azure-native'):
        builder.close()
