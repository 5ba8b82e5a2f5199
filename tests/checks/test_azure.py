"""Azure's naming rules and limits: a plan says what breaks one, and how near it is to the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cpg_infra.checks import run_checks
from cpg_infra.config import Severity
from cpg_infra.plan import Plan
from tests.organisations import Plain, azure_only, on_azure, organisation, plan_of, user


def found(code: str, *datasets: Plain, limit: int | None = None, **changes: Plain) -> list[tuple[str, Severity]]:
    """What a check finds in a plan on Azure, perhaps with another figure."""
    checks = {} if limit is None else {code: {'limit': limit}}
    config = azure_only(checks=checks, **changes)
    plan: Plan = plan_of(on_azure('common'), *datasets, **config)
    remarks = run_checks(plan, organisation(**config))
    return [(str(remark), remark.severity) for remark in remarks if remark.code == code]


def test_a_sound_organisation_is_far_from_every_limit() -> None:
    plan = plan_of(on_azure('common'), on_azure('alpha'), **azure_only())
    assert run_checks(plan, organisation(**azure_only())) == ()


@pytest.mark.parametrize(
    ('code', 'changes', 'said'),
    [
        (
            'azure-container-name',
            {'upload_config': {'additional_buckets': [{'name': 'two--hyphens'}]}},
            'alpha.upload_config.additional_buckets.two--hyphens: container',
        ),
        (
            'azure-container-name',
            {'upload_config': {'additional_buckets': [{'name': 'Upper'}]}},
            'alpha.upload_config.additional_buckets.Upper: container',
        ),
        (
            'azure-federated-credential-name',
            {'azure': {'upload_federations': [{'name': 'x', 'issuer': 'https://i', 'subject': 's'}]}},
            'alpha.azure.upload_federations.x: federated credential',
        ),
    ],
)
def test_a_name_that_azure_refuses_is_a_fault_where_it_is_written(
    code: str, changes: dict[str, Plain], said: str
) -> None:
    ((message, severity),) = found(code, on_azure('alpha', **changes))
    assert message.startswith(said)
    assert severity is Severity.ERROR


def test_a_resource_group_may_have_ninety_characters() -> None:
    long = 'a' * 83
    ((message, _),) = found('azure-resource-group-name', on_azure(long, components={'azure': ['storage']}))
    assert f"resource group 'lantern-{long}' (91 characters) breaks a naming rule: 1 to 90 letters" in message


def test_names_that_only_one_thing_may_have_are_compared_without_case() -> None:
    groups = [{'name': 'alpha-Team', 'description': 'a'}]
    raw = plan_of(on_azure('common'), **azure_only(adhoc_groups=groups))
    (group,) = [each for each in raw.resources if each.inputs.get('displayName') == 'alpha-Team']
    other = replace(group, name='other', inputs={**group.inputs, 'displayName': 'ALPHA-team'})
    remarks = run_checks(replace(raw, resources=(*raw.resources, other)), organisation(**azure_only()))
    assert [str(remark) for remark in remarks] == [
        f"adhoc_groups.alpha-Team: the displayName 'ALPHA-team' is also that of {group.name}",
    ]


def test_role_assignments_are_counted_for_the_subscription() -> None:
    ((message, severity),) = found('azure-role-assignments', on_azure('alpha'), limit=80)
    assert message == (
        'azure.subscription: role assignments in /subscriptions/11111111-2222-4333-8444-555555555555: 84 of 80 assignments'
    )
    assert severity is Severity.ERROR
    assert [each for _, each in found('azure-role-assignments', on_azure('alpha'), limit=100)] == [Severity.INFO]


def test_storage_accounts_are_counted_by_region() -> None:
    there = [on_azure(f'ds{number}', azure={'region': 'westeurope'}) for number in range(2)]
    assert found('azure-storage-accounts', *there, limit=3) == [
        ('azure.subscription: storage accounts in westeurope: 4 of 3 accounts', Severity.ERROR),
    ]


def test_a_subscription_of_a_dataset_is_counted_for_itself() -> None:
    apart = '99999999-2222-4333-8444-555555555555'
    there = [on_azure(name, azure={'region': 'westeurope', 'subscription': apart}) for name in ('ds0', 'ds1')]
    here = on_azure('ds2', azure={'region': 'westeurope'})
    assert found('azure-storage-accounts', *there, here, limit=3) == [
        (
            f'ds0.azure.subscription: storage accounts in westeurope of the subscription {apart}: 4 of 3 accounts',
            Severity.ERROR,
        ),
    ]
    messages = dict(found('azure-role-assignments', *there, here, limit=10))
    assert {message.partition(':')[0] for message in messages} == {'ds0.azure.subscription', 'azure.subscription'}
    assert any(f'role assignments in /subscriptions/{apart}: ' in message for message in messages)


def test_lifecycle_rules_are_counted_for_the_account() -> None:
    messages = found('azure-lifecycle-rules', on_azure('alpha', archive_age=9), limit=2)
    assert (
        'alpha.deploy_locations.azure: lifecycle rules of the storage account lanternalphaver: 3 of 2 rules'
    ) in dict(messages)


def test_a_budget_has_five_thresholds_at_most_and_that_is_said_once() -> None:
    thresholds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert found('azure-budget-notifications', on_azure('alpha'), budget_notification_thresholds=thresholds) == [
        ('budget_notification_thresholds: a budget notifies at 5 thresholds at most, not 6', Severity.ERROR),
    ]


def test_a_secret_holds_less_than_on_google_cloud() -> None:
    people = {f'user{number}': user(f'user{number}') for number in range(900)}
    boxes = {
        'dropboxes': [{'id': 'p', 'name': 'P', 'allowed_filetypes': ['.cram'], 'uploaders': sorted(people)}],
    }
    ((message, severity),) = found('azure-secret-value', on_azure('alpha', upload_config=boxes), users=people)
    assert message.startswith('data_dropbox: value of lantern-common/dropbox-server-config: ')
    assert message.endswith(' of 25,000 bytes')
    assert severity is Severity.ERROR


def test_an_identity_has_twenty_federated_credentials() -> None:
    named = [{'name': f'program-{number}', 'issuer': 'https://i', 'subject': f's{number}'} for number in range(21)]
    ((message, severity),) = found(
        'azure-federated-credentials', on_azure('alpha', azure={'upload_federations': named})
    )
    assert message.endswith('federated credentials of lantern-alpha/main-upload: 21 of 20 credentials')
    assert severity is Severity.ERROR


def test_the_directory_holds_so_many_groups() -> None:
    ((message, severity),) = found('azure-directory-objects', on_azure('alpha'), limit=40)
    assert message == 'warning: azure.tenant: groups in the directory: 43 of 40 objects'
    assert severity is Severity.WARNING
