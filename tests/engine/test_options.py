"""Options arrive at the engine, and dependencies are as few as they can be."""

from __future__ import annotations

import sys

import pytest

from cpg_infra.engine.emit import emit
from cpg_infra.engine.providers import PROVIDER_VERSIONS, own_version
from cpg_infra.plan import Options, Plan, Ref
from tests.engine.building import PROJECT, plan, resource
from tests.engine.programs import Recording, run


def emitted(the_plan: Plan, *, preview: bool) -> Recording:
    recording = run(lambda: emit(the_plan), preview=preview)
    assert len(recording.resources) == len(the_plan.resources)
    return recording


def test_every_option_reaches_the_engine(preview: bool) -> None:
    options = Options(
        protect=True,
        retain=True,
        ignore_changes=('initialGroupConfig', 'labels.x'),
        delete_before_replace=True,
        secret_outputs=('privateKey',),
        aliases=('old-name', 'older-name'),
    )
    request = emitted(plan(resource('a', options=options)), preview=preview).resources['a'].request
    assert request.protect
    assert request.retainOnDelete
    assert request.ignoreChanges == ['initialGroupConfig', 'labels.x']
    assert request.deleteBeforeReplace
    assert request.deleteBeforeReplaceDefined
    assert request.additionalSecretOutputs == ['privateKey']
    assert [alias.spec.name for alias in request.aliases] == ['old-name', 'older-name']
    assert not any(alias.spec.noParent or alias.spec.type for alias in request.aliases)


def test_without_options_the_engine_decides(preview: bool) -> None:
    request = emitted(plan(resource('a')), preview=preview).resources['a'].request
    assert not request.HasField('protect')
    assert not request.HasField('retainOnDelete')
    assert not request.deleteBeforeReplaceDefined
    assert not request.aliases
    assert not request.dependencies
    assert request.provider == ''


@pytest.mark.parametrize(
    ('token', 'version'),
    [
        ('gcp:storage/bucket:Bucket', '10.2.0'),
        ('azure-native:storage:StorageAccount', '3.29.0'),
        ('azuread:index/group:Group', '6.11.1'),
        ('cpg:index:GroupMembers', own_version() or ''),
        ('random:index/randomId:RandomId', ''),
    ],
)
def test_a_resource_names_the_version_of_its_provider(token: str, version: str) -> None:
    recording = emitted(plan(resource('a', type=token)), preview=False)
    assert recording.resources['a'].request.version == version
    assert recording.resources['a'].request.type == token


def test_each_provider_has_one_version() -> None:
    assert set(PROVIDER_VERSIONS) == {'gcp', 'azure-native', 'azuread', 'github'}


def test_a_resource_comes_after_what_it_depends_on(preview: bool) -> None:
    the_plan = plan(
        resource('a', depends_on=['c', 'b', 'c']), resource('b', depends_on=['c']), resource('c'), resource('d')
    )
    recording = emitted(the_plan, preview=preview)
    assert recording.resources['a'].dependencies == {'b', 'c'}
    assert recording.resources['b'].dependencies == {'c'}
    order = list(recording.resources)
    assert order.index('c') < order.index('b') < order.index('a')


def test_depending_on_what_an_input_refers_to_adds_nothing(preview: bool) -> None:
    bucket = resource('bucket', {'project': Ref('project', 'id')}, depends_on=['project', 'service'])
    recording = emitted(
        plan(bucket, resource('project', type=PROJECT), resource('service')),
        preview=preview,
    )
    assert recording.resources['bucket'].dependencies == {'project', 'service'}
    assert sorted(recording.resources['bucket'].request.dependencies) == sorted(
        f'urn:pulumi:stack::project::pulumi:pulumi:Stack${kind}::{name}'
        for kind, name in [(PROJECT, 'project'), ('gcp:storage/bucket:Bucket', 'service')]
    )


def test_an_emission_hands_back_the_resources_by_name(preview: bool) -> None:
    kept: list[object] = []
    run(lambda: kept.append(emit(plan(resource('b'), resource('a')))), preview=preview)
    (registered,) = kept
    assert isinstance(registered, dict)
    assert list(registered) == ['b', 'a']


def test_tracebacks_are_whole_again_after_an_emission() -> None:
    limits: list[object] = []

    def program() -> None:
        emit(plan(resource('a')))
        limits.append(getattr(sys, 'tracebacklimit', 'none'))

    run(program, preview=False)
    assert limits == ['none']


def test_a_secret_input_is_secret_as_an_output_too() -> None:
    options = Options(secret_inputs=('content',))
    the_plan = plan(resource('a', inputs={'content': 'addresses'}, options=options))
    assert emitted(the_plan, preview=False).resources['a'].request.additionalSecretOutputs == ['content']
