from __future__ import annotations

import os
from pathlib import Path

import pytest

from cpg_infra.config import ConfigurationError, PeopleGroup, load
from tests.config.building import (
    BUDGETS_YAML,
    CPG_TOML,
    FILES,
    MEMBERS_YAML,
    PRODUCTION_YAML,
    USERS_YAML,
    faults,
    with_line,
    write,
)

ONE_FILE = (
    CPG_TOML
    + """
[users.ana]
clouds.gcp.id = "ana@example.org"
[datasets.common]
gcp.project = "lantern-common"
budgets.gcp.monthly_budget = 1
[datasets.alpha]
gcp.project = "lantern-alpha"
depends_on = ["betta"]
[datasets.alpha.budgets.gcp]
monthly_budget = 1
"""
)


def test_the_usual_layout_loads(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    assert list(loaded.datasets) == ['common', 'alpha', 'beta']
    assert sorted(loaded.organisation.users) == ['ana', 'bao']
    assert [member.id for member in loaded.datasets['alpha'].members[PeopleGroup.ANALYSIS]] == ['bao', 'ana']
    assert loaded.diagnostics == ()


def test_the_other_spellings_load_to_the_same(tmp_path: Path) -> None:
    usual = load(write(tmp_path / 'usual'))
    other = load(
        write(
            tmp_path / 'other',
            {
                'production.yaml': None,
                'config-datasets.yaml': PRODUCTION_YAML,
                'alpha/members.yaml': None,
                'datasets/alpha/members.yaml': MEMBERS_YAML,
            },
        ),
    )
    assert (other.organisation, other.datasets) == (usual.organisation, usual.datasets)


def test_the_organisation_may_be_yaml(tmp_path: Path) -> None:
    organisation = (
        'domain: example.org\nbudget_currency: AUD\ncommon_dataset: c\nconfig_destination: x\nplugins_enabled: []\n'
    )
    files = dict.fromkeys(FILES) | {
        'config-infrastructure.yaml': organisation + 'users: {}\n',
        'production.yaml': 'c: {deploy_locations: [dry-run], components: {dry-run: [storage]}}\n',
    }
    assert load(write(tmp_path, files)).datasets['c'].budgets == {}


def test_everything_may_stand_in_one_toml(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, dict.fromkeys(FILES) | {'cpg.toml': ONE_FILE.replace('"betta"', '"common"')}))
    assert list(loaded.datasets) == ['common', 'alpha']
    assert str(loaded.sources.locate(('dataset', 'alpha', 'gcp', 'project'))) == 'cpg.toml:56:15'


def test_faults_in_one_toml_are_located(tmp_path: Path) -> None:
    assert faults(write(tmp_path, dict.fromkeys(FILES) | {'cpg.toml': ONE_FILE})) == [
        "cpg.toml:57:15: alpha.depends_on: no dataset 'betta'",
    ]


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        ({'cpg.toml': None}, ['cpg.toml: there is no file with the organisation (also looked for config-infrastructure.yaml)']),
        (
            {'cpg.toml': None, 'cpg.yaml': 'a: 1\n'},
            [
                (
                    'cpg.toml: there is no file with the organisation (also looked for config-infrastructure.yaml) '
                    "(did you mean 'cpg.yaml'?)"
                ),
                "cpg.yaml: warning: no file of this name is read (did you mean 'cpg.toml'?)",
            ],
        ),
        (
            {'config-datasets.yaml': PRODUCTION_YAML},
            ['config-datasets.yaml: production.yaml and config-datasets.yaml are two spellings of one file (keep one of the two)'],
        ),
        (
            {'alpa/members.yaml': MEMBERS_YAML},
            ["alpa/members.yaml: a file for the dataset 'alpa', which does not exist (did you mean 'alpha'?)"],
        ),
        ({'alpha/member.yaml': MEMBERS_YAML}, ["alpha/member.yaml: no file of this name is read (did you mean 'members.yaml'?)"]),
        ({'users.yml': USERS_YAML}, ["users.yml: warning: no file of this name is read (did you mean 'users.yaml'?)"]),
        (
            {'datasets/alpha/budgets.yaml': BUDGETS_YAML},
            ["datasets/alpha/budgets.yaml:1:1: 'budgets' of dataset 'alpha' is given twice; first at alpha/budgets.yaml:1:1"],
        ),
        (
            {'production.yaml': with_line(PRODUCTION_YAML, '  setup_test: false', '  budgets: {gcp: {monthly_budget: 1}}')},
            ["datasets/beta/budgets.yaml:1:1: 'budgets' of dataset 'beta' is given twice; first at production.yaml:11:3"],
        ),
        (
            {'cpg.toml': CPG_TOML + '[users.ana]\nclouds.gcp.id = "a@example.org"\n'},
            ["users.yaml:1:1: user 'ana' is given twice; first at cpg.toml:49:8"],
        ),
        (
            {'cpg.toml': CPG_TOML + '[datasets.alpha]\ngcp.project = "other"\n'},
            ["production.yaml:3:1: dataset 'alpha' is given twice; first at cpg.toml:49:11"],
        ),
        (
            {'production.yaml': PRODUCTION_YAML + 'alpha: {}\n'},
            ["production.yaml:12:1: key 'alpha' stands here again; it is first at production.yaml:3:1 (keep one of the two)"],
        ),
        (
            {'production.yaml': with_line(PRODUCTION_YAML, 'beta:\n', 'beta:\n  dataset: gamma\n')},
            [
                (
                    "production.yaml:10:12: beta: the key 'dataset' says 'gamma' "
                    '(leave it out: the name of the entry is the name of the dataset)'
                ),
            ],
        ),
        ({'production.yaml': PRODUCTION_YAML + 'gamma:\n'}, ['production.yaml:12:1: gamma: must be a mapping of options, not nothing']),
        ({'alpha/members.yaml': ''}, ['alpha/members.yaml:1:1: the file is empty']),
        ({'alpha/members.yaml': '# nobody yet\n'}, ['alpha/members.yaml:1:1: the file holds nothing but comments']),
        (
            {'production.yaml': '- alpha\n', 'alpha/members.yaml': 'a: [\n'},
            [
                'alpha/members.yaml:2:1: not YAML: while parsing a flow node, did not find expected node content',
                'production.yaml:1:1: must be a mapping of names to values',
            ],
        ),
    ],
)  # fmt: skip
def test_a_fault_of_the_layout_is_told(
    tmp_path: Path, changes: dict[str, str | bytes | None], expected: list[str]
) -> None:
    assert faults(write(tmp_path, changes)) == expected


