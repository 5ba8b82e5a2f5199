"""Runs the real engine over a plan and the simulated cloud, and says what it did.

A `Deployment` is a folder: the stack's state, the cloud, the executables, Pulumi's own home. Copying the folder copies
all of it, so that tests begin with a deployed stack and do not wait for one. Each operation is one process of the CLI,
driven by Pulumi's Automation API with an inline program that emits the plan.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from pulumi import automation as auto
from pulumi.automation.events import EngineEvent, StepEventMetadata
from semver import VersionInfo

from cpg_infra.engine.automation.host import use_host
from cpg_infra.engine.emit import emit
from cpg_infra.plan import Plan
from tests.simulated_cloud.faults import Call, calls, forget_calls, writes
from tests.simulated_cloud.journal import Journal, Thing, births
from tests.simulated_cloud.launchers import PROVIDERS_OF_CLOUDS, left_behind, write_own_provider, write_provider
from tests.simulated_cloud.seed import listed, seed

SUBSCRIPTION: Final = 'azure-native:subscriptionId'
"""The setting that says where resources on Azure are made."""

Step: TypeAlias = tuple[str, str]
"""What is done to which resource: `('create', 'alpha-gcp-main-bucket')`."""

STACK: Final = 'prod'
PROJECT: Final = 'tests'
PASSPHRASE: Final = 'a passphrase for tests'
QUIET: Final = frozenset({'same', 'read'})

_PROJECT_FILE: Final = """\
name: {project}
runtime: python
plugins:
  providers:
    - {{name: gcp, path: ../bin}}
    - {{name: azure-native, path: ../bin}}
    - {{name: azuread, path: ../bin}}
    - {{name: github, path: ../bin}}
    - {{name: cpg, path: ../bin}}
