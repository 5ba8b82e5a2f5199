"""Who comes in from elsewhere, as the page of a plan says it."""

from __future__ import annotations

from tests.cli.running import configuration, plan
from tests.config.building import CPG_TOML, with_line

ENABLED = with_line(CPG_TOML, 'plugins_enabled = []', 'plugins_enabled = ["github_wif"]')
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
