"""Every kind of value arrives at the engine as what it stands for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pulumi
import pytest

from cpg_infra.config.base import FrozenMap
from cpg_infra.engine.emit import emit
from cpg_infra.plan import Archive, Computed, Lookup, Options, PlanError, Ref, Resource, Value
from cpg_infra.plan.computations import base64_decode, concat, member_lines
from tests.engine.building import PROJECT, plan, resource
from tests.engine.programs import UNKNOWN, Recording, Secret, run, secret

ORGANISATION = Lookup('gcp:organizations/getOrganization:getOrganization', (('domain', 'example.org'),), 'orgId')
DIRECTORY = Lookup('gcp:organizations/getOrganization:getOrganization', (('domain', 'example.org'),), 'customer')
ANSWERS = {'gcp:organizations/getOrganization:getOrganization': {'orgId': '123', 'customer': 'C0'}}
NUMBER = Ref('project', 'number')
PRIVATE_KEY = Ref('key', 'privateKey')


MADE: dict[str, dict[str, object]] = {'project': {'number': '42'}, 'key': {'privateKey': secret('aHVzaA==')}}


def made(kind: str, name: str, inputs: object) -> dict[str, object]:
    return MADE.get(name, {})


def run_plan(*resources: Resource, preview: bool, outputs: dict[str, Value] | None = None) -> Recording:
    the_plan = plan(*resources, outputs=outputs)
    recording = run(lambda: emit(the_plan), preview=preview, provider=made, answers=ANSWERS)
    assert len(recording.resources) == len(resources)
    return recording


def test_plain_inputs_arrive_unchanged(preview: bool) -> None:
    inputs: dict[str, Value] = {
        'text': 'x',
        'truth': True,
        'number': 3,
        'nested': {'list': [{'a': 'b'}, 'c'], 'tuple': ('d',), 'frozen': FrozenMap({'e': 1})},
        'empty': [],
    }
    recording = run_plan(resource('a', inputs), preview=preview)
    assert recording.resources['a'].inputs == {
        'text': 'x',
        'truth': True,
        'number': 3,
        'nested': {'list': [{'a': 'b'}, 'c'], 'tuple': ['d'], 'frozen': {'e': 1}},
        'empty': [],
    }


def test_an_emission_leaves_the_plan_as_it_is(preview: bool) -> None:
    project, bucket = resource('project', {'name': 'p'}, type=PROJECT), resource('a', {'n': [NUMBER]})
    run_plan(project, bucket, preview=preview)
    assert project.inputs == {'name': 'p'}
    assert bucket.inputs == {'n': [NUMBER]}


def test_a_reference_becomes_the_output_and_a_dependency(preview: bool) -> None:
    recording = run_plan(
        resource('bucket', {'project': NUMBER, 'name': 'b'}), resource('project', type=PROJECT), preview=preview
    )
    bucket = recording.resources['bucket']
    assert bucket.inputs == {'project': UNKNOWN if preview else '42', 'name': 'b'}
    assert bucket.dependencies == {'project'}
    assert [len(bucket.request.propertyDependencies[key].urns) for key in ('project', 'name')] == [1, 0]
    assert recording.resources['project'].inputs == {}


def test_identity_and_urn_need_no_key_among_the_inputs(preview: bool) -> None:
    recording = run_plan(
        resource('project', type=PROJECT),
        resource('a', {'id_': Ref('project', 'id'), 'urn_': Ref('project', 'urn')}),
        preview=preview,
    )
    assert recording.resources['a'].inputs == {
        'id_': UNKNOWN if preview else 'id-of-project',
        'urn_': f'urn:pulumi:stack::project::pulumi:pulumi:Stack${PROJECT}::project',
    }


def test_an_input_may_be_read_as_an_output(preview: bool) -> None:
    recording = run_plan(
        resource('a', {'name': 'bucket-a'}), resource('b', {'source': Ref('a', 'name')}), preview=preview
    )
    assert recording.resources['a'].inputs == {'name': 'bucket-a'}
    assert recording.resources['b'].inputs == {'source': 'bucket-a'}


def test_an_output_may_have_the_name_of_what_every_resource_has(preview: bool) -> None:
    recording = run_plan(
        resource('a', {'pulumi_resource_type': 'x', 'get_provider': 'y'}),
        resource('b', {'x': Ref('a', 'pulumi_resource_type'), 'y': Ref('a', 'get_provider')}),
        preview=preview,
    )
    assert recording.resources['b'].inputs == {'x': 'x', 'y': 'y'}


def test_only_the_deferred_part_of_an_input_is_unknown_in_a_preview(preview: bool) -> None:
    nested: dict[str, Value] = {'rules': [{'owner': concat('projects/', NUMBER), 'days': 8}, {'days': 9}]}
    recording = run_plan(resource('project', type=PROJECT), resource('a', nested), preview=preview)
    owner = UNKNOWN if preview else 'projects/42'
    assert recording.resources['a'].inputs == {'rules': [{'owner': owner, 'days': 8}, {'days': 9}]}
    assert recording.resources['a'].dependencies == {'project'}


def test_computations_use_the_registry(preview: bool) -> None:
    inputs: dict[str, Value] = {
        'lines': member_lines(['b@example.org', 'a@example.org', concat('p', NUMBER, '@A.org')]),
        'twice': concat('a', NUMBER, 'b', NUMBER),
        'list': Computed('concat', ('x', NUMBER)),
    }
    recording = run_plan(resource('project', type=PROJECT), resource('a', inputs), preview=preview)
    known = {'lines': 'p42@a.org\na@example.org\nb@example.org', 'twice': 'a42b42', 'list': 'x42'}
    assert recording.resources['a'].inputs == (dict.fromkeys(known, UNKNOWN) if preview else known)


def test_a_computation_over_known_values_is_done_in_a_preview_too(preview: bool) -> None:
    recording = run_plan(resource('a', {'text': Computed('concat', ('x', 'y'))}), preview=preview)
    assert recording.resources['a'].inputs == {'text': 'xy'}


IDENTITY = Ref('user', 'identity')
CLIENT = Lookup('azuread:index/getApplication:getApplication', (('objectId', IDENTITY),), 'clientId')
SERVICE_PRINCIPAL = Lookup('azuread:index/getServicePrincipal:getServicePrincipal', (('clientId', CLIENT),), 'objectId')


def test_a_look_up_may_take_what_only_a_deployment_tells(preview: bool) -> None:
    the_plan = plan(
        resource('member', {'id_': SERVICE_PRINCIPAL, 'text': concat('id-', SERVICE_PRINCIPAL)}),
        resource('user', type='cpg:hail:User'),
    )
    answers = {CLIENT.function: {'clientId': 'c'}, SERVICE_PRINCIPAL.function: {'objectId': 'o'}}
    recording = run(
        lambda: emit(the_plan), preview=preview, provider=lambda *_: {'identity': 'application'}, answers=answers
    )
    member = recording.resources['member']
    known = {'id_': 'o', 'text': 'id-o'}
    assert member.inputs == (dict.fromkeys(known, UNKNOWN) if preview else known)
    # Of an unknown argument the SDK makes an unknown answer, and forgets where it came from.
    assert preview or 'user' in member.dependencies
    asked = [
        (CLIENT.function, {'objectId': 'application'}, '6.11.1'),
        (SERVICE_PRINCIPAL.function, {'clientId': 'c'}, '6.11.1'),
    ]
    assert recording.look_ups == ([] if preview else asked)


def test_a_look_up_is_asked_once_of_the_right_provider(preview: bool) -> None:
    recording = run_plan(
        resource('a', {'org': ORGANISATION}),
        resource('b', {'org': concat('organizations/', ORGANISATION), 'customer': DIRECTORY}),
        preview=preview,
        outputs={'organisation': ORGANISATION},
    )
    assert recording.resources['a'].inputs == {'org': '123'}
    assert recording.resources['b'].inputs == {'org': 'organizations/123', 'customer': 'C0'}
    assert recording.outputs == {'organisation': '123'}
    assert recording.look_ups == [(ORGANISATION.function, {'domain': 'example.org'}, '10.2.0')]


def test_an_answer_without_the_wanted_output_says_what_was_asked(preview: bool) -> None:
    missing = Lookup(ORGANISATION.function, ORGANISATION.arguments, 'nonsense')
    the_plan = plan(resource('a', {'x': missing}))
    with pytest.raises(pulumi.RunError, match=r'getOrganization\(example.org\).nonsense.* is not known'):
        run(lambda: emit(the_plan), preview=preview, answers=ANSWERS)


def test_an_output_that_the_provider_does_not_say_is_an_error_and_not_a_missing_input() -> None:
    the_plan = plan(resource('project', type=PROJECT), resource('a', {'x': Ref('project', 'nonsense')}))
    recording = Recording()
    with pytest.raises(pulumi.RunError, match=r'project.nonsense.* is not known: the provider did not say it'):
        run(lambda: emit(the_plan), preview=False, recording=recording)
    assert list(recording.resources) == ['project']


def test_an_output_that_the_provider_has_not_said_yet_is_unknown_in_a_preview() -> None:
    recording = run_plan(
        resource('project', type=PROJECT), resource('a', {'x': Ref('project', 'number')}), preview=True
    )
    assert recording.resources['a'].inputs == {'x': UNKNOWN}
    assert recording.resources['a'].dependencies == {'project'}


def test_secret_inputs_are_sent_as_secrets(preview: bool) -> None:
    inputs: dict[str, Value] = {'content': 'hush', 'name': 'a', 'nested': {'number': NUMBER}}
    options = Options(secret_inputs=('content', 'nested'))
    recording = run_plan(resource('project', type=PROJECT), resource('a', inputs, options=options), preview=preview)
    assert recording.resources['a'].inputs == {
        'content': Secret('hush'),
        'name': 'a',
        'nested': Secret(UNKNOWN if preview else {'number': '42'}),
    }


def test_what_is_computed_from_a_secret_output_is_secret(preview: bool) -> None:
    recording = run_plan(
        resource('key', options=Options(secret_outputs=('privateKey',))),
        resource('version', {'secretData': base64_decode(PRIVATE_KEY), 'nested': {'key': PRIVATE_KEY}}),
        preview=preview,
        outputs={'key': concat('key: ', PRIVATE_KEY)},
    )
    assert recording.resources['version'].inputs == {
        'secretData': Secret(UNKNOWN if preview else 'hush'),
        'nested': {'key': Secret(UNKNOWN if preview else 'aHVzaA==')},
    }
    assert recording.outputs == {'key': Secret(UNKNOWN if preview else 'key: aHVzaA==')}


def test_what_is_read_from_a_secret_input_is_secret(preview: bool) -> None:
    recording = run_plan(
        resource('a', {'content': 'hush'}, options=Options(secret_inputs=('content',))),
        resource('b', {'copy': concat('copy of ', Ref('a', 'content'))}),
        preview=preview,
    )
    assert recording.resources['b'].inputs == {'copy': Secret('copy of hush')}


def test_a_misspelt_secret_input_is_refused_before_anything_is_registered(preview: bool) -> None:
    recording = Recording()
    the_plan = plan(resource('a', {'content': 'hush'}, options=Options(secret_inputs=('contents',))))
    with pytest.raises(PlanError, match='a: the secret input contents is not among its inputs'):
        run(lambda: emit(the_plan), preview=preview, recording=recording)
    assert recording.resources == {}


def test_stack_outputs_are_exported(preview: bool) -> None:
    outputs: dict[str, Value] = {'bucket': 'gs://b', 'project': Ref('project', 'id'), 'all': [NUMBER, 'x']}
    recording = run_plan(resource('project', type=PROJECT), preview=preview, outputs=outputs)
    assert recording.outputs == {
        'bucket': 'gs://b',
        'project': UNKNOWN if preview else 'id-of-project',
        'all': [UNKNOWN if preview else '42', 'x'],
    }


def test_an_archive_arrives_as_a_file_with_just_its_bytes(preview: bool) -> None:
    archive = Archive('source', {'main.py': b'print(1)'})
    inputs: dict[str, Value] = {'source': archive, 'nested': [{'again': archive}]}
    found: dict[str, Any] = dict(run_plan(resource('a', inputs), preview=preview).resources['a'].inputs)
    for asset in (found['source'], found['nested'][0]['again']):
        assert hashlib.sha256(Path(asset['path']).read_bytes()).hexdigest() == archive.sha256
