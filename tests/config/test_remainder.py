"""What is left of a configuration without its faults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig, check_whole
from cpg_infra.config.diagnostics import Diagnostic
from cpg_infra.config.loading import examine
from cpg_infra.config.remainder import Remainder, remainder_of, without
from tests.config.building import MEMBERS_YAML, PRODUCTION_YAML, with_line, write

VALUE: dict[str, Any] = {
    'people': ['ana', 'bao'],
    'buckets': [{'name': 'lab', 'uploaders': ['ana']}, {'id': 'north'}],
    'gcp': {'project': 'p', 'region': 'r'},
}


@pytest.mark.parametrize(
    ('steps', 'left'),
    [
        (('gcp', 'region'), {**VALUE, 'gcp': {'project': 'p'}}),
        (('gcp',), {key: value for key, value in VALUE.items() if key != 'gcp'}),
        (('people', 'bao'), {**VALUE, 'people': ['ana']}),
        (('people', 0), {**VALUE, 'people': ['bao']}),
        (
            ('buckets', 'lab', 'uploaders', 'ana'),
            {**VALUE, 'buckets': [{'name': 'lab', 'uploaders': []}, {'id': 'north'}]},
        ),
        (('buckets', 'north'), {**VALUE, 'buckets': [{'name': 'lab', 'uploaders': ['ana']}]}),
        # What is missing takes along what lacks it.
        (('gcp', 'number'), {key: value for key, value in VALUE.items() if key != 'gcp'}),
        (('people', 'chen'), {key: value for key, value in VALUE.items() if key != 'people'}),
        (('nothing', 'there'), VALUE),
    ],
)
def test_a_value_is_taken_out_or_the_deepest_that_there_is_on_the_way(
    steps: tuple[str | int, ...], left: dict[str, Any]
) -> None:
    assert without(VALUE, list(steps)) == left


def remainder(folder: Path) -> Remainder | None:
    examined = examine(folder)

    def judge(organisation: CPGInfrastructureConfig, datasets: Mapping[str, CPGDatasetConfig]) -> list[Diagnostic]:
        return check_whole(organisation, datasets, examined.whole.sources)

    return remainder_of(examined, examined.errors, judge)


def test_a_sound_configuration_is_its_own_remainder(tmp_path: Path) -> None:
    found = remainder(write(tmp_path))
    assert found is not None
    assert (sorted(found.datasets), found.cut) == (['alpha', 'beta', 'common'], frozenset())


def test_a_dataset_loses_what_is_wrong_and_keeps_the_rest(tmp_path: Path) -> None:
    found = remainder(write(tmp_path, {'alpha/members.yaml': with_line(MEMBERS_YAML, '  - bao\n', '  - boa\n')}))
    assert found is not None
    assert [*map(str, found.datasets['alpha'].members)] == ['data-manager']
    assert found.lacks(('dataset', 'alpha', 'members', 'analysis', 'ana'))
    assert found.lacks(('dataset', 'alpha'))
    assert not found.lacks(('dataset', 'alpha', 'members', 'data-manager'))


def test_a_dataset_that_makes_no_sense_without_what_was_wrong_is_taken_out(tmp_path: Path) -> None:
    production = with_line(PRODUCTION_YAML, '    project: lantern-alpha\n', '    project: [lantern-alpha]\n')
    found = remainder(write(tmp_path, {'production.yaml': production}))
    assert found is not None
    assert sorted(found.datasets) == ['beta', 'common']


@pytest.mark.parametrize(
    'changes',
    [
        {'cpg.toml': 'domain =\n'},
        {'production.yaml': with_line(PRODUCTION_YAML, 'lantern-common', '[lantern-common]')},
        {'production.yaml': 'common: [\n'},
    ],
)
def test_without_the_organisation_or_the_common_dataset_nothing_is_left(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    assert remainder(write(tmp_path, changes)) is None
