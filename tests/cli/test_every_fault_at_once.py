"""One run tells every fault that can be told: none hides another, and none is told twice or for the sake of another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpg_infra.cli import judging
from cpg_infra.config import ConfigurationError, Diagnostic
from cpg_infra.config.diagnostics import dataset_path
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.plan import Plan
from cpg_infra.plugin import PluginError
from tests.cli.running import DATE, FOLDER, configuration, run
from tests.config.building import BUDGETS_YAML, CPG_TOML, MEMBERS_YAML, PRODUCTION_YAML, USERS_YAML, with_line

ON_AZURE: Final = """
[azure]
region = "australiaeast"
subscription = "11111111-2222-4333-8444-555555555555"
tenant = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
dataset_storage_prefix = "lantern-"
config_bucket_name = "lanternconfig/deployed"
config_resource_group = "lantern-configuration"

[checks.gcp-direct-groups]
severity = "off"
"""
MORE_DATASETS: Final = """\
gamma: {deploy_locations: [azure], enable_metamist_project: false, components: {azure: [storage]}}
delta:
  gcp: {project: lantern-delta}
  archive_age: 30
epsilon: {gcp: {project: lantern-epsilon}}
"""
GITHUB_WIF: Final = """\
owner_id: 9
projects:
  lantern-ci:
    project_number: 1
    location: r1
    repositories:
      - name: aligner
        github_repo: lantern/aligner
        repository_id: 7
        environments: [{name: release, push_registry: images-dev}]
"""
SOUND: Final[dict[str, str]] = {
    'cpg.toml': with_line(CPG_TOML, 'plugins_enabled = []', 'plugins_enabled = ["github_wif"]') + ON_AZURE,
    'production.yaml': with_line(PRODUCTION_YAML, 'common:\n', 'common:\n  deploy_locations: [gcp, azure]\n')
    + MORE_DATASETS,
    'users.yaml': USERS_YAML,
    'github_wif.yaml': GITHUB_WIF,
    'common/budgets.yaml': BUDGETS_YAML + 'azure: {monthly_budget: 1}\n',
    'gamma/budgets.yaml': 'azure: {monthly_budget: 1}\n',
    'delta/budgets.yaml': BUDGETS_YAML,
    'epsilon/budgets.yaml': BUDGETS_YAML,
    'alpha/members.yaml': MEMBERS_YAML,
}


@dataclass(frozen=True)
class Fault:
    """A text of a file becomes another, on the same line; and everything that is then said of it."""

    file: str
    before: str
    after: str
    told: tuple[str, ...]

    def put_into(self, files: dict[str, str]) -> None:
        files[self.file] = with_line(files[self.file], self.before, self.after)


LONG: Final = 'd' * 40
RULE: Final = 'breaks a naming rule: 6 to 30 lower-case letters, digits and hyphens, a letter first, no hyphen last'

FAULTS: Final[dict[str, Fault]] = {
    'a key of the organisation': Fault(
        'cpg.toml',
        'config_resource_group',
        'config_resource_groop',
        ("cpg.toml:56:1: azure.config_resource_groop: unknown key (did you mean 'config_resource_group'?)",),
    ),
    'a plugin': Fault(
        'cpg.toml',
        '["github_wif"]',
        '["github_wif", "github_wiff"]',
        ("cpg.toml:5:34: plugins_enabled.github_wiff: no plugin of this name (did you mean 'github_wif'?)",),
    ),
    'a check': Fault(
        'cpg.toml',
        '[checks.gcp-direct-groups]',
        '[checks.gcp-direct-group]',
        ("cpg.toml:58:9: checks.gcp-direct-group: no check 'gcp-direct-group' (did you mean 'gcp-direct-groups'?)",),
    ),
    'a user': Fault(
        'users.yaml',
        'gcp: {id: ana@example.org,',
        'gpc: {id: ana@example.org,',
        ("users.yaml:3:5: users.ana.clouds: must be one of gcp, azure, dry-run, not 'gpc' (did you mean 'gcp'?)",),
    ),
    'a guard on GitHub': Fault(
        'github_wif.yaml',
        'images-dev',
        'images',
        (
            (
                "github_wif.yaml:10:55: github_wif.projects.lantern-ci.repositories[0].environments[0].push_registry: 'release' "
                'pushes to images, and has no guard (declare a guard: teams, users, protected_branches, or by_hand)'
            ),
        ),
    ),
    'a dependency': Fault(
        'production.yaml',
        '    - beta\n',
        '    - betta\n',
        ("production.yaml:9:7: alpha.depends_on: no dataset 'betta' (did you mean 'beta'?)",),
    ),
    'a component that the cloud cannot carry': Fault(
        'production.yaml',
        'azure: [storage]',
        'azure: [storage, cromwell]',
        (
            (
                'production.yaml:13:98: gamma.components.azure.cromwell: cromwell is not possible on azure: Cromwell runs its '
                'workflows on Google Batch'
            ),
        ),
    ),
    'a name that is too long': Fault(
        'production.yaml',
        'lantern-epsilon',
        f'lantern-{LONG}',
        (f"production.yaml:17:16: epsilon.gcp: project id 'lantern-{LONG}' (48 characters) {RULE}",),
    ),
    'a number': Fault(
        'production.yaml',
        'archive_age: 30',
        'archive_age: soon',
        ("production.yaml:16:16: delta.archive_age: must be a whole number, not 'soon'",),
    ),
    'a budget': Fault(
        'delta/budgets.yaml',
        'monthly_budget: 100',
        'monthly_budget: much',
        ("delta/budgets.yaml:2:19: delta.budgets.gcp.monthly_budget: must be a whole number, not 'much'",),
    ),
    'a member': Fault(
        'alpha/members.yaml',
        '  - bao\n',
        '  - boa\n',
        ("alpha/members.yaml:3:5: alpha.members.analysis: no user 'boa' (did you mean 'bao'?)",),
    ),
}


def told(files: dict[str, str | None], *options: str) -> list[str]:
    """The faults of a configuration, in their order; no fault has more to say than its line."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            configuration(dict(files))
            ran = run('validate', FOLDER, '--date', DATE, *(options or ['--quiet']))
        finally:
            os.chdir(before)
    assert (ran.status, ran.err) == (1 if ran.out else 0, '')
    return [line.removeprefix(f'{FOLDER}/') for line in ran.out.splitlines()]


