"""Who may send metadata: names that exist, once, and short enough for an account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpg_infra.config import load
from tests.config.building import CPG_TOML, faults, findings, with_line, write

GCP = {'project': 'metamist', 'service_name': 'metamist', 'machine_account': 'machine@example.org'}
PARSER = {'parser_name': 'lab', 'accessors': ['lab']}
DIGEST = 'image@sha256:' + 'a' * 64


def said(**changes: Any) -> list[str]:
    etl = {'accessors': ['lab'], 'by_type': {'lab/v1': PARSER}, **changes}
    return findings(metamist={'gcp': GCP, 'etl': etl})


def test_a_sound_section_gives_no_cause_for_a_remark() -> None:
    assert said() == []


def test_a_parser_names_accessors_that_there_are() -> None:
    assert said(by_type={'lab/v1': {**PARSER, 'accessors': ['lab', 'labb']}}) == [
        "metamist.etl.by_type.lab/v1.accessors[1]: no accessor 'labb' (did you mean 'lab'?)"
    ]


def test_an_accessor_that_nothing_accepts_is_an_error() -> None:
    assert said(accessors=['lab', 'old']) == ["metamist.etl.accessors[1]: no parser accepts anything from 'old'"]


@pytest.mark.parametrize('name', ['sa', 'load-sa', 'extract-sa'])
def test_an_accessor_is_not_called_like_the_account_of_a_function(name: str) -> None:
    assert said(accessors=[name], by_type={'a': {**PARSER, 'accessors': [name]}}) == [
        f'metamist.etl.accessors[0]: {name!r} is kept for an account of a function'
    ]


@pytest.mark.parametrize('name', ['a' * 18, 'Lab', 'lab-', 'lab_1', ''])
def test_the_name_of_an_accessor_fits_into_the_id_of_an_account(name: str) -> None:
    assert said(accessors=[name], by_type={'a': {**PARSER, 'accessors': [name]}}) == [
        f'metamist.etl.accessors[0]: {name!r} must be at most 17 lower-case letters, digits and inner hyphens'
    ]
    assert said(accessors=['a' * 17], by_type={'a': {**PARSER, 'accessors': ['a' * 17]}}) == []


def test_paths_that_differ_only_in_slashes_are_one_path() -> None:
    assert said(by_type={'/lab/v1': PARSER, 'lab/v1/': PARSER}) == [
        "metamist.etl.by_type.lab/v1/: is the same path as '/lab/v1'"
    ]


def test_a_second_service_is_of_a_function_and_from_an_image_by_digest() -> None:
    assert said(custom_audience_list={'extract': ['https://x.example.org']}, external_images={'extract': DIGEST}) == []
    assert said(custom_audience_list={'lab': ['x']}, external_images={'load': 'image:latest'}) == [
        "metamist.etl.custom_audience_list.lab: no function 'lab'; there are extract and load",
        'metamist.etl.external_images.load: must name the image by digest, …@sha256:…',
    ]


ETL_TOML = """
[metamist.etl]
source = "etl"
accessors = ["lab"]
[metamist.etl.by_type."lab/v1"]
parser_name = "lab"
accessors = ["lab"]
"""
ENABLED = with_line(CPG_TOML, 'plugins_enabled = []', 'plugins_enabled = ["metamist"]') + ETL_TOML


def test_code_is_read_from_the_folder_beside_the_configuration(tmp_path: Path) -> None:
    code = {'etl/extract/main.py': 'x', 'etl/load/main.py': 'y', 'etl/load/parsers/lab.py': 'z', 'etl/.hidden': 'n'}
    loaded = load(write(tmp_path, {'cpg.toml': ENABLED, **code, 'etl/load/__pycache__/main.pyc': b'\0'}))
    assert loaded.sources.files(('organisation', 'metamist', 'etl', 'source')) == {
        'extract/main.py': b'x',
        'load/main.py': b'y',
        'load/parsers/lab.py': b'z',
    }


def test_code_that_is_missing_is_placed(tmp_path: Path) -> None:
    line = ENABLED[: ENABLED.index('source = "etl"')].count('\n') + 1
    assert faults(write(tmp_path, {'cpg.toml': ENABLED, 'etl/extract/main.py': 'x'})) == [
        f'cpg.toml:{line}:10: metamist.etl.source: there is no etl/load/main.py'
    ]
    [fault] = faults(write(tmp_path / 'other', {'cpg.toml': ENABLED}))
    assert fault.startswith(f'cpg.toml:{line}:10: metamist.etl.source: cannot read the folder')


def test_a_folder_of_code_does_not_lead_out_of_the_configuration(tmp_path: Path) -> None:
    folder = write(tmp_path / 'config', {'cpg.toml': ENABLED, 'etl/extract/main.py': 'x', 'etl/load/main.py': 'y'})
    (tmp_path / 'elsewhere.py').write_text('secret')
    (folder / 'etl' / 'load' / 'elsewhere.py').symlink_to(tmp_path / 'elsewhere.py')
    [fault] = faults(folder)
    assert fault.endswith('metamist.etl.source: etl/load/elsewhere.py is no regular file of this configuration')


def test_a_folder_above_the_configuration_is_refused(tmp_path: Path) -> None:
    [fault] = faults(write(tmp_path, {'cpg.toml': ENABLED.replace('source = "etl"', 'source = "../etl"')}))
    assert 'metamist.etl.source: must match' in fault


def test_slack_needs_the_token_of_billing() -> None:
    found = findings(
        plugins_enabled=['metamist'],
        metamist={'gcp': GCP, 'slack_channel': 'loads'},
    )
    assert found == [
        (
            'metamist.slack_channel: needs billing.gcp.project_id and billing.aggregator.slack_token_secret_name, the '
            'token for Slack'
        )
    ]
