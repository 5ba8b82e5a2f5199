"""Where state is kept, and who said so; the files that the engine reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cpg_infra.engine.automation.backend import BackendRefusedError, choose_backend
from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.project import find_project
from cpg_infra.engine.automation.pulumi_cli import find_cli
from cpg_infra.engine.automation.state import State
from tests.engine.automation.building import state
from tests.engine.automation.test_state import SALT


def test_the_option_goes_before_the_environment_and_both_before_a_folder(tmp_path: Path) -> None:
    environment = {'PULUMI_BACKEND_URL': 'gs://states'}
    assert choose_backend(tmp_path, 's3://other', environment).url == 's3://other'
    assert choose_backend(tmp_path, None, environment).chosen_by == 'PULUMI_BACKEND_URL'
    assert not (tmp_path / '.pulumi-state').exists()
    local = choose_backend(tmp_path, None, {})
    assert local.folder == tmp_path / '.pulumi-state'
    assert (tmp_path / '.pulumi-state' / '.gitignore').read_text(encoding='utf-8') == '*\n'


def test_a_relative_folder_is_relative_to_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for asked in ('states', './states', 'file://states', 'file://./states'):
        assert choose_backend('elsewhere', asked, {}).url == f'file://{tmp_path}/states'
    assert choose_backend('elsewhere', 'file://states?metadata=skip', {}).folder == tmp_path / 'states'


def test_a_backend_that_does_not_keep_its_own_state_is_refused() -> None:
    with pytest.raises(BackendRefusedError, match='use one of file://'):
        choose_backend('.', 'https://api.pulumi.com', {})


def test_without_a_cli_the_way_to_one_is_said() -> None:
    with pytest.raises(EngineError, match=r'install it .* or set CPG_INFRA_PULUMI'):
        find_cli({'PATH': ''})


def test_the_settings_have_the_salt_of_the_state_and_places_that_hold_anywhere(tmp_path: Path) -> None:
    config, work = tmp_path / 'config', tmp_path / 'work'
    config.mkdir()
    work.mkdir()
    (config / 'Pulumi.yaml').write_text('name: lantern\nplugins: {providers: [{name: gcp, path: ../bin}]}\n', 'utf-8')
    find_project(config).write(work, 'prod', state(secrets_providers=SALT))
    project = yaml.safe_load((work / 'Pulumi.yaml').read_text('utf-8'))
    assert project['name'] == 'lantern'
    assert project['plugins']['providers'][0] == {'name': 'gcp', 'path': str(tmp_path / 'bin')}
    assert yaml.safe_load((work / 'Pulumi.prod.yaml').read_text('utf-8')) == {'encryptionsalt': 'v1:abc'}


def test_the_project_s_own_settings_go_before_those_of_the_state(tmp_path: Path) -> None:
    (tmp_path / 'work').mkdir()
    (tmp_path / 'Pulumi.prod.yaml').write_text('encryptionsalt: v1:own\nconfig: {gcp:region: x}\n', 'utf-8')
    find_project(tmp_path).write(tmp_path / 'work', 'prod', state(secrets_providers=SALT))
    written = yaml.safe_load((tmp_path / 'work' / 'Pulumi.prod.yaml').read_text('utf-8'))
    assert written == {'encryptionsalt': 'v1:own', 'config': {'gcp:region': 'x'}}


def test_a_configuration_without_a_project_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / 'work').mkdir()
    project = find_project(tmp_path)
    project.write(tmp_path / 'work', 'prod', State())
    assert project.name == 'cpg-infra'
    assert not (tmp_path / 'work' / 'Pulumi.prod.yaml').exists()


def test_a_project_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / 'Pulumi.yaml').write_text('{', 'utf-8')
    with pytest.raises(EngineError, match=r'Pulumi.yaml: not YAML'):
        find_project(tmp_path)
