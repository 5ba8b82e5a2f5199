from __future__ import annotations

from tests.config.building import azure, dataset, findings, user


def test_the_common_dataset_exists() -> None:
    assert findings(dataset('alpha'), common_dataset='comon') == [
        "common_dataset: no dataset 'comon' (did you mean 'common'?)"
    ]


def test_members_uploaders_and_adhoc_members_are_users() -> None:
    alpha = dataset(
        members={'analysis': ['anna'], 'upload': ['ana']},
        upload_config={
            'default_bucket': {'uploaders': ['baao']},
            'additional_buckets': [{'name': 'lab', 'uploaders': ['zoe']}],
            'dropboxes': [{'id': 'box', 'name': 'b', 'allowed_filetypes': [], 'uploaders': ['zac']}],
        },
    )
    groups = [{'name': 'steering', 'description': 'd', 'members': ['xi']}]
    assert findings(alpha, adhoc_groups=groups) == [
        "adhoc_groups.steering.members: no user 'xi'",
        "alpha.members.analysis: no user 'anna' (did you mean 'ana'?)",
        "alpha.upload_config.additional_buckets.lab.uploaders: no user 'zoe'",
        "alpha.upload_config.default_bucket.uploaders: no user 'baao' (did you mean 'bao'?)",
        "alpha.upload_config.dropboxes.box.uploaders: no user 'zac'",
    ]


def test_the_key_of_a_user_is_its_id() -> None:
    assert findings(users={'ana': user('anna')}) == ["users.ana: the user's id is 'anna'"]


def test_two_users_with_one_account_are_remarked() -> None:
    twice = {'id': 'bao', 'clouds': {'gcp': {'id': 'Ana@example.org'}}}
    assert findings(users={'ana': user('ana'), 'bao': twice}) == [
        "warning: users.bao.clouds.gcp: the account 'Ana@example.org' is also that of user 'ana'",
    ]


def test_a_member_has_an_account_on_every_cloud_of_the_dataset() -> None:
    alpha = dataset(
        members={'analysis': ['ana']},
        deploy_locations=['gcp', 'azure'],
        budgets={'gcp': {'monthly_budget': 1}, 'azure': {'monthly_budget': 1}},
    )
    urls = {'hail_batch_url': 'u', 'hail_auth_url': 'u'}
    assert findings(alpha, azure=azure(), hail={'gcp': urls, 'azure': urls}) == [
        (
            "alpha.members.analysis: user 'ana' has no account on azure, where the dataset is deployed "
            '(add users.ana.clouds.azure)'
        ),
    ]


def test_the_dry_run_needs_no_accounts() -> None:
    alpha = dataset(members={'analysis': ['ana']}, deploy_locations=['dry-run'], gcp=None, budgets={})
    assert findings(alpha, users={'ana': {'id': 'ana', 'clouds': {}}}) == []


def test_an_adhoc_member_without_an_account_is_left_out_with_a_warning() -> None:
    groups = [{'name': 'steering', 'description': 'd', 'members': ['ana']}]
    assert findings(users={'ana': {'id': 'ana', 'clouds': {}}}, adhoc_groups=groups) == [
        "warning: adhoc_groups.steering.members: user 'ana' has no account on gcp and is left out of the group there",
    ]


def test_a_member_listed_twice_is_remarked_and_an_error_with_two_dates() -> None:
    alpha = dataset(
        members={
            'analysis': ['ana', 'ana'],
            'web-access': ['bao', {'id': 'bao', 'expires': '2031-01-31'}],
        },
    )
    assert findings(alpha) == [
        "alpha.members.web-access: 'bao' is listed twice, with different dates of expiry",
        "warning: alpha.members.analysis: 'ana' is listed twice",
    ]


def test_a_membership_that_is_over_is_no_fault() -> None:
    assert findings(dataset(members={'analysis': [{'id': 'ana', 'expires': '1999-01-31'}]})) == []


def test_the_analysis_group_of_a_parser_is_that_of_a_dataset() -> None:
    metamist = {
        'gcp': {'project': 'm', 'service_name': 'm', 'machine_account': 'm@example.org'},
        'etl': {
            'accessors': [],
            'by_type': {'v1': {'parser_name': 'p', 'accessors': [], 'analysis_group_dataset': 'alhpa'}},
        },
    }
    assert findings(dataset('alpha'), metamist=metamist) == [
        "metamist.etl.by_type.v1.analysis_group_dataset: no dataset 'alhpa' (did you mean 'alpha'?)",
    ]


def test_checks_make_exceptions_for_datasets_that_exist() -> None:
    assert findings(dataset('alpha'), checks={'any': {'except_datasets': ['alpha', 'beta']}}) == [
        "checks.any.except_datasets: no dataset 'beta'",
    ]


def test_cost_control_spares_datasets_that_exist() -> None:
    controls = {
        'machine_account': 'control@example.org',
        'slack_channel': 'costs',
        'pubsub_topic': 'budgets',
        'timezone': 'Australia/Sydney',
        'protected': ['alpha', 'alhpa'],
        'snoozes': {'alpah': {'until': '2026-12-24', 'reason': 'a joint call'}},
    }
    assert findings(
        dataset('alpha'), billing={'gcp': {'project_id': 'p', 'account_id': 'a'}, 'gcp_cost_controls': controls}
    ) == [
        "billing.gcp_cost_controls.protected: no dataset 'alhpa' (did you mean 'alpha'?)",
        "billing.gcp_cost_controls.snoozes.alpah: no dataset 'alpah' (did you mean 'alpha'?)",
    ]