"""


@dataclass
class Outcome:
    """What one operation did. `steps` are those that change something, in no order; `failed` those that did not work."""

    steps: Counter[Step] = field(default_factory=Counter)
    done: Counter[Step] = field(default_factory=Counter)
    failed: Counter[Step] = field(default_factory=Counter)
    changed_keys: dict[str, set[str]] = field(default_factory=dict)
    """The top-level keys that differ, by logical name."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many resources, by what was done to them; the stack itself is one."""
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    raised: auto.CommandError | None = None
    seconds: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong."""
        return self.raised is None and not self.errors

    def note(self, event: EngineEvent) -> None:
        """Take in one event of the engine. Debug messages are most of them and may hold secrets: they are dropped."""
        if event.resource_pre_event:
            self._note_step(event.resource_pre_event.metadata, self.steps)
        elif event.res_outputs_event:
            self._note_step(event.res_outputs_event.metadata, self.done)
        elif event.res_op_failed_event:
            metadata = event.res_op_failed_event.metadata
            self.failed[metadata.op.value, _name(metadata.urn)] += 1
        elif event.summary_event:
            self.counts = {str(op): count for op, count in event.summary_event.resource_changes.items()}
        elif event.diagnostic_event and event.diagnostic_event.severity != 'debug':
            said = event.diagnostic_event
            {'error': self.errors, 'warning': self.warnings}.get(said.severity, []).append(said.message.strip())

    def _note_step(self, metadata: StepEventMetadata, steps: Counter[Step]) -> None:
        if metadata.op in QUIET or '::pulumi:' in metadata.urn:
            return
        steps[metadata.op.value, _name(metadata.urn)] += 1
        keys = {path.partition('.')[0].partition('[')[0] for path in metadata.detailed_diff or ()}
        self.changed_keys.setdefault(_name(metadata.urn), set()).update(metadata.diffs or (), keys)


class Deployment:
    """One stack and its cloud, in `folder`."""

    def __init__(self, folder: Path, pulumi: Path, *, checkpoints: bool = True) -> None:
        self.folder = folder
        self.pulumi = pulumi
        self.checkpoints = checkpoints
        self.more_environment: dict[str, str] = {}
        """For providers: where services are."""
        self.cloud = folder / 'cloud'
        self._stack: auto.Stack | None = None

    @classmethod
    def begin(
        cls, folder: Path, pulumi: Path, seeds: str, *, own_provider: bool = False, checkpoints: bool = True
    ) -> Deployment:
        """An empty stack over a cloud that has what `seeds` lists; see `use_providers`.

        Without `checkpoints` the state is written at the end only: large deployments are four times as fast, and
        what a killed run did is forgotten.
        """
        deployment = cls(folder, pulumi, checkpoints=checkpoints)
        for name in ('state', 'home', 'work'):
            (folder / name).mkdir(parents=True)
        seed(deployment.cloud, seeds)
        (folder / 'work' / 'Pulumi.yaml').write_text(_PROJECT_FILE.format(project=PROJECT), encoding='utf-8')
        if 'azure' in listed(seeds):
            deployment.set_up(**{SUBSCRIPTION: listed(seeds)['azure']['tenant']['subscription']})
        deployment.use_providers(own=own_provider)
        deployment._stack = auto.Stack.create(STACK, deployment._workspace())
        return deployment

    def set_up(self, **settings: str) -> None:
        """Begin the stack's settings, before there is a stack."""
        lines = ['config:', *(f'  {key}: {value}' for key, value in settings.items())]
        (self.folder / 'work' / f'Pulumi.{STACK}.yaml').write_text('\n'.join(lines) + '\n', encoding='utf-8')

    def change_setting(self, key: str, old: str, new: str) -> None:
        """Change one of the stack's settings, as an editor would."""
        file = self.folder / 'work' / f'Pulumi.{STACK}.yaml'
        text = file.read_text(encoding='utf-8')
        assert f'{key}: {old}' in text
        file.write_text(text.replace(f'{key}: {old}', f'{key}: {new}'), encoding='utf-8')

    def use_providers(self, *, own: bool) -> None:
        """Write the executables. `own`: the provider `cpg` of this distribution, and not the stand-in for it."""
        for name in PROVIDERS_OF_CLOUDS:
            write_provider(self.folder / 'bin', name, self.cloud)
        if own:
            write_own_provider(self.folder / 'bin', self.cloud)
        else:
            write_provider(self.folder / 'bin', 'cpg', self.cloud)

    def copy(self, folder: Path) -> Deployment:
        """The same stack and cloud once more, in another folder; the log of calls begins anew."""
        shutil.copytree(self.folder, folder)
        copied = Deployment(folder, self.pulumi, checkpoints=self.checkpoints)
        copied.use_providers(own=_is_own(self.folder))
        forget_calls(copied.cloud)
        return copied

    # Operations -------------------------------------------------------------------------------------------

    def preview(self, plan: Plan, **options: Any) -> Outcome:
        """What `up` would do. Changes nothing."""
        return self._run(plan, lambda stack, on_event: stack.preview(on_event=on_event, **options))

    def up(self, plan: Plan, **options: Any) -> Outcome:
        """Deploy a plan."""
        return self._run(plan, lambda stack, on_event: stack.up(on_event=on_event, **options))

    def refresh(self, **options: Any) -> Outcome:
        """Take over into the state what is in the cloud."""
        return self._run(None, lambda stack, on_event: stack.refresh(on_event=on_event, **options))

    def preview_refresh(self, **options: Any) -> Outcome:
        """How the cloud differs from the state. Changes nothing."""
        return self._run(None, lambda stack, on_event: stack.preview_refresh(on_event=on_event, **options))

    def preview_destroy(self, **options: Any) -> Outcome:
        """What `destroy` would do. Changes nothing."""
        return self._run(None, lambda stack, on_event: stack.preview_destroy(on_event=on_event, **options))

    def destroy(self, **options: Any) -> Outcome:
        """Delete everything."""
        return self._run(None, lambda stack, on_event: stack.destroy(on_event=on_event, **options))

    def state(self) -> list[dict[str, Any]]:
        """The resources in the state, providers and the stack left out. Secrets are in clear: never log it."""
        deployment = self._selected().export_stack().deployment or {}
        return [each for each in deployment.get('resources', ()) if not each['type'].startswith('pulumi:')]

    def import_state(self, resources: list[dict[str, Any]]) -> None:
        """Make `resources`, as an export has them, the state."""
        stack = self._selected()
        found = stack.export_stack()
        found.deployment = {**(found.deployment or {}), 'resources': resources}
        stack.import_stack(found)

    # The cloud --------------------------------------------------------------------------------------------

    def things(self, cloud: str = 'gcp') -> dict[str, Thing]:
        """Everything in a cloud, by key."""
        return {
            key: thing
            for key, thing in Journal(self.cloud / f'{cloud}.jsonl').things().items()
            if not key.startswith(('id ', 'counter', 'versions-of '))
        }

    def made_more_than_once(self, cloud: str = 'gcp') -> set[str]:
        """The things that came to be more often than once, by the cloud's own history."""
        return {key for key, count in births(self.cloud / f'{cloud}.jsonl').items() if count > 1}

    def put(self, key: str, thing: Thing, cloud: str = 'gcp') -> None:
        """Change a cloud behind everybody's back."""
        with Journal(self.cloud / f'{cloud}.jsonl').transaction() as transaction:
            transaction.put(key, thing)

    def remove(self, key: str, cloud: str = 'gcp') -> None:
        """Delete something from a cloud behind everybody's back."""
        with Journal(self.cloud / f'{cloud}.jsonl').transaction() as transaction:
            transaction.remove(key)

    def calls(self) -> list[Call]:
        """Every call that providers were asked so far."""
        return calls(self.cloud)

    def writes(self) -> Counter[Step]:
        """The calls that changed something, or tried to."""
        return Counter((call.method.lower(), call.name) for call in writes(self.calls()))

    # ------------------------------------------------------------------------------------------------------

    def _run(
        self, plan: Plan | None, operate: Callable[[auto.Stack, Callable[[EngineEvent], None]], object]
    ) -> Outcome:
        stack = self._selected()
        loops: list[asyncio.AbstractEventLoop] = []
        stack.workspace.program = _nothing if plan is None else partial(_emit, plan, loops)
        outcome = Outcome()
        begun = time.monotonic()
        try:
            operate(stack, outcome.note)
        except auto.CommandError as error:
            outcome.raised = error
        outcome.seconds = time.monotonic() - begun
        _refuse_left_open(loops)
        left = left_behind(self.cloud)
        assert not left, f'processes {left} of providers outlived the operation'
        return outcome

    def _selected(self) -> auto.Stack:
        if self._stack is None:
            self._stack = auto.Stack.select(STACK, self._workspace())
        # An `up` asks for outputs and the history after it is done: three processes that no test needs.
        self._stack.outputs = dict  # type: ignore[method-assign]  # as the engine does
        self._stack.info = _no_summary  # type: ignore[method-assign, assignment]  # likewise
        return self._stack

    def environment(self) -> dict[str, str]:
        """What a process of the CLI needs to work on this stack."""
        return {
            **self.more_environment,
            **({} if self.checkpoints else {'PULUMI_SKIP_CHECKPOINTS': 'true'}),
            'PULUMI_BACKEND_URL': f'file://{self.folder / "state"}',
            'PULUMI_CONFIG_PASSPHRASE': PASSPHRASE,
            'PULUMI_HOME': str(self.folder / 'home'),
            'PULUMI_SKIP_UPDATE_CHECK': 'true',
            'PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION': 'true',
        }

    def _workspace(self) -> auto.LocalWorkspace:
        return _Workspace(
            work_dir=str(self.folder / 'work'),
            env_vars=self.environment(),
            program=_nothing,
            pulumi_command=_command(self.pulumi),
        )