def test_nobody_is_said_by_an_empty_mapping(tmp_path: Path) -> None:
    assert load(write(tmp_path, {'alpha/members.yaml': '{}\n'})).datasets['alpha'].members == {}


def test_unrelated_files_are_no_fault(tmp_path: Path) -> None:
    others = ['README.md', 'CODEOWNERS', 'Pulumi.yaml', 'Pulumi.production.yaml', '__main__.py', '.github/x.yml']
    more = ['alpha/README.md', 'alpha/labels.yaml', 'docs/members.md', '.hidden/members.yaml']
    assert faults(write(tmp_path, dict.fromkeys([*others, *more], b'\x00'))) == []


def test_faults_of_all_files_come_in_one_run(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            'cpg.toml': with_line(CPG_TOML, 'budget_currency = "AUD"', 'budget_currencies = "AUD"'),
            'production.yaml': with_line(
                PRODUCTION_YAML, '  setup_test: false', '  depends_on: [alpha]\n  archive_age: old'
            ),
            'alpha/members.yaml': with_line(MEMBERS_YAML, 'data-manager: [ana]', 'data-manager: [anna]'),
            'alpha/upload.yaml': b'\xff',
            'datasets/beta/budgets.yaml': 'gcp: {monthly_budget: 1, monthly_budget: 2}\n',
        },
    )
    assert faults(folder) == [
        "alpha/members.yaml:1:16: alpha.members.data-manager: no user 'anna' (did you mean 'ana'?)",
        'alpha/upload.yaml:1:1: byte 0xff is not UTF-8 (save the file as UTF-8)',
        "cpg.toml:1:1: the key 'budget_currency' is missing",
        "cpg.toml:2:1: budget_currencies: unknown key (did you mean 'budget_currency'?)",
        (
            "datasets/beta/budgets.yaml:1:26: key 'monthly_budget' stands here again; "
            'it is first at datasets/beta/budgets.yaml:1:7 (keep one of the two)'
        ),
        'production.yaml:8:7: alpha.depends_on: the dependencies lead back to the dataset: alpha → beta → alpha',
        "production.yaml:12:16: beta.archive_age: must be a whole number, not 'old'",
    ]


def test_a_broken_part_makes_no_further_noise(tmp_path: Path) -> None:
    changes = {'users.yaml': 'ana: {clouds: 1}\nbao: [\n', 'datasets/beta/budgets.yaml': 'gcp: {monthly_budget: x}\n'}
    assert faults(write(tmp_path, changes)) == [
        "datasets/beta/budgets.yaml:1:23: beta.budgets.gcp.monthly_budget: must be a whole number, not 'x'",
        'users.yaml:3:1: not YAML: while parsing a flow node, did not find expected node content',
    ]


def test_one_broken_user_is_still_known(tmp_path: Path) -> None:
    assert faults(write(tmp_path, {'users.yaml': with_line(USERS_YAML, 'id: bao\n', 'name: bao\n')})) == [
        'users.yaml:5:3: users.bao.name: unknown key',
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path / 'none') == [f'{tmp_path}/none: cannot read the folder: no such file or directory']


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('x')
    assert faults(tmp_path / 'file') == [f'{tmp_path}/file: cannot read the folder: not a directory']


