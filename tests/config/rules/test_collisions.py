from __future__ import annotations

from tests.config.building import azure, dataset, findings


def box(name: str) -> dict[str, object]:
    return {'id': name, 'name': 'b', 'allowed_filetypes': [], 'uploaders': []}


def group(name: str) -> dict[str, object]:
    return {'name': name, 'description': 'd'}


def test_foo_and_foo_test_would_share_a_group_and_a_metamist_project() -> None:
    assert findings(dataset('foo'), dataset('foo-test')) == [
        (
            "foo-test: the datasets 'foo' and 'foo-test' would both make the group 'foo-test-full' "
            "and the metamist project 'foo-test'"
        ),
    ]


def test_foo_without_tests_still_has_the_group() -> None:
    assert findings(dataset('foo', setup_test=False), dataset('foo-test')) == [
        "foo-test: the datasets 'foo' and 'foo-test' would both make the group 'foo-test-full'",
    ]


def test_the_groups_of_metamist_collide_too() -> None:
    assert findings(dataset('foo'), dataset('foo-sample-metadata')) == [
        (
            "foo-sample-metadata: the datasets 'foo' and 'foo-sample-metadata' would both make "
            "the group 'foo-sample-metadata-main-read' and the group 'foo-sample-metadata-test-read'"
        ),
    ]


def test_without_metamist_its_groups_do_not_collide() -> None:
    few = {'components': {'gcp': ['storage']}, 'enable_metamist_project': False}
    assert findings(dataset('foo', **few), dataset('foo-sample-metadata', **few)) == []


def test_an_adhoc_group_has_a_name_of_its_own() -> None:
    groups = [group('alpha-analysis'), group('sample-metadata-invokers'), group('steering'), group('Steering')]
    assert findings(dataset('alpha'), adhoc_groups=groups) == [
        'adhoc_groups.Steering: an earlier ad-hoc group has this name',
        "adhoc_groups.alpha-analysis: the dataset 'alpha' has a group of this name",
        'adhoc_groups.sample-metadata-invokers: the organisation has a group of this name',
    ]


def test_two_datasets_do_not_have_one_project() -> None:
    assert findings(dataset('alpha', gcp={'project': 'p'}), dataset('beta', gcp={'project': 'p'})) == [
        "beta.gcp.project: the project 'p' is also the project of dataset 'alpha'",
    ]


def test_the_shared_project_of_a_dataset_is_nobody_elses() -> None:
    alpha = dataset(
        'alpha',
        gcp={'project': 'p'},
        enable_release=True,
        enable_shared_project=True,
        budgets={'gcp': {'monthly_budget': 1, 'shared_total_budget': 1}},
    )
    assert findings(alpha, dataset('beta', gcp={'project': 'p-shared'})) == [
        "beta.gcp.project: the project 'p-shared' is also the shared project of dataset 'alpha'",
    ]


def test_names_that_azure_folds_into_one_collide_there() -> None:
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    on_azure = {'deploy_locations': ['azure'], 'gcp': None, 'budgets': {'azure': {'monthly_budget': 1}}}
    assert findings(
        dataset('ab', **on_azure),
        dataset('a-b', **on_azure),
        dataset('a--b'),
        azure=azure(),
        hail={'gcp': urls, 'azure': urls},
    ) == ["a-b: on azure, where hyphens are dropped, the name is the same as that of dataset 'ab'"]


def test_an_override_of_the_hail_name_is_no_other_datasets_name() -> None:
    tide = dataset('tide', gcp={'project': 'p', 'hail_service_account_dataset_name_override': 'td'})
    assert findings(tide, dataset('td')) == [
        "tide.gcp.hail_service_account_dataset_name_override: the Hail Batch users 'td-…' are also those of dataset 'td'",
    ]


def test_the_upload_buckets_of_a_dataset_have_different_names() -> None:
    upload = {
        'additional_buckets': [{'name': 'lab'}, {'name': 'lab'}, {'name': 'db-box'}],
        'dropboxes': [box('box')],
    }
    assert findings(dataset('alpha', upload_config=upload)) == [
        "alpha.upload_config.additional_buckets: two additional buckets are called 'lab'",
        "alpha.upload_config.additional_buckets.db-box: 'main-upload-db-box' is also the bucket of dropbox 'box'",
    ]


def test_a_dropbox_id_is_used_once_in_the_organisation() -> None:
    with_box = {'upload_config': {'dropboxes': [box('box')]}}
    assert findings(dataset('alpha', **with_box), dataset('beta', **with_box)) == [
        "beta.upload_config.dropboxes: the dropbox id 'box' is already used by dataset 'alpha'",
    ]


def test_two_datasets_do_not_have_one_name() -> None:
    assert findings(dataset('alpha'), dataset('alpha', gcp={'project': 'other'})) == [
        'alpha: 2 datasets have this name'
    ]


def test_hail_names_are_compared_on_each_cloud() -> None:
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    both = {'gcp': {'monthly_budget': 1}, 'azure': {'monthly_budget': 1}}
    tide = dataset(
        'tide',
        gcp={'project': 'p', 'hail_service_account_dataset_name_override': 'td'},
        deploy_locations=['gcp', 'azure'],
        budgets=both,
    )
    there = dataset('td', deploy_locations=['azure'], gcp=None, budgets={'azure': {'monthly_budget': 1}})
    assert findings(tide, there, azure=azure(), hail={'gcp': urls, 'azure': urls}) == [
        "tide.gcp.hail_service_account_dataset_name_override: the Hail Batch users 'td-…' are also those of dataset 'td'",
    ]
