"""What a report says of things on Azure: a bucket's own words, although they stand in the settings of its account."""

from __future__ import annotations

from cpg_infra.cli.plan_text.azure_storage import AzureStorageFacts
from cpg_infra.cli.plan_text.facts import facts
from cpg_infra.cli.plan_text.vocabulary import RESOURCES, resource_word
from cpg_infra.plan import Plan
from tests.organisations import azure_only, on_azure, plan_of


def on_azure_plan() -> Plan:
    box = {'dropboxes': [{'id': 'box', 'name': 'b', 'allowed_filetypes': ['.cram'], 'uploaders': []}]}
    federations = [{'name': 'gate', 'issuer': 'https://issuer.example.org', 'subject': 'gateway'}]
    return plan_of(
        on_azure('common'),
        on_azure('alpha', archive_age=9, upload_config=box, azure={'upload_federations': federations}),
        **azure_only(budget_notification_thresholds=[0.5, 0.925]),
    )


def test_a_container_says_how_it_keeps_its_blobs() -> None:
    plan = on_azure_plan()
    storage = AzureStorageFacts(plan)
    said = {
        key: list(storage.of(plan.resource_by_name[f'alpha-azure-{key}-bucket']))
        for key in ('archive', 'main', 'main-tmp', 'main-upload-db-box')
    }
    assert said == {
        'archive': ['versions', 'to archive storage after 9 days', 'old versions kept 30 days'],
        'main': ['versions', 'to cool storage when nobody reads it for 30 days', 'old versions kept 30 days'],
        'main-tmp': ['no versions', 'deleted after 8 days'],
        'main-upload-db-box': ['no versions', 'what is under incomplete/ deleted after 8 days'],
    }
    assert list(storage.of(plan.resource_by_name['alpha-azure-project'])) == []


def test_other_things_say_what_matters_of_them() -> None:
    plan = on_azure_plan()
    said = {
        name: facts(plan.resource_by_name[name])
        for name in (
            'alpha-azure-monthly-budget',
            'alpha-azure-project',
            'alpha-azure-service-account-main-upload-federation-gate',
            'alpha-azure-versioned-storage-account',
            'azure-role-storage-lister',
        )
    }
    assert said == {
        'alpha-azure-monthly-budget': [
            '100 in the currency of the bill a month from 2030-01-01 on',
            'notified at 50%, 92.5%',
        ],
        'alpha-azure-project': ['resource group in australiaeast'],
        'alpha-azure-service-account-main-upload-federation-gate': ['gateway of https://issuer.example.org'],
        'alpha-azure-versioned-storage-account': ['australiaeast', 'Standard_LRS'],
        'azure-role-storage-lister': ['blobs/read'],
    }


def test_every_type_on_azure_has_a_word() -> None:
    assert on_azure_plan().resources_by_type.keys() - RESOURCES.keys() == set()
    assert resource_word('azure-native:storage:BlobContainer') == 'bucket'
