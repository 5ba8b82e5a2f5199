"""The configuration of the dropbox service: bytes that are an interface."""

from __future__ import annotations

from cpg_infra.config import CPGDatasetConfig
from tests.organisations import Plain, dataset, infrastructure_of, organisation, plan_of, user

VERSION = 'common-gcp-data-dropbox-server-config-latest'


def with_dropboxes(name: str, *identifiers: str, **more: Plain) -> CPGDatasetConfig:
    dropboxes = [
        {'id': each, 'name': each.title(), 'allowed_filetypes': ['.cram'], 'uploaders': ['bao', 'ana'], **more}
        for each in identifiers
    ]
    return dataset(name, upload_config={'dropboxes': dropboxes})


def entry(identifier: str, project: str, uploaders: str = '"bao@example.org", "ana@example.org"') -> str:
    return (
        f'{{"id": "{identifier}", "name": "{identifier.title()}", "allowed_filetypes": [".cram"], '
        f'"uploaders": [{uploaders}], "max_concurrent_files": null, "description": null, "max_file_size": null, '
        f'"move_to_bucket": null, "slack_notification_channel_id": null, "project": "{project}"}}'
    )


def written(*datasets: CPGDatasetConfig, **changes: Plain) -> object:
    return plan_of(*datasets, **changes).resource_by_name[VERSION].inputs['secretData']


def test_every_field_is_there_in_the_order_of_the_model_then_the_dataset() -> None:
    assert written(with_dropboxes('alpha', 'north')) == f'{{"dropboxes": [{entry("north", "alpha")}]}}'


def test_datasets_dropboxes_and_uploaders_keep_the_order_of_the_configuration() -> None:
    alpha, beta = with_dropboxes('alpha', 'south', 'north'), with_dropboxes('beta', 'east')
    expected = [entry('east', 'beta'), entry('south', 'alpha'), entry('north', 'alpha')]
    assert written(beta, alpha) == f'{{"dropboxes": [{", ".join(expected)}]}}'


def test_only_the_bytes_of_the_secret_depend_on_the_order_of_datasets() -> None:
    alpha, beta = with_dropboxes('alpha', 'north'), with_dropboxes('beta', 'east')
    one, other = plan_of(alpha, beta).resource_by_name, plan_of(beta, alpha).resource_by_name
    assert [name for name in one if one[name] != other[name]] == [VERSION]


def test_the_secret_is_there_with_an_empty_list_whenever_there_is_the_service() -> None:
    assert written() == '{"dropboxes": []}'
    assert VERSION not in plan_of(data_dropbox=None).resource_by_name


def test_addresses_are_as_configured() -> None:
    users = {'ana': user('ana'), 'bao': {'id': 'bao', 'clouds': {'gcp': {'id': 'Bao@Example.org'}}}}
    expected = entry('north', 'alpha', '"Bao@Example.org", "ana@example.org"')
    assert written(with_dropboxes('alpha', 'north'), users=users) == f'{{"dropboxes": [{expected}]}}'


def test_the_secret_lies_in_the_project_of_the_service_in_the_region_of_the_common_dataset() -> None:
    plan = plan_of(dataset('common', gcp={'project': 'lantern-common', 'region': 'us-central1'}))
    secret = plan.resource_by_name['common-gcp-dropbox-server-config']
    assert secret.inputs == {
        'secretId': 'dropbox-server-config',
        'project': 'lantern-dropbox',
        'replication': {'userManaged': {'replicas': [{'location': 'us-central1'}]}},
    }
    assert plan.resource_by_name[VERSION].options.secret_inputs == ('secretData',)


def test_a_dataset_without_storage_has_no_dropbox() -> None:
    infrastructure = infrastructure_of(
        dataset('alpha', components={'gcp': ['spark']}, upload_config=with_dropboxes('alpha', 'north').upload_config)
    )
    (organisation_there,) = infrastructure.on.values()
    assert organisation_there.dropbox_configuration() == '{"dropboxes": []}'
    assert organisation().data_dropbox is not None
