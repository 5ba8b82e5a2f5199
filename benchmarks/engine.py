"""The real engine: a preview and an `up` of full datasets, against as many stub resources as today's program registers.

Both go through our own driver to one stack in a file backend, without checkpoints, over one provider that agrees with
everything (`stub_provider`); each operation is a process of its own. The other side is a bare loop over generic
resources with three plain inputs, no options and no dependencies: the least that so many resources can cost. Needs the
Pulumi CLI, and says so where there is none.

`python -m benchmarks.engine --datasets 3` does the same with a tenth of both.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cpg_infra.plan import Plan

DATASETS: Final = 30
TODAY_RESOURCES: Final = 11_315
"""What today's program registers for 30 datasets."""

GOAL_RESOURCES: Final = 0.6
GOAL_SECONDS: Final = 0.4
GOAL_MEGABYTES: Final = 300

PLAN: Final = 'our plan'
STUBS: Final = 'stub resources'

REPOSITORY: Final = Path(__file__).resolve().parents[1]
LOOK: Final = REPOSITORY / 'tools' / 'pulumi-cli' / 'build.py'
STUB_TYPE: Final = 'gcp:benchmark/stub:Stub'
STACK: Final = 'bench'
PROVIDERS: Final = ('gcp', 'cpg')

Program = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation. Megabytes at the peak: of the program with the driver, and of the largest process it started.

    Processor time is that of all processes; a busy machine changes it less than wall time.
    """

    resources: int
    seconds: float
    processor: float
    megabytes: float
    engine_megabytes: float


# The parent: one process for each operation ---------------------------------------------------------------------


def main(datasets: int = DATASETS) -> None:
    """Print a table: operation, whose, resources, seconds, megabytes; then the shares and their goals."""
    cli = find_cli()
    if cli is None:
        return
    stubs = TODAY_RESOURCES * datasets // DATASETS
    print(f'the real engine, {datasets} full datasets against {stubs:,} stub resources, without checkpoints')
    print(f'{"":24}{"resources":>10}{"s":>9}{"cpu s":>9}{"ms each":>9}{"program MB":>12}{"engine MB":>11}', flush=True)
    results: dict[tuple[str, str], Measured] = {}
    with tempfile.TemporaryDirectory(prefix='benchmark-') as scratch:
        for operation in ('preview', 'up'):
            for side in (PLAN, STUBS):
                amount = datasets if side == PLAN else stubs
                one = results[operation, side] = _one(
                    Path(scratch) / side.replace(' ', '-'), cli, side, operation, amount
                )
                print(
                    f'{operation:8}{side:16}{one.resources:10,}{one.seconds:9.1f}{one.processor:9.1f}'
                    f'{one.seconds / one.resources * 1000:9.1f}{one.megabytes:12.0f}{one.engine_megabytes:11.0f}',
                    flush=True,
                )
    _shares(results)


def find_cli() -> str | None:
    """The Pulumi CLI; None, and why is printed, when there is none."""
    found = subprocess.run([sys.executable, LOOK, '--no-build'], capture_output=True, text=True, check=False)
    if not found.stdout.strip():
        print(f'the real engine is left out: {found.stderr.strip()}')
        return None
    return found.stdout.strip()


def _one(folder: Path, cli: str, side: str, operation: str, amount: int) -> Measured:
    """An operation in a process of its own. Raises RuntimeError when it fails."""
    if not folder.exists():
        furnish(folder)
    done = subprocess.run(
        [sys.executable, '-m', 'benchmarks.engine', '--alone', str(folder), cli, side, operation, str(amount)],
        cwd=REPOSITORY,
        env={**os.environ, **environment(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f'{operation} of {side} failed')
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def furnish(folder: Path) -> None:
    """A project with a backend of its own, over the provider that agrees with everything."""
    for name in ('bin', 'home', 'state'):
        (folder / name).mkdir(parents=True)
    listed = ''.join(f'    - name: {name}\n      path: bin\n' for name in PROVIDERS)
    (folder / 'Pulumi.yaml').write_text(f'name: bench\nruntime: python\nplugins:\n  providers:\n{listed}', 'utf-8')
    for name in PROVIDERS:
        script = folder / 'bin' / f'pulumi-resource-{name}'
        command = shlex.join([sys.executable, '-m', 'benchmarks.stub_provider'])
        script.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(REPOSITORY))} exec {command} "$@"\n', 'utf-8')
        script.chmod(0o755)


def environment(folder: Path) -> dict[str, str]:
    """What the engine and the provider of such a project need."""
    return {
        'PULUMI_CONFIG_PASSPHRASE': 'a passphrase for benchmarks',
        'PULUMI_HOME': str(folder / 'home'),
        'PULUMI_SKIP_CHECKPOINTS': 'true',
        'STUB_ANSWERS': str(folder / 'answers.json'),
    }


def _shares(results: dict[tuple[str, str], Measured]) -> None:
    ours, theirs = results['up', PLAN], results['up', STUBS]
    _share('resources', ours.resources / theirs.resources, GOAL_RESOURCES)
    for operation in ('preview', 'up'):
        mine, stubs = results[operation, PLAN], results[operation, STUBS]
        _share(f'wall time, {operation}', mine.seconds / stubs.seconds, GOAL_SECONDS)
        print(f'{"… processor time":34}{mine.processor / stubs.processor:7.0%}')
    most = max(results[operation, PLAN].megabytes for operation in ('preview', 'up'))
    print(f'{"peak memory of the program":34}{most:7.0f} MB  goal: ≤ {GOAL_MEGABYTES} MB ({most / GOAL_MEGABYTES:.0%})')


def _share(what: str, share: float, goal: float) -> None:
    print(f'{what:34}{share:7.0%}     goal: ≤ {goal:.0%} ({share / goal:.0%})')


# The child: one operation ---------------------------------------------------------------------------------------


def alone(folder: Path, cli: str, side: str, operation: str, amount: int) -> None:
    """Carry one operation out, and print what it took as JSON. Raises RuntimeError when the engine does not do it all."""
    from cpg_infra.engine.automation.backend import Backend
    from cpg_infra.engine.automation.project import find_project
    from cpg_infra.engine.automation.pulumi_cli import PulumiCli
    from cpg_infra.engine.automation.stack import Place, opened

    place = Place(Backend(f'file://{folder / "state"}', 'the benchmark'), find_project(folder), STACK)
    driver = PulumiCli(cli)
    begun = time.perf_counter()
    count, program = _plan(folder, amount) if side == PLAN else _stubs(folder, amount)
    with opened(driver, place, lambda _: None) as stack:
        if operation == 'up':
            stack.create()
        outcome = stack.preview(program) if operation == 'preview' else stack.up(program)
    seconds = time.perf_counter() - begun
    made = sum(step.op == 'create' and not step.type.startswith('pulumi:') for step in outcome.steps)
    if outcome.error or outcome.errors or made != count:
        said = [outcome.error, *outcome.errors[:3]]
        raise RuntimeError(f'{made} of {count} resources were made: {"; ".join(map(str, said))}')
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    megabytes = [usage.ru_maxrss / 1024 for usage in usages]
    measured = Measured(count, seconds, processor, *megabytes)
    print(json.dumps(asdict(measured)))


def _plan(folder: Path, datasets: int) -> tuple[int, Program]:
    """Planning counts: it is part of what a person waits for."""
    from benchmarks.emission import plan_of
    from cpg_infra.engine.emit import emit

    plan = plan_of(datasets)
    (folder / 'answers.json').write_text(json.dumps(answers_for(plan)), encoding='utf-8')

    def program() -> None:
        emit(plan)

    return len(plan.resources), program


def answers_for(plan: Plan) -> dict[str, dict[str, str]]:
    """A text for each output that a plan reads, by type or function: what the provider has to make up."""
    from benchmarks.emission import TEXT
    from cpg_infra.engine.survey import leaves_of
    from cpg_infra.plan import Ref

    types = {each.name: each.type for each in plan.resources}
    answers: dict[str, dict[str, str]] = {}
    for value in (*(each.inputs for each in plan.resources), plan.outputs):
        for leaf in leaves_of(value):
            # What another stack tells is no answer of a provider.
            asked = types.get(leaf.resource) if isinstance(leaf, Ref) else leaf.function
            if asked is not None:
                answers.setdefault(asked, {})[leaf.output] = TEXT
    return answers


def _stubs(folder: Path, count: int) -> tuple[int, Program]:
    import pulumi

    (folder / 'answers.json').write_text('{}', encoding='utf-8')

    def program() -> None:
        for number in range(count):
            inputs = {'name': f'stub-{number}', 'project': 'bench', 'location': 'australia-southeast1'}
            pulumi.CustomResource(STUB_TYPE, f'stub-{number}', inputs)

    return count, program


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='python -m benchmarks.engine', description=__doc__)
    parser.add_argument('--datasets', type=int, default=DATASETS, help='full datasets; the stubs follow')
    parser.add_argument('--alone', nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == '__main__':
    asked = _arguments()
    if asked.alone:
        place, cli, side, operation, amount = asked.alone
        alone(Path(place), cli, side, operation, int(amount))
    else:
        main(asked.datasets)