def faulty(names: Iterable[str]) -> dict[str, str | None]:
    files = dict(SOUND)
    for name in names:
        FAULTS[name].put_into(files)
    return {**files}


def expected(names: Iterable[str], *, but: str | None = None) -> list[str]:
    return [line for name in names if FAULTS[name].file != but for line in FAULTS[name].told]


def test_without_a_fault_nothing_is_told() -> None:
    assert told(faulty([])) == []


@pytest.mark.parametrize('name', FAULTS)
def test_a_fault_alone(name: str) -> None:
    assert told(faulty([name])) == list(FAULTS[name].told)


def test_all_of_them_at_once_in_the_order_of_files_and_lines() -> None:
    lines = told(faulty(FAULTS))
    assert sorted(lines) == sorted(expected(FAULTS))
    places = [line.split(': ')[0].split(':') for line in lines]
    assert places == sorted(places, key=lambda place: (place[0], *map(int, place[1:])))


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(sorted(FAULTS)), min_size=2))
def test_none_hides_another_and_none_is_told_for_the_sake_of_another(names: set[str]) -> None:
    assert sorted(told(faulty(names))) == sorted(expected(names))


@pytest.mark.parametrize(
    ('file', 'content', 'said'),
    [
        ('cpg.toml', 'domain = \n', 'cpg.toml:1:10: not TOML: invalid value'),
        ('users.yaml', 'ana: {\n', 'users.yaml:2:1: not YAML: '),
        ('github_wif.yaml', 'a: [\n', 'github_wif.yaml:2:1: not YAML: '),
        ('alpha/members.yaml', 'a: [\n', 'alpha/members.yaml:2:1: not YAML: '),
        ('delta/budgets.yaml', 'a: [\n', 'delta/budgets.yaml:2:1: not YAML: '),
    ],
)
def test_a_file_that_cannot_be_parsed_hides_only_what_rests_on_it(file: str, content: str, said: str) -> None:
    others = [name for name in FAULTS if name not in RESTS_ON.get(file, ())]
    found = told({**faulty(others), file: content})
    of_file = [line for line in found if line.startswith(f'{file}:')]
    assert len(of_file) == 1
    assert of_file[0].startswith(said)
    assert sorted(set(found) - {*of_file}) == sorted(expected(others, but=file))


RESTS_ON: Final = {
    # Who is known is told by both, and the prefix of every name is there.
    'cpg.toml': ('a member', 'a name that is too long'),
    'users.yaml': ('a member',),
}
"""Faults that cannot be told while a file cannot be read."""


def test_while_the_datasets_cannot_be_read_their_folders_are_judged_all_the_same() -> None:
    in_folders = ['a budget', 'a member', 'a user', 'a guard on GitHub', 'a check', 'a plugin']
    syntax, *others = reversed(told({**faulty(in_folders), 'production.yaml': 'common: [\n'}))
    found = [*others, syntax]
    assert [line for line in found if line.startswith('production.yaml')] == [
        line for line in found if 'not YAML' in line
    ]
    assert sorted(line for line in found if 'not YAML' not in line) == sorted(expected(in_folders))


def test_names_that_run_into_each_other_hide_no_name_that_is_too_long() -> None:
    files = faulty(['a name that is too long'])
    production = str(files['production.yaml']).replace('lantern-beta', 'lantern-alpha')
    found = told({**files, 'production.yaml': production})
    assert any('lantern-alpha' in line for line in found)
    assert [line for line in found if LONG in line] == list(FAULTS['a name that is too long'].told)


def test_where_no_plan_can_be_made_of_what_is_left_a_warning_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Infrastructure) -> Plan:
        raise PluginError('plugin github_wif: no owner')

    monkeypatch.setattr(Infrastructure, 'plan', failing)
    *remarks, count = told(faulty(['a number', 'a name that is too long']), '--date', DATE)
    assert f'{NOT_LOOKED_AT}; without what is at fault, plugin github_wif: no owner' in remarks
    assert {*expected(['a number'])} < {*remarks}
    assert count.startswith('1 fault, ')


def test_where_every_plan_stops_at_a_fault_a_warning_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopping(_: Infrastructure) -> Plan:
        raise ConfigurationError([Diagnostic('clash', 'it runs into another', dataset_path('epsilon'))])

    monkeypatch.setattr(Infrastructure, 'plan', stopping)
    monkeypatch.setattr(judging, 'PLANS', 1)
    remarks = told(faulty(['a number']), '--date', DATE)
    assert [remark for remark in remarks if remark.endswith('epsilon: it runs into another')]
    assert f'{NOT_LOOKED_AT}; each of 1 plans stopped at a fault, and no more were made' in remarks


def test_where_too_little_is_left_a_warning_says_so() -> None:
    warning, *_ = told({**faulty(['a number']), 'cpg.toml': 'domain = 3\n'}, '--date', DATE)
    assert warning == f'{NOT_LOOKED_AT}; too much of the configuration is at fault'


NOT_LOOKED_AT: Final = 'warning: names and limits, which only a plan shows, were not all looked at'