class _Workspace(auto.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Every command names its stack: no need to select it first."""


class _Command(auto.PulumiCommand):
    """The CLI at a path: Pulumi's own class knows PATH and installations only."""

    def __init__(self, pulumi: Path) -> None:
        self.command = str(pulumi)
        said = subprocess.run([self.command, 'version'], capture_output=True, text=True, check=True)
        self.version = VersionInfo.parse(said.stdout.strip().removeprefix('v'))


# Making one starts a process.
_command = cache(_Command)

use_host()


def _emit(plan: Plan, loops: list[asyncio.AbstractEventLoop]) -> None:
    loops.append(asyncio.get_running_loop())
    emit(plan)


def _refuse_left_open(loops: list[asyncio.AbstractEventLoop]) -> None:
    """The host of inline programs closes its event loop some time after the operation."""
    for loop in loops:
        for _ in range(1000):
            if loop.is_closed():
                break
            time.sleep(0.01)
        assert loop.is_closed(), 'the event loop of a program was left open'
    assert gc.isenabled()


def _no_summary(*_: object) -> object:
    return object()


def _nothing() -> None:
    """The program of operations that run none."""


def _name(urn: str) -> str:
    return urn.rpartition('::')[2]


def _is_own(folder: Path) -> bool:
    return 'tests.simulated_cloud' not in (folder / 'bin' / 'pulumi-resource-cpg').read_text(encoding='utf-8')
