"""The example's folder holds together: its program, its owners, its addresses."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

import cpg_infra
from cpg_infra.config import load
from tests.examples import lantern


def owners() -> dict[str, list[str]]:
    """The lines of CODEOWNERS: pattern and owners."""
    lines = (lantern.LANTERN / 'CODEOWNERS').read_text(encoding='utf-8').splitlines()
    fields = [line.split() for line in lines if line and not line.startswith('#')]
    return {pattern: names for pattern, *names in fields}


def test_its_program_finds_the_configuration_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders: list[Path] = []
    monkeypatch.setattr(cpg_infra, 'main', folders.append, raising=False)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(lantern.LANTERN), run_name='__main__')
    assert folders == [lantern.LANTERN]


def test_its_project_is_a_python_program() -> None:
    project = yaml.safe_load((lantern.LANTERN / 'Pulumi.yaml').read_text(encoding='utf-8'))
    assert (project['name'], project['runtime']) == ('lantern', 'python')


def test_the_people_of_each_dataset_have_an_owner_of_their_own() -> None:
    named = {pattern for pattern in owners() if pattern.endswith('/members.yaml')}
    assert named == {f'/{dataset}/members.yaml' for dataset in load(lantern.LANTERN).datasets}


def test_every_line_of_codeowners_is_about_a_file_that_exists() -> None:
    for pattern, names in owners().items():
        assert list(lantern.LANTERN.glob(pattern.removeprefix('/'))), pattern
        assert names
        assert all(name.startswith('@') for name in names)


def test_every_folder_is_a_dataset_but_that_with_the_code_of_functions() -> None:
    folders = {path.name for path in lantern.LANTERN.iterdir() if path.is_dir() and path.name != '__pycache__'}
    assert folders == {*load(lantern.LANTERN).datasets, 'etl'}


@pytest.mark.parametrize('name', ['extract', 'load', 'notification'])
def test_each_function_has_its_entry_point_and_requires_what_it_imports(name: str) -> None:
    folder = lantern.LANTERN / 'etl' / name
    tree = ast.parse((folder / 'main.py').read_text(encoding='utf-8'))
    defined = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    assert {'notification': 'etl_notify'}.get(name, f'etl_{name}') in defined
    imported = {alias.name for each in tree.body if isinstance(each, ast.Import) for alias in each.names}
    imported |= {
        f'{each.module}.{alias.name}' if each.module == 'google.cloud' else str(each.module)
        for each in tree.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    wanted = {
        DISTRIBUTIONS.get(each, each) for each in imported if each.partition('.')[0] not in sys.stdlib_module_names
    }
    required = set((folder / 'requirements.txt').read_text(encoding='utf-8').split())
    # The parsers tell metamist, with its client.
    assert required - {'metamist'} == wanted


DISTRIBUTIONS: Final = {
    'functions_framework': 'functions-framework',
    'google.auth': 'google-auth',
    'google.cloud.bigquery': 'google-cloud-bigquery',
    'google.cloud.pubsub_v1': 'google-cloud-pubsub',
    'google.cloud.secretmanager': 'google-cloud-secret-manager',
}


def test_people_have_addresses_that_nobody_has() -> None:
    text = (lantern.LANTERN / 'users.yaml').read_text(encoding='utf-8')
    domains = re.findall(r'@([\w.-]+)', text)
    assert domains
    assert all(domain.endswith('.example.org') for domain in domains)
