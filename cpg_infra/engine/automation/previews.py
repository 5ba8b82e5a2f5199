"""Previews of a whole run, and the verdict on them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cpg_infra.engine.automation.failures import EngineError
from cpg_infra.engine.automation.guards import Verdict, judge
from cpg_infra.engine.automation.outcome import Listener, Outcome
from cpg_infra.engine.automation.pool import Pool
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Run, StackReport, Status
from cpg_infra.engine.automation.stack import Place, exported
from cpg_infra.engine.automation.state import State
from cpg_infra.engine.automation.tasks import Operation, Task
from cpg_infra.engine.automation.unchanged import is_unchanged
from cpg_infra.engine.stacks import FACTS_OUTPUT, Facts, Shard, fingerprint, joined

_EXPORTS_AT_ONCE = 4


@dataclass(frozen=True)
class Looked:
    """What was seen of each stack, by shard: its state, and the preview of those that are not unchanged."""

    states: Mapping[str, State]
    previews: Mapping[str, Outcome]

    @property
    def error(self) -> EngineError | None:
        """The first thing that went wrong."""
        return next((each.error for each in self.previews.values() if each.error), None)

    def verdict(self, run: Run) -> Verdict:
        """What the guards say to all of it together."""
        steps = [step for outcome in self.previews.values() for step in outcome.steps]
        protected = frozenset[str]().union(*(state.protected for state in self.states.values()))
        return judge(steps, run.limits, run.allowed, protected, run.holding)

    def unprotect(self, run: Run, shard: str) -> tuple[str, ...]:
        """Which of the allowed URNs of a stack are protected."""
        return tuple(sorted(self.states[shard].protected & frozenset(run.allowed)))

    def reports(self, run: Run, status: Status = Status.PREVIEWED, why: str = '') -> tuple[StackReport, ...]:
        """The stacks, in order."""
        found = []
        for shard in run.shards:
            outcome = self.previews.get(shard.name)
            now = Status.UNCHANGED if outcome is None else Status.FAILED if outcome.error else status
            found.append(StackReport(run.place(shard.name).stack, now, outcome, '' if outcome is None else why))
        return tuple(found)


def look(run: Run, cli: PulumiCli, listener: Listener, *, only: Iterable[str] | None = None) -> Looked:
    """Preview the deployment of every stack that is not unchanged. Raises `EngineError` when no state can be read."""
    states = read_states(run, cli)
    facts = facts_of(states)
    chosen = [shard for shard in run.shards if only is None or shard.name in set(only)]
    tasks = {}
    for shard in chosen:
        told = fingerprint(shard, facts)
        if run.everything or not is_unchanged(shard, told, states[shard.name]):
            tasks[shard.name] = Task(Operation.PREVIEW, run.place(shard.name), shard, facts, told)
    return _carried_out(tasks, states, run, cli, listener)


def look_at(operation: Operation, run: Run, cli: PulumiCli, listener: Listener) -> Looked:
    """Preview a destruction or a refresh of every stack that exists. Raises `EngineError`."""
    states = read_states(run, cli)
    tasks = {shard.name: Task(operation, run.place(shard.name)) for shard in run.shards if states[shard.name].exists}
    return _carried_out(tasks, states, run, cli, listener)


def _carried_out(
    tasks: Mapping[str, Task], states: Mapping[str, State], run: Run, cli: PulumiCli, listener: Listener
) -> Looked:
    with Pool(cli, min(run.jobs, len(tasks)), listener) as pool:
        begun = {name: pool.submit(task) for name, task in tasks.items()}
        results = {name: future.result() for name, future in begun.items()}
    # What was judged is what the preview saw, should the state have moved since it was first read.
    seen = {name: result.state for name, result in results.items() if result.outcome.error is None}
    return Looked({**states, **seen}, {name: result.outcome for name, result in results.items()})


def read_states(run: Run, cli: PulumiCli) -> dict[str, State]:
    """The state of every stack of a run, and of those that they read facts of. Raises `EngineError`."""
    names = list(dict.fromkeys(name for shard in run.shards for name in (*shard.givers.values(), shard.name)))
    with tempfile.TemporaryDirectory(prefix='cpg-infra-work-') as folder:

        def read(name: str) -> State:
            return read_alone(cli, run.place(name), Path(folder))

        with ThreadPoolExecutor(_EXPORTS_AT_ONCE) as threads:
            return dict(zip(names, threads.map(read, names), strict=True))


def read_alone(cli: PulumiCli, place: Place, folder: Path) -> State:
    """One state, by a runner of its own: what a run of the CLI said last is kept with it."""
    return exported(PulumiCli(cli.command, cli.version, cli.stop), place, folder)


def facts_of(states: Mapping[str, State]) -> Facts:
    """What all stacks have told."""
    return joined(state.outputs.get(FACTS_OUTPUT) or {} for state in states.values())


def shard_named(run: Run, name: str) -> Shard:
    """The shard of a name."""
    return next(shard for shard in run.shards if shard.name == name)
