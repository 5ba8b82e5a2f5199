from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.building import PRODUCTION_YAML, faults, with_line, write

RELEASE = '  enable_release: true'


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('enable_relase: true', "6:3: alpha.enable_relase: unknown key (did you mean 'enable_release'?)"),
        ('archive_age: abc', "6:16: alpha.archive_age: must be a whole number, not 'abc'"),
        ('archive_age: 1.5', '6:16: alpha.archive_age: must be a whole number, not 1.5'),
        ('archive_age: -1', '6:16: alpha.archive_age: must be at least 0, not -1'),
        ('archive_age: .inf', '6:16: alpha.archive_age: must be a finite number, not inf'),
        ('autoclass: maybe', "6:14: alpha.autoclass: must be true or false, not 'maybe'"),
        ('autoclass: [true]', '6:14: alpha.autoclass: must be true or false, not a list'),
        ('depends_on_readonly: beta', "6:24: alpha.depends_on_readonly: must be a list, not 'beta'"),
        ('depends_on_readonly: [12]', '6:25: alpha.depends_on_readonly[0]: must be text, not 12 (put it in quotes)'),
        ('depends_on_readonly: [""]', '6:25: alpha.depends_on_readonly[0]: must not be empty'),
        ('azure: x', "6:10: alpha.azure: must be a mapping, not 'x'"),
        ('azure: {regoin: x}', "6:11: alpha.azure.regoin: unknown key (did you mean 'region'?)"),
        (
            'azure: {subscription: production}',
            (
                '6:25: alpha.azure.subscription: must match ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$, '
                "not 'production'"
            ),
        ),
        ('components: [storage]', '6:15: alpha.components: must be a mapping, not a list'),
        (
            'deploy_locations: [gcp, azur]',
            "6:27: alpha.deploy_locations[1]: must be one of gcp, azure, dry-run, not 'azur' (did you mean 'azure'?)",
        ),
        (
            'components: {gcp: [storrage]}',
            (
                '6:22: alpha.components.gcp[0]: must be one of storage, spark, cromwell, notebooks, hail-accounts, '
                "metamist, container-registry, analysis-runner, not 'storrage' (did you mean 'storage'?)"
            ),
        ),
        (
            'components: {gpc: [storage]}',
            "6:16: alpha.components: must be one of gcp, azure, dry-run, not 'gpc' (did you mean 'gcp'?)",
        ),
        ('sm_read_only_sas: "' + 'x' * 99 + '"', f"6:21: alpha.sm_read_only_sas: must be a list, not '{'x' * 38}…"),
        ('create_container_registry:', '6:29: alpha.create_container_registry: must be true or false, not nothing'),
    ],
)
def test_a_fault_of_shape_is_told_in_plain_words(tmp_path: Path, line: str, message: str) -> None:
    folder = write(tmp_path, {'production.yaml': with_line(PRODUCTION_YAML, RELEASE, f'  {line}')})
    assert faults(folder) == [f'production.yaml:{message}']


@pytest.mark.parametrize(
    ('member', 'message'),
    [
        ('{id: ana, expires: soon}', "1:31: alpha.members.analysis[0].expires: must be a date like 2027-01-31, not 'soon'"),
        ('{id: ana, expires: 2027-02-30}', "1:31: alpha.members.analysis[0].expires: must be a date like 2027-01-31, not '2027-02-30'"),
        ('{expires: 2027-01-31}', "1:12: alpha.members.analysis[0]: the key 'id' is missing"),
        ('12', '1:12: alpha.members.analysis[0]: must be a mapping, not 12'),
        ('{id: ana, until: x}', '1:22: alpha.members.analysis[0].until: unknown key'),
    ],
)  # fmt: skip
def test_a_fault_of_a_member_is_told(tmp_path: Path, member: str, message: str) -> None:
    assert faults(write(tmp_path, {'alpha/members.yaml': f'analysis: [{member}]\n'})) == [
        f'alpha/members.yaml:{message}'
    ]


def test_text_for_a_number_or_a_truth_value_is_taken(tmp_path: Path) -> None:
    text = with_line(PRODUCTION_YAML, RELEASE, '  archive_age: "30"\n  autoclass: "no"')
    assert faults(write(tmp_path, {'production.yaml': text})) == []


def test_what_is_sound_beside_a_fault_is_still_checked(tmp_path: Path) -> None:
    text = with_line(PRODUCTION_YAML, '    - beta', '    - 7\n    - betta')
    folder = write(tmp_path, {'production.yaml': text, 'alpha/members.yaml': 'analysis: [{id: 1}, anna]\n'})
    assert faults(folder) == [
        'alpha/members.yaml:1:17: alpha.members.analysis[0].id: must be text, not 1 (put it in quotes)',
        "alpha/members.yaml:1:21: alpha.members.analysis: no user 'anna' (did you mean 'ana'?)",
        'production.yaml:8:7: alpha.depends_on[0]: must be text, not 7 (put it in quotes)',
        "production.yaml:9:7: alpha.depends_on: no dataset 'betta' (did you mean 'beta'?)",
    ]


def test_a_broken_section_is_not_told_to_be_missing(tmp_path: Path) -> None:
    text = with_line(PRODUCTION_YAML, '    project: lantern-alpha', '    region: r1')
    assert faults(write(tmp_path, {'production.yaml': text})) == [
        "production.yaml:4:3: alpha.gcp: the key 'project' is missing",
    ]
