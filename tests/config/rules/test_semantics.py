from __future__ import annotations

import pytest

from tests.config.building import azure, dataset, findings, user


def box(target: str | None) -> dict[str, object]:
    return {'id': 'box', 'name': 'b', 'allowed_filetypes': [], 'uploaders': [], 'move_to_bucket': target}


def test_a_dataset_may_not_be_called_default() -> None:
    assert findings(dataset('default')) == ["default: a dataset may not be called 'default'"]


def test_a_shared_project_needs_release_and_a_budget() -> None:
    assert findings(dataset(enable_shared_project=True)) == [
        'alpha.enable_shared_project: a shared project needs budgets.gcp.shared_total_budget',
        'alpha.enable_shared_project: a shared project needs enable_release: true',
    ]


@pytest.mark.parametrize('target', [None, 'default', 'lab'])
def test_a_dropbox_moves_files_to_a_bucket_of_the_dataset(target: str | None) -> None:
    upload = {'additional_buckets': [{'name': 'lab'}], 'dropboxes': [box(target)]}
    assert findings(dataset(upload_config=upload)) == []


def test_a_dropbox_does_not_move_files_to_an_unknown_bucket() -> None:
    upload = {'additional_buckets': [{'name': 'lab'}], 'dropboxes': [box('labs')]}
    assert findings(dataset(upload_config=upload)) == [
        "alpha.upload_config.dropboxes.box.move_to_bucket: no upload bucket 'labs' (did you mean 'lab'?)",
    ]


def test_temporary_access_needs_a_main_bucket() -> None:
    few = {'components': {'gcp': ['notebooks', 'metamist']}}
    listed = dataset('alpha', members={'tmp-main-read-access': ['ana']}, **few)
    asking = dataset('beta', allow_notebook_tmp_main_read=True, **few)
    cannot = "temporary access cannot be granted on gcp: without the component 'storage' there is no main bucket"
    assert findings(listed, asking) == [
        f'alpha.members.tmp-main-read-access: {cannot}',
        f'beta.allow_notebook_tmp_main_read: {cannot}',
    ]


def test_only_notebooks_can_ask_for_temporary_access() -> None:
    assert findings(dataset(allow_notebook_tmp_main_read=True, components={'gcp': ['storage', 'metamist']})) == [
        (
            "warning: alpha.allow_notebook_tmp_main_read: the dataset has no component 'notebooks' on gcp, "
            'so no notebook can ask'
        ),
    ]


def test_an_approval_needs_approvers() -> None:
    assert findings(temporary_access={'approver_groups': []}) == [
        (
            'temporary_access.approver_groups: nobody could approve: there is no approver group '
            '(without the section a written justification is enough)'
        ),
    ]


@pytest.mark.parametrize('hours', [0, 25])
def test_the_aggregator_runs_every_1_to_24_hours(hours: int) -> None:
    aggregator = {
        'destination_bq_table': 'lantern-billing.aggregate.costs',
        'slack_channel': 'c',
        'slack_token_secret_name': 's',
        'functions': [],
        'interval_hours': hours,
    }
    assert findings(billing={'gcp': {'project_id': 'b', 'account_id': '0A'}, 'aggregator': aggregator}) == [
        f'billing.aggregator.interval_hours: must be from 1 to 24 hours, not {hours}',
    ]


@pytest.mark.parametrize('destination', ['lantern-config', 'gs://', 'https://x.example.org/c'])
def test_the_configuration_goes_to_a_bucket_when_gcp_is_used(destination: str) -> None:
    assert findings(config_destination=destination) == [
        (
            'config_destination: must be gs://bucket or gs://bucket/prefix while a dataset is deployed on gcp, '
            f"not '{destination}'"
        ),
    ]


def test_an_organisation_on_azure_may_write_its_configuration_to_a_blob() -> None:
    common = dataset('common', deploy_locations=['azure'], gcp=None, budgets={'azure': {'monthly_budget': 1}})
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    blob = 'https://config.blob.core.windows.net/deployed'
    assert findings(common, gcp=None, billing=None, azure=azure(), hail={'azure': urls}, config_destination=blob) == []


@pytest.mark.parametrize(
    'destination',
    ['gs://lantern-config', 'https://config.blob.example.org/deployed', 'https://config.blob.core.windows.net'],
)
def test_without_google_cloud_the_configuration_is_written_to_a_blob(destination: str) -> None:
    common = dataset('common', deploy_locations=['azure'], gcp=None, budgets={'azure': {'monthly_budget': 1}})
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    changes = {'gcp': None, 'billing': None, 'azure': azure(), 'hail': {'azure': urls}}
    assert findings(common, **changes, config_destination=destination) == [
        (
            'config_destination: must be https://<account>.blob.core.windows.net/<container>, perhaps with a prefix, while '
            f"datasets are deployed on azure only, not '{destination}'"
        ),
    ]


def test_temporary_access_on_azure_takes_a_licence() -> None:
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    alpha = dataset(
        'alpha',
        deploy_locations=['gcp', 'azure'],
        budgets={'gcp': {'monthly_budget': 1}, 'azure': {'monthly_budget': 1}},
        members={'tmp-main-read-access': ['ana']},
    )
    people = {'ana': user('ana', clouds={'gcp': {'id': 'ana@example.org'}, 'azure': {'id': 'ana@example.org'}})}
    changes = {'hail': {'gcp': urls, 'azure': urls}, 'users': people}
    assert findings(alpha, azure=azure(), **changes) == [
        (
            'alpha.members.tmp-main-read-access: temporary access cannot be granted on azure: the tenant has no premium '
            'licence (azure.premium_tenant: true, once it has Entra ID P2 or ID Governance)'
        ),
    ]
    assert findings(alpha, azure={**azure(), 'premium_tenant': True}, **changes) == []


@pytest.mark.parametrize(
    ('template', 'message'),
    [
        (
            'https://example.org/{datset}',
            "the placeholder '{datset}' is unknown; there are {dataset} and {namespace} (did you mean 'dataset'?)",
        ),
        ('https://example.org/{dataset', "not a template: expected '}' before end of string"),
        ('https://example.org/{}', "the placeholder '{}' is unknown; there are {dataset} and {namespace}"),
    ],
)
def test_a_web_address_has_known_placeholders(template: str, message: str) -> None:
    service = {'gcp': {'server_machine_account': 'w@example.org'}, 'web_url_template': template}
    assert findings(web_service=service) == [f'web_service.web_url_template: {message}']
