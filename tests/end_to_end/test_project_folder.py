"""The sandbox, as a person uses it: plain `pulumi` in the example's folder."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpg_infra.config import load
from cpg_infra.driver import Infrastructure
from cpg_infra.plan import Plan
from tests.conformance import checker
from tests.simulated_cloud.faults import calls, writes
from tests.simulated_cloud.launchers import left_behind
from tests.simulated_cloud.sandbox import EXAMPLE, prepare, preview
from tests.simulated_cloud.surroundings import environment, services


class Sandbox:
    def __init__(self, folder: Path, used: dict[str, str]) -> None:
        self.folder = folder
        self.used = used

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the project's folder."""
        return subprocess.run(
            command,
            cwd=self.folder / 'lantern',
            env={**os.environ, **self.used},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def sandbox(pulumi_cli: Path, tmp_path: Path) -> Iterator[Sandbox]:
    (tmp_path / 'cloud').mkdir()
    with services(tmp_path / 'cloud') as running:
        yield Sandbox(tmp_path, prepare(tmp_path, pulumi_cli, environment(running)))
    assert left_behind(tmp_path / 'cloud') == []


def test_the_demo_previews_the_whole_example(pulumi_cli: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(pulumi_cli) == 0
    registered = checker.registered(planned(EXAMPLE))
    assert f'prod: {len(registered):,} to create\n' in capsys.readouterr().out


def test_the_whole_example_is_deployed_from_its_folder_with_plain_pulumi_and_stays_as_it_is(sandbox: Sandbox) -> None:
    plan = planned(sandbox.folder / 'lantern')
    registered = {each.name for each in checker.registered(plan)}
    deployed = sandbox.run('pulumi', 'up', '--yes', '--skip-preview', '--non-interactive')
    assert deployed.returncode == 0, faults_in(deployed)
    assert f'+ {len(registered) + 1} created' in deployed.stdout
    made = {call.name for call in writes(calls(sandbox.folder / 'cloud'))}
    assert made == {name for name in registered if not plan.resource_by_name[name].type.startswith('cpg:')}
    again = sandbox.run('pulumi', 'preview', '--expect-no-changes', '--non-interactive')
    assert again.returncode == 0, faults_in(again)
    shown = sandbox.run('cloud', 'show', 'bucket lantern-ataxia-main$')
    assert '"uniformBucketLevelAccess": true' in shown.stdout
    shown = sandbox.run('cloud', 'show', 'storage lanternimagingver$')
    assert '"allowSharedKeyAccess": false' in shown.stdout


def planned(folder: Path) -> Plan:
    """What a deployment of a folder registers today."""
    loaded, today = load(folder), dt.datetime.now(dt.UTC).date()
    return Infrastructure(loaded.organisation, loaded.datasets, date=today, sources=loaded.sources).plan()


def faults_in(ended: subprocess.CompletedProcess[str]) -> str:
    """What a command said that went wrong."""
    lines = ended.stdout.splitlines()
    return '\n'.join(line for before, line in itertools.pairwise(lines) if 'error:' in before + line or '*' in line)


def test_a_fault_in_the_configuration_is_one_sentence_with_its_place(sandbox: Sandbox) -> None:
    members = sandbox.folder / 'lantern' / 'ataxia' / 'members.yaml'
    members.write_text(members.read_text(encoding='utf-8').replace('amara', 'amarra', 1), encoding='utf-8')
    refused = sandbox.run('pulumi', 'preview', '--non-interactive')
    assert refused.returncode != 0
    assert 'ataxia/members.yaml' in refused.stdout
    assert 'amarra' in refused.stdout
    assert 'Traceback' not in refused.stdout
