"""Providers that a plan brings along, and default providers that work elsewhere than planned."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import pytest
from pulumi.runtime import config

from cpg_infra.config.diagnostics import organisation_path
from cpg_infra.engine.emit import emit
from cpg_infra.engine.refused import PlanRefusedError
from cpg_infra.engine.stacks import shards_of
from cpg_infra.plan import Owner, Plan, Provider, Resource, Setting
from tests.engine.building import plan, resource
from tests.engine.programs import Recording, Secret, run

GROUP: Final = 'azure-native:resources:ResourceGroup'
HERE, THERE = '11111111-2222-4333-8444-555555555555', '99999999-2222-4333-8444-555555555555'
APART: Final = Provider('azure-native', {'subscriptionId': THERE, 'tenantId': 'tenant'})
SETTING: Final = Setting(
    'azure-native', 'subscriptionId', 'ARM_SUBSCRIPTION_ID', HERE, organisation_path('azure', 'subscription')
)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stack's settings, for one test."""
    monkeypatch.delenv('ARM_SUBSCRIPTION_ID', raising=False)
    before = dict(config.CONFIG.get()), list(config._SECRET_KEYS.get())
    told = {'azure-native:subscriptionId': HERE, 'azure-native:clientSecret': 'hush', 'gcp:project': 'other'}
    config.set_all_config(told, ['azure-native:clientSecret'])
    yield
    config.set_all_config(*before)


def of_provider(each: Resource, provider: str | None) -> Resource:
    return dataclasses.replace(each, provider=provider)


def azure_plan(*resources: Resource) -> Plan:
    return dataclasses.replace(plan(*resources), providers={'apart': APART}, settings=(SETTING,))


def emitted(the_plan: Plan, *, preview: bool) -> Recording:
    return run(lambda: emit(the_plan), preview=preview)


def test_a_provider_is_registered_once_with_the_settings_of_the_stack_and_its_own(preview: bool) -> None:
    there = [of_provider(resource(name, type=GROUP), 'apart') for name in ('a', 'b')]
    recording = emitted(azure_plan(*there, resource('c', type=GROUP)), preview=preview)
    provider = recording.resources['apart']
    assert provider.request.type == 'pulumi:providers:azure-native'
    assert provider.request.version == '3.29.0'
    assert provider.inputs == {'subscriptionId': THERE, 'tenantId': 'tenant', 'clientSecret': Secret('hush')}
    assert [recording.resources[name].request.provider.partition('::apart::')[1] for name in 'ab'] == ['::apart::'] * 2
    assert recording.resources['c'].request.provider == ''


def test_a_provider_that_nobody_names_is_not_started(preview: bool) -> None:
    assert emitted(azure_plan(resource('a', type=GROUP)), preview=preview).resources.keys() == {'a'}


@pytest.mark.parametrize(
    ('told', 'variable', 'said'),
    [
        ({'azure-native:subscriptionId': THERE}, HERE, f"azure-native:subscriptionId is '{THERE}'"),
        ({}, THERE, f"ARM_SUBSCRIPTION_ID is '{THERE}'"),
        ({}, None, 'neither azure-native:subscriptionId nor ARM_SUBSCRIPTION_ID is set'),
    ],
)
def test_settings_for_another_plan_are_refused_before_anything_is_registered(
    told: dict[str, str], variable: str | None, said: str, preview: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.set_all_config(told)
    if variable is not None:
        monkeypatch.setenv('ARM_SUBSCRIPTION_ID', variable)
    recording = Recording()
    with pytest.raises(PlanRefusedError) as refused:
        run(lambda: emit(azure_plan(resource('a', type=GROUP))), preview=preview, recording=recording)
    assert str(refused.value) == (
        f'azure.subscription: {said}, so that azure-native would work elsewhere than in {HERE}, which this says '
        f'(pulumi config set azure-native:subscriptionId {HERE})'
    )
    assert recording.resources == {}


@pytest.mark.parametrize('told', [{'azure-native:subscriptionId': HERE.upper()}, {}])
def test_the_environment_counts_where_the_stack_says_nothing_and_case_does_not(
    told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.set_all_config(told)
    monkeypatch.setenv('ARM_SUBSCRIPTION_ID', HERE if not told else THERE)
    assert emitted(azure_plan(resource('a', type=GROUP)), preview=False).resources.keys() == {'a'}


def test_a_stack_in_which_the_default_provider_has_nothing_to_do_is_deployed(preview: bool) -> None:
    config.set_all_config({})
    the_plan = azure_plan(of_provider(resource('a', type=GROUP), 'apart'), resource('b'))
    assert emitted(the_plan, preview=preview).resources.keys() == {'apart', 'a', 'b'}


def test_a_stack_has_the_providers_of_its_own_resources() -> None:
    there = dataclasses.replace(
        of_provider(resource('a', type=GROUP), 'apart'), owner=Owner('apart', resource('a').owner.cloud, 'project')
    )
    shards = {shard.name: shard.plan for shard in shards_of(azure_plan(there, resource('b')), 'per-dataset', 'common')}
    assert {name: dict(part.providers) for name, part in shards.items()} == {
        'alpha-gcp': {},
        'apart-gcp': {'apart': APART},
    }
    assert {part.settings for part in shards.values()} == {(SETTING,)}


def test_a_plan_without_providers_of_its_own_has_the_bytes_that_it_always_had() -> None:
    a = resource('a', type=GROUP)
    with_settings = dataclasses.replace(plan(a), settings=(SETTING,))
    assert with_settings.canonical_bytes() == plan(a).canonical_bytes()
    there = azure_plan(of_provider(a, 'apart')).to_json()
    assert there['providers'] == {'apart': {'package': 'azure-native', 'inputs': dict(APART.inputs)}}
    assert there['resources'][0]['provider'] == 'apart'  # type: ignore[index, call-overload]  # the form of a plan
