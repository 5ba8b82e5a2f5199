from __future__ import annotations

import pytest

from cpg_infra.config import CPGDatasetComponents, CPGDatasetConfig
from cpg_infra.config.components import deployed_components, missing_section
from cpg_infra.config.names import Cloud
from tests.config.building import Value, azure, dataset, findings, organisation

URLS = {'hail_batch_url': 'https://b.example.org', 'hail_auth_url': 'https://a.example.org'}


def test_a_dataset_on_gcp_names_its_project() -> None:
    assert findings(dataset('alpha', gcp=None)) == [
        (
            "alpha: the section 'gcp' is missing, and the dataset is deployed there "
            '(add gcp.project, or leave gcp out of deploy_locations)'
        ),
    ]


def test_a_dataset_on_azure_needs_no_section_of_its_own() -> None:
    alpha = dataset('alpha', deploy_locations=['azure'], gcp=None, budgets={'azure': {'monthly_budget': 1}})
    assert findings(alpha, azure=azure(), hail={'gcp': URLS, 'azure': URLS}) == []


def test_each_deployed_cloud_has_a_budget_but_the_dry_run() -> None:
    alpha = dataset('alpha', deploy_locations=['gcp', 'azure', 'dry-run'], budgets={})
    assert findings(alpha, azure=azure(), hail={'gcp': URLS, 'azure': URLS}) == [
        ('alpha.budgets: no budget for azure, where the dataset is deployed '
        '(add azure.monthly_budget, here or in alpha/budgets.yaml)'),
        ('alpha.budgets: no budget for gcp, where the dataset is deployed '
        '(add gcp.monthly_budget, here or in alpha/budgets.yaml)'),
    ]  # fmt: skip


def test_the_organisation_has_a_section_for_each_cloud() -> None:
    others = [dataset(name) for name in ('alpha', 'beta', 'gamma')]
    assert findings(*others, gcp=None) == [
        "the section 'gcp' is missing, and 'common', 'alpha', 'beta' and 1 more are deployed there",
    ]


@pytest.mark.parametrize('billing', [None, {}])
def test_nothing_deploys_on_gcp_without_a_billing_account(billing: object) -> None:
    where = '' if billing is None else 'billing.gcp.account_id: '
    assert findings(billing=billing) == [
        f"{where}billing.gcp.account_id is missing, without which nothing deploys on gcp, and 'common' is deployed there",
    ]


def test_the_git_credentials_secret_has_a_project() -> None:
    assert findings(hail={'gcp': {**URLS, 'git_credentials_secret_name': 'git'}}) == [
        "hail.gcp: the key 'git_credentials_secret_project' is missing, which the secret's name requires",
    ]


def test_components_for_a_cloud_without_the_dataset_are_remarked() -> None:
    assert findings(dataset('alpha', components={'azure': ['storage']})) == [
        'warning: alpha.components.azure: the dataset is not deployed to azure, so these components are not made',
    ]


def test_a_component_named_without_its_section_is_an_error() -> None:
    common = dataset('common', components={'gcp': ['storage']}, enable_metamist_project=False)
    alpha = dataset('alpha', components={'gcp': ['notebooks', 'hail-accounts', 'metamist']})
    assert findings(common, alpha, notebooks=None, hail=None) == [
        "alpha.components.gcp: 'hail-accounts' needs the section 'hail.gcp' of the organisation, which is missing",
        "alpha.components.gcp: 'notebooks' needs the section 'notebooks' of the organisation, which is missing",
    ]


def test_a_switch_without_its_component_is_remarked() -> None:
    assert findings(dataset('alpha', components={'gcp': ['storage']}, create_container_registry=True)) == [
        "warning: alpha.create_container_registry: has no effect without the component 'container-registry'",
        (
            'warning: alpha.enable_metamist_project: the metamist project is made, but nobody is put in it '
            "without the component 'metamist' (add the component, or enable_metamist_project: false)"
        ),
    ]


def test_a_component_by_default_without_its_section_is_not_deployed_and_said_so() -> None:
    assert findings(dataset('alpha'), notebooks=None) == [
        "info: 'notebooks' is not deployed on gcp: there is no section 'notebooks' (2 datasets would have it by default)",
    ]


