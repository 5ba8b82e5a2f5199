"""Names of the configuration that run into each other only once the plan is made."""

from __future__ import annotations

import pytest

from cpg_infra.config import ConfigurationError
from tests.organisations import dataset, plan_of


def test_a_group_of_the_organisation_may_not_take_the_logical_name_of_a_group_of_the_common_dataset() -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(adhoc_groups=[{'name': 'analysis', 'description': 'Analysts', 'members': []}])
    assert str(caught.value) == (
        "common: resource 'common-gcp-analysis-group' is declared twice: by organisation/gcp/groups and by "
        'common/gcp/groups'
    )


def test_two_buckets_of_one_name_are_a_fault_of_the_configuration() -> None:
    uploads = {'additional_buckets': [{'name': 'archive'}]}
    with pytest.raises(ConfigurationError) as caught:
        plan_of(dataset('foo', upload_config=uploads), dataset('foo-main-upload'))
    assert [(fault.code, fault.subject) for fault in caught.value.diagnostics] == [
        ('name-collision', 'foo-main-upload.components.gcp'),
    ]
    assert "'gcp:bucket:lantern-foo-main-upload-archive' is declared twice" in str(caught.value)
