"""The parity report: what is asked for, by which value, and what each cloud makes of it."""

from __future__ import annotations

import pytest

from cpg_infra.abstraction import IMPLEMENTATIONS, Capability, Support
from cpg_infra.config import Cloud, CPGDatasetConfig
from cpg_infra.driver.parity import CLOUDS, Parity, Row, parity
from cpg_infra.driver.parity.needs import OF_ROLE
from cpg_infra.plan.roles import IN_WORDS, ONLY_ON_GOOGLE
from tests.organisations import TODAY, Plain, dataset, organisation

AZURE = {
    'region': 'australiaeast',
    'subscription': '00000000-0000-4000-8000-000000000001',
    'tenant': '00000000-0000-4000-8000-000000000002',
    'dataset_storage_prefix': 'lantern',
    'config_bucket_name': 'config',
}


def parity_of(*datasets: CPGDatasetConfig, **changes: Plain) -> Parity:
    """The parity of some datasets beside the common one."""
    configs = {each.dataset: each for each in (dataset('common'), *datasets)}
    return parity(organisation(**changes), configs, date=TODAY)


def row_of(found: Parity, capability: Capability, name: str = 'alpha') -> Row | None:
    return next((row for row in found.of(name) if row.capability is capability), None)


def test_every_role_that_datasets_give_needs_some_capability() -> None:
    assert set(OF_ROLE) == set(IN_WORDS) - ONLY_ON_GOOGLE


def test_every_cloud_has_a_word_on_every_capability() -> None:
    assert all(set(IMPLEMENTATIONS[cloud].capabilities) == set(Capability) for cloud in CLOUDS)


def test_a_dataset_that_asks_for_everything_has_a_row_for_every_capability() -> None:
    everything = dataset(
        'alpha',
        azure={'upload_federations': [{'name': 'ci', 'issuer': 'https://ci.example.org', 'subject': 'us'}]},
        budgets={'gcp': {'monthly_budget': 100, 'shared_total_budget': 9, 'currency': 'EUR'}},
        enable_release=True,
        enable_shared_project=True,
        create_container_registry=True,
        allow_notebook_tmp_main_read=True,
        archive_age=30,
    )
    found = parity_of(everything)
    asked = {row.capability for row in (*found.of('alpha'), *found.of('common'), *found.of(None))}
    assert asked == set(Capability)


@pytest.mark.parametrize(
    ('options', 'capability', 'of'),
    [
        ({'autoclass': False}, Capability.AUTOCLASS, None),
        ({'enable_release': True}, Capability.REQUESTER_PAYS, 'release'),
        (
            {'allow_notebook_tmp_main_read': True},
            Capability.TEMPORARY_ACCESS_FOR_MACHINES,
            'allow_notebook_tmp_main_read',
        ),
        ({'components': {'gcp': ['storage']}}, Capability.CLUSTERS, None),
        ({'components': {'gcp': ['spark']}}, Capability.CLUSTERS, 'spark'),
        ({'components': {'gcp': ['spark']}}, Capability.BUCKET, None),
    ],
)
def test_what_is_asked_for_has_a_row_and_nothing_else_has(
    options: Plain,
    capability: Capability,
    of: str | None,
) -> None:
    row = row_of(parity_of(dataset('alpha', **options)), capability)
    if of is None:
        assert row is None
    else:
        assert row is not None
        assert of in row.of


def test_a_row_says_which_value_asked_for_it() -> None:
    found = parity_of(dataset('alpha', archive_age=7))
    archive = row_of(found, Capability.COLD_STORAGE)
    budget = row_of(found, Capability.MONTHLY_BUDGET)
    assert archive is not None
    assert archive.origins == (('dataset', 'alpha', 'archive_age'),)
    assert budget is not None
    assert budget.origins == (('dataset', 'alpha', 'budgets', 'gcp', 'monthly_budget'),)


def test_a_dataset_on_two_clouds_asks_for_the_components_of_both() -> None:
    both = dataset(
        'alpha',
        deploy_locations=['gcp', 'azure'],
        budgets={'gcp': {'monthly_budget': 1}, 'azure': {'monthly_budget': 1}},
        components={'gcp': ['storage'], 'azure': ['hail-accounts']},
    )
    found = parity_of(both, azure=AZURE)
    assert row_of(found, Capability.HAIL_ACCOUNTS) is not None
    assert row_of(found, Capability.BUCKET) is not None
    assert row_of(found, Capability.CLUSTERS) is None
    assert found.clouds['alpha'] == (Cloud.GCP, Cloud.AZURE)


def test_each_cell_is_what_the_cloud_says_of_itself() -> None:
    for row in parity_of(dataset('alpha')).rows:
        for cloud in CLOUDS:
            assert row.on[cloud] == IMPLEMENTATIONS[cloud].capabilities[row.capability]


@pytest.mark.parametrize(('premium', 'support'), [(False, Support.NONE), (True, Support.APPROXIMATE)])
def test_temporary_access_on_azure_takes_the_licence(premium: bool, support: Support) -> None:
    found = parity_of(
        dataset('alpha', members={'tmp-main-read-access': ['ana']}),
        azure={**AZURE, 'premium_tenant': premium},
    )
    row = row_of(found, Capability.TEMPORARY_ACCESS)
    assert row is not None
    assert row.on[Cloud.AZURE].support is support


def test_the_order_of_datasets_does_not_matter() -> None:
    alpha, beta = dataset('alpha'), dataset('beta', depends_on=['alpha'])
    assert parity_of(alpha, beta).rows == parity_of(beta, alpha).rows