def test_cromwell_needs_the_analysis_runner_for_the_second_copy_of_its_keys() -> None:
    without = organisation(analysis_runner=None)
    assert missing_section(without, CPGDatasetComponents.CROMWELL, Cloud.GCP) == 'analysis_runner'
    account = {'access_group_id': 'groups/0', 'runner_machine_account': 'm@example.org'}
    one_copy = organisation(analysis_runner=None, cromwell={'gcp': {**account, 'legacy_key_copy': False}})
    assert missing_section(one_copy, CPGDatasetComponents.CROMWELL, Cloud.GCP) is None


def test_what_is_deployed_are_the_components_with_their_sections() -> None:
    without = organisation(hail=None, metamist=None, notebooks=None, cromwell=None, analysis_runner=None)
    assert deployed_components(without, dataset(), Cloud.GCP) == {
        CPGDatasetComponents.STORAGE,
        CPGDatasetComponents.SPARK,
        CPGDatasetComponents.CONTAINER_REGISTRY,
    }


def test_a_dropbox_needs_the_dropbox_service() -> None:
    box = {'id': 'box', 'name': 'b', 'allowed_filetypes': [], 'uploaders': []}
    assert findings(dataset('alpha', upload_config={'dropboxes': [box]}), data_dropbox=None) == [
        "alpha.upload_config.dropboxes: dropboxes need the section 'data_dropbox' of the organisation, which is missing",
    ]


def on_azure(name: str = 'alpha', **changes: Value) -> CPGDatasetConfig:
    there = {'deploy_locations': ['azure'], 'gcp': None, 'budgets': {'azure': {'monthly_budget': 1}}}
    return dataset(name, **{**there, **changes})


BOX = {'id': 'box', 'name': 'b', 'allowed_filetypes': [], 'uploaders': []}


def test_the_organisation_has_a_section_for_azure_where_a_dataset_is_there() -> None:
    assert findings(on_azure(), hail={'gcp': URLS, 'azure': URLS}) == [
        "the section 'azure' is missing, and 'alpha' is deployed there",
    ]


def test_a_dropbox_on_azure_needs_the_dropbox_service_there() -> None:
    changes = {'azure': azure(), 'hail': {'gcp': URLS, 'azure': URLS}}
    alpha = on_azure(upload_config={'dropboxes': [BOX]})
    assert findings(alpha, **changes) == [
        (
            "alpha.upload_config.dropboxes: dropboxes need the section 'data_dropbox.azure' of the organisation, "
            'which is missing'
        ),
    ]
    served = {**changes, 'data_dropbox': {'azure': {'server_machine_account': 'id'}}}
    assert findings(alpha, **served) == []


def test_a_dropbox_that_is_served_on_one_cloud_only_is_said() -> None:
    both = dataset(
        'alpha',
        deploy_locations=['gcp', 'azure'],
        budgets={'gcp': {'monthly_budget': 1}, 'azure': {'monthly_budget': 1}},
        upload_config={'dropboxes': [BOX]},
    )
    assert findings(both, azure=azure(), hail={'gcp': URLS, 'azure': URLS}) == [
        (
            "warning: alpha.upload_config.dropboxes: there is no section 'data_dropbox.azure': nobody fills the dropbox "
            'buckets on azure'
        ),
    ]


def test_a_subscription_and_a_tenant_are_ids() -> None:
    wrong = {**azure(), 'subscription': 'production', 'tenant': 'AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee'}
    assert findings(on_azure(), azure=wrong, hail={'gcp': URLS, 'azure': URLS}) == [
        "warning: azure.subscription: 'production' is not an id, which looks like 00000000-0000-0000-0000-000000000000",
    ]


def test_budgets_on_azure_start_with_a_month() -> None:
    late = {**azure(), 'budget_start': '2030-01-15'}
    assert findings(on_azure(), azure=late, hail={'gcp': URLS, 'azure': URLS}) == [
        'azure.budget_start: budgets start on the first of a month, not on 2030-01-15 (2030-01-01)',
    ]
