"""Budgets, secrets and registries."""

from __future__ import annotations

from tests.driver.azure.building import ALPHA, azure_plan, inputs, of_type
from tests.organisations import (
    AZURE,
    DROPBOX_ON_AZURE,
    on_azure,
)


def test_a_budget_starts_where_the_configuration_says() -> None:
    plan = azure_plan(on_azure('alpha'), budget_notification_thresholds=[0.5, 1])
    notification = {
        'enabled': True,
        'operator': 'GreaterThanOrEqualTo',
        'thresholdType': 'Actual',
        'contactEmails': ['costs@example.org'],
    }
    assert inputs(plan, 'alpha-azure-monthly-budget') == {
        'budgetName': 'lantern-alpha-monthly-budget',
        'scope': ALPHA,
        'category': 'Cost',
        'amount': 100,
        'timeGrain': 'Monthly',
        'timePeriod': {'startDate': '2030-01-01T00:00:00Z', 'endDate': '2040-01-01T00:00:00Z'},
        'notifications': {
            'at-50-percent': {**notification, 'threshold': 50.0},
            'at-100-percent': {**notification, 'threshold': 100.0},
        },
    }


def test_a_budget_that_nobody_hears_of_has_no_thresholds() -> None:
    plan = azure_plan(on_azure('alpha'), azure={**AZURE, 'budget_contacts': []})
    assert 'notifications' not in inputs(plan, 'alpha-azure-monthly-budget')


def test_a_shared_budget_is_one_of_years() -> None:
    budget = {'azure': {'monthly_budget': 1, 'shared_total_budget': 500}}
    plan = azure_plan(on_azure('alpha', enable_release=True, enable_shared_project=True, budgets=budget))
    found = inputs(plan, 'alpha-azure-shared-budget')
    assert (found['timeGrain'], found['amount'], found['scope']) == ('Annually', 500, f'{ALPHA}-shared')


def test_the_dropbox_configuration_is_a_secret_in_the_vault_of_the_common_dataset() -> None:
    plan = azure_plan(on_azure('alpha'))
    secret = plan.resource_by_name['common-azure-dropbox-server-config']
    assert secret.inputs == {
        'secretName': 'dropbox-server-config',
        'vaultName': 'lantern-common',
        'resourceGroupName': 'lantern-common',
        'properties': {'value': '{"dropboxes": []}', 'contentType': 'text/plain'},
    }
    assert secret.options.secret_inputs == ('properties',)
    vault = plan.resource_by_name['common-azure-vault']
    properties = vault.inputs['properties']
    assert isinstance(properties, dict)
    assert (properties['enableRbacAuthorization'], properties['enablePurgeProtection']) == (True, True)
    assert vault.options.protect
    read = plan.resource_by_name[f'{secret.name}-key-vault-secrets-user-machine-{DROPBOX_ON_AZURE}']
    assert str(read.inputs['scope']).endswith(
        '/lantern-common/providers/Microsoft.KeyVault/vaults/lantern-common/secrets/dropbox-server-config'
    )


def test_each_registry_is_a_registry_of_its_own_without_an_administrator() -> None:
    plan = azure_plan(on_azure('alpha', create_container_registry=True))
    found = {each.physical: each for each in of_type(plan, 'azure-native:containerregistry:Registry')}
    assert found.keys() == {f'lanternalphaimages{end}.azurecr.io' for end in ('', 'dev', 'tmp')}
    assert {each.inputs['adminUserEnabled'] for each in found.values()} == {False}
    push = plan.resource_by_name['alpha-azure-artifact-registry-images-acrpush-group-alpha-images-writer']
    assert push.inputs['scope'] == f'{ALPHA}/providers/Microsoft.ContainerRegistry/registries/lanternalphaimages'
