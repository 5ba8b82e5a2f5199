"""Names that a provider would refuse are faults of the plan, one message each."""

from __future__ import annotations

import pytest

from cpg_infra.checks import run_checks
from cpg_infra.config import CPGDatasetConfig
from tests.organisations import GCP, dataset, organisation, plan_of


def faults(*datasets: CPGDatasetConfig, **changes: object) -> list[str]:
    """What the checks say of a plan, as text."""
    return [str(remark) for remark in run_checks(plan_of(*datasets, **changes), organisation(**changes))]


def test_a_plan_with_good_names_has_no_faults() -> None:
    assert faults(dataset('alpha', enable_release=True, allow_notebook_tmp_main_read=True)) == []


def test_a_project_id_may_not_be_long_or_end_in_a_hyphen() -> None:
    project = 'a-project-of-thirty-characters-'
    assert faults(dataset('alpha', gcp={'project': project})) == [
        (
            f"alpha.gcp: project id '{project}' (31 characters) breaks a naming rule: "
            '6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last'
        ),
    ]


def test_a_shared_project_needs_room_for_its_ending() -> None:
    project = 'a-project-of-24-letters-'[:23] + 'x'
    wanted = dataset(
        'alpha',
        gcp={'project': project},
        budgets={'gcp': {'monthly_budget': 1, 'shared_total_budget': 1}},
        enable_release=True,
        enable_shared_project=True,
    )
    assert faults(wanted) == [
        (
            f"alpha.enable_shared_project: project id '{project}-shared' (31 characters) breaks a naming rule: "
            '6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last'
        ),
    ]


def test_the_notebook_account_bounds_the_name_of_a_dataset() -> None:
    name = 'a-dataset-with-22-char'
    found = faults(dataset(name, gcp={'project': 'lantern-long', 'hail_service_account_dataset_name_override': 'long'}))
    assert found == [
        (
            f"{name}.components.gcp: service account id 'notebook-{name}' (31 characters) breaks a naming rule: "
            '6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last'
        ),
    ]


def test_a_hail_user_has_26_characters_and_the_message_says_the_way_out() -> None:
    found = faults(dataset('eighteen-character'))
    assert found == [
        (
            "eighteen-character.components.gcp: Hail Batch user 'eighteen-character-standard' (27 characters) breaks a "
            'naming rule: at most 26 lower-case letters and digits, single hyphens between them '
            '(gcp.hail_service_account_dataset_name_override can stand for a long name)'
        ),
    ]


@pytest.mark.parametrize('prefix', ['goog-', 'my-google-'])
def test_a_bucket_may_not_be_named_after_the_provider(prefix: str) -> None:
    found = faults(gcp={**GCP, 'dataset_storage_prefix': prefix})
    assert found
    assert all("it may not begin with 'goog' or contain 'google'" in fault for fault in found)


def test_a_dropbox_bucket_has_the_longest_name() -> None:
    dropbox = {'id': 'x' * 40, 'name': 'X', 'allowed_filetypes': [], 'uploaders': []}
    found = faults(dataset('alpha', upload_config={'dropboxes': [dropbox]}))
    assert found == [
        (
            f"alpha.upload_config.dropboxes.{'x' * 40}: bucket name 'lantern-alpha-main-upload-db-{'x' * 40}' "
            '(69 characters) breaks a naming rule: 3 to 63 lower-case letters, digits, hyphens and underscores, '
            'a letter or digit first and last'
        ),
    ]


def test_an_entitlement_id_has_63_characters() -> None:
    name = 'a' * 55
    found = faults(dataset(name, gcp={'project': 'lantern-a'}, allow_notebook_tmp_main_read=True))
    wanted = f"{name}.allow_notebook_tmp_main_read: entitlement id 'pam-{name}-read' breaks a naming rule: "
    assert [fault for fault in found if 'entitlement' in fault] == [
        wanted + '4 to 63 lower-case letters, digits and hyphens, a letter first',
    ]
