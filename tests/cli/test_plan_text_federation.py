"""Who comes in from elsewhere, as the page of a plan says it."""

from __future__ import annotations

from tests.cli.running import configuration, plan
from tests.config.building import CPG_TOML, with_line

ENABLED = with_line(CPG_TOML, 'plugins_enabled = []', 'plugins_enabled = ["github_wif"]')
AZURE = """
[azure]
region = "australiaeast"
subscription = "11111111-2222-4333-8444-555555555555"
tenant = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
dataset_storage_prefix = "lantern-"
config_bucket_name = "deployed"
"""
IN_TRANSITION = """\
azure:
  resource_group: ci
  transition: true
  repositories:
    - name: aligner
      github_repo: lantern/aligner
      repository_id: 7
      environments: [{name: development, push_registry: imagesdev}]
"""
GITHUB_WIF = """\
owner_id: 9
projects:
  lantern-ci:
    project_number: 1
    location: r1
    repositories:
      - name: aligner
        github_repo: lantern/aligner
        repository_id: 7
        environments: [{name: development, push_registry: images-dev}]
"""


def test_a_workflow_is_said_to_come_from_elsewhere() -> None:
    configuration({'cpg.toml': ENABLED, 'github_wif.yaml': GITHUB_WIF})
    lines = [line.strip() for line in plan().out.splitlines()]
    assert 'come in as: from elsewhere github/lantern/aligner/development' in lines


def test_both_names_of_a_workflow_on_azure_are_said() -> None:
    configuration({'cpg.toml': ENABLED + AZURE, 'github_wif.yaml': GITHUB_WIF + IN_TRANSITION})
    issuer = 'https://token.actions.githubusercontent.com'
    lines = [line.strip() for line in plan().out.splitlines()]
    assert (
        f'come in as: from elsewhere {issuer} repo:lantern/aligner:environment:development, '
        f'{issuer} repo:org-9/repo-7:environment:development'
    ) in lines


def test_what_a_plugin_makes_is_called_what_people_call_it() -> None:
    configuration({'cpg.toml': ENABLED, 'github_wif.yaml': GITHUB_WIF})
    lines = [' '.join(line.split()) for line in plan().out.splitlines()]
    assert 'pool of programs elsewhere lantern-ci/github-pool' in lines
    assert 'way in from elsewhere lantern-ci/github-pool/github-provider' in lines
    assert 'variable on GitHub lantern/aligner/development/WIF_PROVIDER' in lines
    assert 'enabled APIs lantern-ci: iam, iamcredentials, sts' in lines
    assert not [line for line in lines if line.startswith('other ')]
