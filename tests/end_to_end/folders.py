"""A configuration in files, small enough that a command on it takes seconds, and the command line on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cpg_infra.engine.automation.backend import Backend
from tests.end_to_end.organisations import TODAY
from tests.simulated_cloud.faults import Call, calls, forget_calls, writes
from tests.simulated_cloud.launchers import left_behind, write_provider
from tests.simulated_cloud.seed import seed

PASSPHRASE: Final = 'a passphrase for tests'
PROGRAM: Final = (sys.executable, '-c', 'from cpg_infra.cli.main import main; main()')
PROJECT: Final = 'small'

_CPG_TOML: Final = """\
domain = "lantern.example.org"
budget_currency = "AUD"
common_dataset = "common"
config_destination = "gs://lantern-deployed-config/small"
plugins_enabled = []
stacks = "{stacks}"

[gcp]
customer_id = "C0lantern1"
region = "australia-southeast1"
groups_domain = "groups.lantern.example.org"
budget_notification_pubsub = "projects/lantern-billing/topics/budget-notifications"
config_bucket_name = "lantern-deployed-config"
dataset_storage_prefix = "small-"

[billing]
coordinator_machine_account = "aggregator@lantern-billing.iam.gserviceaccount.com"

[billing.gcp]
project_id = "lantern-billing"
account_id = "0A1B2C-3D4E5F-6A7B8C"

[blast_radius]
max_removed_memberships = {memberships}
max_removed_grants = {grants}
"""

_PULUMI_YAML: Final = """\
name: small
runtime: python
plugins:
  providers:
    - {name: gcp, path: ../bin}
    - {name: cpg, path: ../bin}
"""

_PEOPLE: Final = ('ana', 'bao', 'chen', 'dara')


class Elsewhere(Backend):
    """A backend into whose files nobody looks: only the engine says what there is and who holds it, as with a bucket."""

    @property
    def folder(self) -> None:
        return None


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """What `--format json` said."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Site:
    """A configuration, a simulated cloud, and the executables, below one folder."""

    root: Path
    pulumi: Path

    @classmethod
    def begin(cls, root: Path, pulumi: Path, **how: Any) -> Site:
        """A new one, with nothing deployed."""
        site = cls(root, pulumi)
        (root / 'home').mkdir(parents=True)
        (root / 'state').mkdir()
        seed(site.cloud, 'lantern')
        for name in ('gcp', 'cpg'):
            write_provider(root / 'bin', name, site.cloud)
        site.write(**how)
        return site

    def copy(self, root: Path) -> Site:
        """The same site once more, for one test alone; the log of calls begins anew."""
        shutil.copytree(self.root, root)
        site = Site(root, self.pulumi)
        for name in ('gcp', 'cpg'):
            write_provider(root / 'bin', name, site.cloud)
        forget_calls(site.cloud)
        return site

    @property
    def cloud(self) -> Path:
        """The simulated cloud."""
        return self.root / 'cloud'

    @property
    def folder(self) -> Path:
        """The configuration."""
        return self.root / 'config'

    def write(
        self,
        datasets: tuple[str, ...] = ('alpha',),
        analysis: tuple[str, ...] = ('bao',),
        *,
        managers: tuple[str, ...] = ('ana',),
        stacks: str = 'single',
        memberships: int = 20,
        grants: int = 20,
    ) -> None:
        """Write the configuration anew: `analysis` and `managers` are the people of the dataset alpha."""
        files = {
            'cpg.toml': _CPG_TOML.format(stacks=stacks, memberships=memberships, grants=grants),
            'Pulumi.yaml': _PULUMI_YAML,
            'users.yaml': ''.join(
                f'{name}: {{id: {name}, clouds: {{gcp: {{id: {name}@lantern.example.org}}}}}}\n' for name in _PEOPLE
            ),
            'production.yaml': ''.join(
                f'{name}:\n'
                f'  gcp: {{project: small-{name}}}\n'
                '  setup_test: false\n'
                '  enable_metamist_project: false\n'
                '  components: {gcp: [storage]}\n'
                for name in ('common', *datasets)
            ),
        }
        if 'alpha' in datasets:
            files['alpha/members.yaml'] = f'data-manager: [{", ".join(managers)}]\nanalysis: [{", ".join(analysis)}]\n'
        files |= {f'{name}/budgets.yaml': 'gcp: {monthly_budget: 100}\n' for name in ('common', *datasets)}
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding='utf-8')

    def command(self, *arguments: str) -> tuple[str, ...]:
        """The command line of a command on this configuration."""
        name, *rest = arguments
        return (*PROGRAM, name, str(self.folder), '--date', TODAY.isoformat(), *rest)

    def environment(self, **more: str) -> dict[str, str]:
        """What the command finds."""
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith(('PULUMI_', 'CPG_INFRA_'))},
            'CPG_INFRA_PULUMI': str(self.pulumi),
            'PULUMI_BACKEND_URL': f'file://{self.root / "state"}',
            'PULUMI_CONFIG_PASSPHRASE': PASSPHRASE,
            'PULUMI_HOME': str(self.root / 'home'),
            **more,
        }

    def run(self, *arguments: str, **environment: str) -> Ran:
        """Run a command; no process of a provider may be left when it is over."""
        ran = subprocess.run(
            self.command(*arguments), env=self.environment(**environment), capture_output=True, text=True, check=False
        )
        left = left_behind(self.cloud)
        assert not left, f'processes {left} of providers outlived the command'
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def urn(self, type_: str, name: str, stack: str = 'production') -> str:
        """The name that the engine gives a resource."""
        return f'urn:pulumi:{stack}::{PROJECT}::{type_}::{name}'

    def writes(self) -> list[Call]:
        """The calls that changed something in the cloud, or tried to."""
        return list(writes(calls(self.cloud)))
