"""The checker has teeth: each slip of the pen in a sound plan is found, and said where it is."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cpg_infra.config import Cloud
from cpg_infra.plan import Computed, Lookup, Options, Plan, Ref, Resource, Value
from tests.conformance.catalogues import CHECKER
from tests.conformance.organisations import with_every_option

BUCKET = 'rich-gcp-main-bucket'
BUDGET = 'rich-gcp-gcp-monthly-budget'
ENTITLEMENT = 'rich-gcp-temporary-bucket-access-main-read'
GROUP = 'rich-gcp-try-rich-analysis-group'
HAIL_USER = 'rich-gcp-hail-batch-user-full'
KEY = 'rich-gcp-cromwell-service-account-full-key'
METAMIST = 'metamist-project-rich'
PROJECT = 'rich-gcp-project'
VERSION = 'rich-gcp-cromwell-service-account-full-secret-version-2'


def with_resource(name: str, **changes: Any) -> Plan:
    """The sound plan with one resource changed."""
    sound = with_every_option()
    changed = dataclasses.replace(sound.resource_by_name[name], **changes)
    return dataclasses.replace(
        sound,
        resources=tuple(changed if resource.name == name else resource for resource in sound.resources),
    )


def inputs_of(name: str) -> dict[str, Any]:
    resource: Resource = with_every_option().resource_by_name[name]
    return copy.deepcopy(dict(resource.inputs))


def with_inputs(name: str, change: Callable[[dict[str, Any]], object]) -> Plan:
    """The sound plan with the inputs of one resource changed in place."""
    inputs = inputs_of(name)
    change(inputs)
    return with_resource(name, inputs=inputs)


def said(plan: Plan) -> list[str]:
    return [str(finding) for finding in CHECKER.check(plan)]


def the_one_thing_said_of(plan: Plan) -> str:
    (only,) = said(plan)
    return only


def rename(old: str, new: str, *path: str | int) -> Callable[[dict[str, Any]], object]:
    """Rename a key of the object at `path`."""

    def change(inputs: dict[str, Any]) -> None:
        place: Any = inputs
        for step in path:
            place = place[step]
        place[new] = place.pop(old)

    return change


def test_the_plan_that_is_changed_here_is_sound() -> None:
    assert said(with_every_option()) == []


def test_a_renamed_key_is_found_with_the_nearest_known_one() -> None:
    plan = with_inputs(BUCKET, rename('publicAccessPrevention', 'publicAccessPrevented'))
    assert the_one_thing_said_of(plan) == (
        f'{BUCKET} (gcp:storage/bucket:Bucket): publicAccessPrevented: '
        "no key 'publicAccessPrevented': did you mean 'publicAccessPrevention'?"
    )


def test_a_python_name_is_not_a_key() -> None:
    plan = with_inputs(BUCKET, rename('requesterPays', 'requester_pays'))
    assert the_one_thing_said_of(plan) == (
        f"{BUCKET} (gcp:storage/bucket:Bucket): requester_pays: no key 'requester_pays': did you mean 'requesterPays'?"
    )


def test_a_missing_required_key_is_found() -> None:
    plan = with_inputs(ENTITLEMENT, lambda inputs: inputs.pop('maxRequestDuration'))
    assert the_one_thing_said_of(plan) == (
        f'{ENTITLEMENT} (gcp:privilegedaccessmanager/entitlement:entitlement): maxRequestDuration: '
        'is required, and must be a text'
    )


def test_a_null_is_no_value_for_a_required_key() -> None:
    plan = with_inputs(BUCKET, lambda inputs: inputs.update(location=None))
    assert the_one_thing_said_of(plan) == (
        f'{BUCKET} (gcp:storage/bucket:Bucket): location: is required, and must be a text'
    )


def test_a_null_is_as_good_as_an_absent_key() -> None:
    assert said(with_inputs(BUCKET, lambda inputs: inputs.update(storageClass=None))) == []


def test_a_wrong_nested_key_is_found_at_its_place() -> None:
    plan = with_inputs(
        BUCKET, rename('daysSinceNoncurrentTime', 'daysSinceNonCurrentTime', 'lifecycleRules', 0, 'condition')
    )
    assert the_one_thing_said_of(plan) == (
        f'{BUCKET} (gcp:storage/bucket:Bucket): lifecycleRules[0].condition.daysSinceNonCurrentTime: '
        "no key 'daysSinceNonCurrentTime': did you mean 'daysSinceNoncurrentTime'?"
    )


def test_a_missing_nested_required_key_is_found() -> None:
    plan = with_inputs(ENTITLEMENT, lambda inputs: inputs['privilegedAccess']['gcpIamAccess'].pop('resourceType'))
    assert the_one_thing_said_of(plan) == (
        f'{ENTITLEMENT} (gcp:privilegedaccessmanager/entitlement:entitlement): '
        'privilegedAccess.gcpIamAccess.resourceType: is required, and must be a text'
    )


def test_a_wrong_type_token_is_found_with_the_nearest_known_one() -> None:
    assert the_one_thing_said_of(
        with_resource(ENTITLEMENT, type='gcp:privilegedaccessmanager/entitlement:Entitlement')
    ) == (
        f'{ENTITLEMENT} (gcp:privilegedaccessmanager/entitlement:Entitlement): type: '
        "no type 'gcp:privilegedaccessmanager/entitlement:Entitlement': "
        "did you mean 'gcp:privilegedaccessmanager/entitlement:entitlement'?"
    )


def test_a_type_of_an_unknown_provider_is_found() -> None:
    assert the_one_thing_said_of(with_resource(BUDGET, type='aws:budgets/budget:Budget')) == (
        f"{BUDGET} (aws:budgets/budget:Budget): type: no provider 'aws': known are azure-native, azuread, cpg, gcp, "
        'github'
    )


SCALARS: Mapping[str, tuple[str, Callable[[dict[str, Any]], object], str]] = {
    'a number for a text': (
        BUDGET,
        lambda inputs: inputs['amount']['specifiedAmount'].update(units=800),
        'amount.specifiedAmount.units: must be a text, not the number 800',
    ),
    'a text for a whole number': (
        BUDGET,
        lambda inputs: inputs['amount']['specifiedAmount'].update(nanos='0'),
        "amount.specifiedAmount.nanos: must be a whole number, not the text '0'",
    ),
    'a broken number for a whole one': (
        BUCKET,
        lambda inputs: inputs['lifecycleRules'][0]['condition'].update(daysSinceNoncurrentTime=30.5),
        'lifecycleRules[0].condition.daysSinceNoncurrentTime: must be a whole number, not the number 30.5',
    ),
    'a flag for a number': (
        BUDGET,
        lambda inputs: inputs['thresholdRules'][0].update(thresholdPercent=True),
        'thresholdRules[0].thresholdPercent: must be a number, not the flag true',
    ),
    'a text for a flag': (
        BUCKET,
        lambda inputs: inputs.update(requesterPays='false'),
        "requesterPays: must be a flag, not the text 'false'",
    ),
    'a number for a flag': (
        BUCKET,
        lambda inputs: inputs['versioning'].update(enabled=1),
        'versioning.enabled: must be a flag, not the number 1',
    ),
    'a text for a list': (
        BUDGET,
        lambda inputs: inputs['budgetFilter'].update(projects='projects/1'),
        "budgetFilter.projects: must be a list, not the text 'projects/1'",
    ),
    'a number in a map of texts': (
        BUCKET,
        lambda inputs: inputs['labels'].update(days=30),
        'labels.days: must be a text, not the number 30',
    ),
    'nothing in a list': (
        ENTITLEMENT,
        lambda inputs: inputs['eligibleUsers'][0].update(principals=[None]),
        'eligibleUsers[0].principals[0]: must be a text, not nothing',
    ),
    'a list for an object': (
        BUCKET,
        lambda inputs: inputs.update(versioning=[{'enabled': True}]),
        'versioning: must be an object (BucketVersioningArgs), not a list of 1',
    ),
    'an object for a list': (
        ENTITLEMENT,
        lambda inputs: inputs.update(eligibleUsers={'principals': []}),
        'eligibleUsers: must be a list, not an object with principals',
    ),
    'no value of the service': (
        GROUP,
        lambda inputs: inputs.update(initialGroupConfig='EMTPY'),
        "initialGroupConfig: no value 'EMTPY': did you mean 'EMPTY'?",
    ),
}


@pytest.mark.parametrize('slip', SCALARS)
def test_a_value_of_the_wrong_shape_is_found(slip: str) -> None:
    name, change, message = SCALARS[slip]
    type_ = with_every_option().resource_by_name[name].type
    assert the_one_thing_said_of(with_inputs(name, change)) == f'{name} ({type_}): {message}'


def test_a_whole_number_is_a_number() -> None:
    assert said(with_inputs(BUDGET, lambda inputs: inputs['thresholdRules'][0].update(thresholdPercent=1))) == []


def test_an_asset_cannot_be_plain_data() -> None:
    name = next(each.name for each in with_every_option().resources if each.type.endswith(':BucketObject'))
    message = the_one_thing_said_of(with_inputs(name, lambda inputs: inputs.update(source='a file')))
    assert message.startswith(
        f'{name} (gcp:storage/bucketObject:BucketObject): source: must be pulumi.Asset, which plain'
    )


# What only a deployment fills in --------------------------------------------------------------------------


def in_display_name(value: Value) -> Plan:
    return with_inputs(BUDGET, lambda inputs: inputs.update(displayName=value))


DEFERRED: Mapping[str, tuple[Value, str]] = {
    'an unknown output': (
        Ref(PROJECT, 'nubmer'),
        (
            f"displayName → «{PROJECT}.nubmer»: no output of gcp:organizations/project:Project 'nubmer': "
            "did you mean 'number'?"
        ),
    ),
    'an unknown output inside a computation': (
        Computed('concat', ('projects/', Ref(PROJECT, 'nubmer'))),
        (
            f"displayName → concat[1] → «{PROJECT}.nubmer»: no output of gcp:organizations/project:Project 'nubmer': "
            "did you mean 'number'?"
        ),
    ),
    'an output of another shape': (
        Ref(PROJECT, 'autoCreateNetwork'),
        f'displayName: must be a text, and «{PROJECT}.autoCreateNetwork» is a flag',
    ),
    'an unknown resource': (
        Ref('rich-gcp-projcet', 'number'),
        f"displayName: no resource 'rich-gcp-projcet': did you mean '{PROJECT}'?",
    ),
    'an unknown function': (
        Lookup('gcp:organizations/getOrganisation:getOrganisation', (('domain', 'example.org'),), 'orgId'),
        "displayName: no function 'gcp:organizations/getOrganisation:getOrganisation'",
    ),
    'a function of an unknown module': (
        Lookup('gcp:organisations/getOrganization:getOrganization', (('domain', 'example.org'),), 'orgId'),
        "displayName: no function 'gcp:organisations/getOrganization:getOrganization'",
    ),
    'an unknown argument of a function': (
        Lookup('gcp:organizations/getOrganization:getOrganization', (('domian', 'example.org'),), 'orgId'),
        (
            'displayName → gcp:organizations/getOrganization:getOrganization.domian: '
            "no key 'domian': did you mean 'domain'?"
        ),
    ),
    'a missing argument of a function': (
        Lookup('gcp:storage/getBucket:getBucket', (), 'location'),
        'displayName → gcp:storage/getBucket:getBucket.name: is required, and must be a text',
    ),
    'an unknown output of a function': (
        Lookup('gcp:organizations/getOrganization:getOrganization', (('domain', 'example.org'),), 'orgID'),
        (
            'displayName → «getOrganization(example.org).orgID»: '
            "no output of gcp:organizations/getOrganization:getOrganization 'orgID': did you mean 'orgId'?"
        ),
    ),
    'an unknown computation': (
        Computed('conact', ('a',)),
        "displayName: no computation 'conact': did you mean 'concat'?",
    ),
}


@pytest.mark.parametrize('slip', DEFERRED)
def test_a_slip_in_a_deferred_value_is_found(slip: str) -> None:
    value, message = DEFERRED[slip]
    assert the_one_thing_said_of(in_display_name(value)) == f'{BUDGET} (gcp:billing/budget:Budget): {message}'


@pytest.mark.parametrize('output', ['id', 'urn', 'number', 'projectId'])
def test_what_a_resource_has_can_be_referred_to(output: str) -> None:
    assert said(in_display_name(Ref(PROJECT, output))) == []


def test_a_text_is_made_where_a_text_is_due() -> None:
    computed = Computed('concat', ('3', Ref(PROJECT, 'number')))
    plan = with_inputs(BUDGET, lambda inputs: inputs['amount']['specifiedAmount'].update(nanos=computed))
    assert the_one_thing_said_of(plan) == (
        f'{BUDGET} (gcp:billing/budget:Budget): amount.specifiedAmount.nanos: '
        'must be a whole number, and concat makes a text'
    )


def test_stack_outputs_refer_to_what_exists() -> None:
    plan = dataclasses.replace(with_every_option(), outputs={'number': Ref(PROJECT, 'nubmer')})
    assert the_one_thing_said_of(plan) == (
        f"stack outputs: number → «{PROJECT}.nubmer»: no output of gcp:organizations/project:Project 'nubmer': "
        "did you mean 'number'?"
    )


def test_what_is_deployed_does_not_need_a_dry_run() -> None:
    owner = dataclasses.replace(with_every_option().resource_by_name[PROJECT].owner, cloud=Cloud.DRY_RUN)
    found = said(with_resource(PROJECT, owner=owner))
    assert (
        f'{BUDGET} (gcp:billing/budget:Budget): budgetFilter.projects[0] → concat[1]: '
        f'«{PROJECT}.number» is of a dry run, which is never deployed'
    ) in found


# Options --------------------------------------------------------------------------------------------------


def test_a_change_that_is_ignored_is_of_a_property_that_exists() -> None:
    plan = with_resource(GROUP, options=Options(ignore_changes=('initialGroupConfiguration',)))
    assert the_one_thing_said_of(plan) == (
        f'{GROUP} (gcp:cloudidentity/group:Group): options.ignore_changes: '
        "no property 'initialGroupConfiguration': did you mean 'initialGroupConfig'?"
    )


def test_a_path_into_a_property_can_be_ignored() -> None:
    assert said(with_resource(GROUP, options=Options(ignore_changes=('groupKey.id', 'labels["a"]')))) == []


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            Options(secret_inputs=('secretDate',)),
            "options.secret_inputs: no property 'secretDate': did you mean 'secretData'?",
        ),
        (
            Options(secret_outputs=('secretDate',)),
            "options.secret_outputs: no property 'secretDate': did you mean 'secretData'?",
        ),
    ],
)
def test_secrets_are_properties_that_exist(options: Options, message: str) -> None:
    where = f'{VERSION} (gcp:secretmanager/secretVersion:SecretVersion)'
    assert f'{where}: {message}' in said(with_resource(VERSION, options=options))


@pytest.mark.parametrize(('name', 'secret'), [(KEY, 'privateKey'), (VERSION, 'secretData')])
def test_what_the_provider_keeps_secret_must_be_secret(name: str, secret: str) -> None:
    type_ = with_every_option().resource_by_name[name].type
    assert the_one_thing_said_of(with_resource(name, options=Options())) == (
        f'{name} ({type_}): {secret}: '
        'the provider keeps this secret, and neither secret_inputs nor secret_outputs names it'
    )


# Our own types --------------------------------------------------------------------------------------------

OWN: Mapping[str, tuple[str, Callable[[dict[str, Any]], object], str]] = {
    'a renamed key': (
        HAIL_USER,
        rename('username', 'user_name'),
        "user_name: no key 'user_name': did you mean 'username'?",
    ),
    'a missing key': (HAIL_USER, lambda inputs: inputs.pop('url'), 'url: is required, and must be a text'),
    'another cloud': (
        HAIL_USER,
        lambda inputs: inputs.update(cloud='gpc'),
        "cloud: no value 'gpc': did you mean 'gcp'?",
    ),
    'another role': (
        METAMIST,
        rename('reader', 'readers', 'members'),
        "members.readers: no key 'readers': did you mean 'reader'?",
    ),
    'a flag where Google keeps a text': (
        f'{GROUP}-members',
        lambda inputs: inputs.update(allowExternalMembers=True),
        'allowExternalMembers: must be one of true, false, not the flag true',
    ),
}


@pytest.mark.parametrize('slip', OWN)
def test_our_own_types_are_checked_in_the_same_way(slip: str) -> None:
    name, change, message = OWN[slip]
    type_ = with_every_option().resource_by_name[name].type
    found = said(with_inputs(name, change))
    assert f'{name} ({type_}): {message}' in found
    assert len(found) == (2 if slip == 'a renamed key' else 1)


def test_our_own_outputs_are_known() -> None:
    assert said(in_display_name(Ref(HAIL_USER, 'identity'))) == []
    assert the_one_thing_said_of(in_display_name(Ref(HAIL_USER, 'identitiy'))) == (
        f'{BUDGET} (gcp:billing/budget:Budget): displayName → «{HAIL_USER}.identitiy»: '
        "no output of cpg:hail:User 'identitiy': did you mean 'identity'?"
    )