class TestLinks:
    """A reviewer of the folder has seen everything that counts."""

    def test_a_link_inside_the_folder_is_followed(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {'users.yaml': None, 'shared/people.yaml': USERS_YAML})
        (folder / 'users.yaml').symlink_to('shared/people.yaml')
        assert faults(folder) == []

    def test_a_link_out_of_the_folder_is_refused(self, tmp_path: Path) -> None:
        folder = write(tmp_path / 'folder', {'users.yaml': None})
        (tmp_path / 'people.yaml').write_text(USERS_YAML)
        (folder / 'users.yaml').symlink_to('../people.yaml')
        assert faults(folder) == ['users.yaml: a link that leads out of the folder is not followed']

    def test_a_folder_of_a_dataset_that_is_a_link_out_is_refused(self, tmp_path: Path) -> None:
        folder = write(tmp_path / 'folder', {'common/budgets.yaml': None})
        (tmp_path / 'elsewhere').mkdir()
        (folder / 'common').symlink_to(tmp_path / 'elsewhere')
        assert faults(folder) == ['common: a link that leads out of the folder is not followed']

    def test_a_link_to_nothing_and_a_link_to_itself_are_told(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {'users.yaml': None, 'alpha/members.yaml': None})
        (folder / 'users.yaml').symlink_to('nothing')
        (folder / 'alpha/members.yaml').symlink_to('members.yaml')
        assert faults(folder) == [
            'alpha/members.yaml: a link that leads nowhere',
            'users.yaml: a link that leads nowhere',
        ]

    def test_a_pipe_is_not_read(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {'users.yaml': None})
        os.mkfifo(folder / 'users.yaml')
        assert faults(folder) == ['users.yaml: neither a regular file nor a folder']

    def test_a_folder_in_the_place_of_a_file_is_told(self, tmp_path: Path) -> None:
        folder = write(tmp_path, {'users.yaml': None})
        (folder / 'users.yaml').mkdir()
        assert faults(folder) == ['users.yaml: a folder; there should be a file']


def test_the_error_holds_every_diagnostic_and_reads_as_lines(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(write(tmp_path, {'cpg.toml': 'x', 'users.yaml': '[]\n'}))
    assert str(caught.value).splitlines() == [str(diagnostic) for diagnostic in caught.value.diagnostics]
    assert len(caught.value.diagnostics) == 2


GITHUB_WIF = """\
owner_id: 9
projects:
  lantern-common:
    project_number: 1
    location: r1
    repositories:
      - name: aligner
        github_repo: lantern/aligner
        repository_id: 7
        environments:
          - name: development
            push_registry: images-dev
          - name: development
"""
ENABLED = with_line(CPG_TOML, 'plugins_enabled = []', 'plugins_enabled = ["github_wif"]')


def test_the_file_of_github_workflows_is_read_and_its_faults_are_placed(tmp_path: Path) -> None:
    assert faults(write(tmp_path, {'cpg.toml': ENABLED, 'github_wif.yaml': GITHUB_WIF})) == [
        (
            'github_wif.yaml:13:13: github_wif.projects.lantern-common.repositories[0].environments[1]: lantern/aligner '
            "and its environment 'development' are declared twice; first at github_wif.yaml:11:13 (one account for the "
            'pair, in one project, can be let into registries of others)'
        ),
        (
            'github_wif.yaml:13:13: github_wif.projects.lantern-common.repositories[0].environments[1]: the account '
            "'aligner-img-dev-deployer' is also that of lantern/aligner and its environment 'development' (give one of "
            'them another account_id)'
        ),
    ]


def test_a_slip_in_the_file_of_github_workflows_is_placed(tmp_path: Path) -> None:
    wrong = GITHUB_WIF.replace('push_registry', 'push_registri')
    assert faults(write(tmp_path, {'cpg.toml': ENABLED, 'github_wif.yaml': wrong}))[0] == (
        'github_wif.yaml:12:13: github_wif.projects.lantern-common.repositories[0].environments[0].push_registri: '
        "unknown key (did you mean 'push_registry'?)"
    )


def test_a_file_of_github_workflows_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    [fault] = faults(write(tmp_path, {'cpg.toml': ENABLED, 'github_wif.yaml': 'projects: ['}))
    assert fault.startswith('github_wif.yaml:2:1: not YAML')


def test_github_workflows_are_given_once(tmp_path: Path) -> None:
    twice = {'cpg.toml': ENABLED + '[github_wif]\nprojects = {}\n', 'github_wif.yaml': GITHUB_WIF}
    assert "'github_wif' is given twice" in faults(write(tmp_path, twice))[-1]


def test_a_name_like_that_of_the_file_of_github_workflows_is_suspected(tmp_path: Path) -> None:
    [fault] = faults(write(tmp_path, {'github-wif.yaml': GITHUB_WIF}))
    assert fault == "github-wif.yaml: warning: no file of this name is read (did you mean 'github_wif.yaml'?)"
