"""One person is added to one dataset of many, each dataset a stack of its own: how long `cpg-infra up` takes.

The whole command: it reads the configuration, plans, finds the stacks that have anything new, previews and deploys
them with the real engine over the provider that agrees with everything. What was deployed before is written as a state
instead of being deployed, which would take minutes; that it is what the engine would have written is shown by a first
run, which must find nothing to do. What the engine remembers beyond that (which line of the program made what) is in
the states of the stacks in question once somebody has been added before: the second person is measured. Needs the
Pulumi CLI, and says so where there is none.

`python -m benchmarks.person --datasets 7` does the same with fewer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.emission import TEXT, plain
from benchmarks.engine import answers_for, environment, find_cli, furnish
from benchmarks.organisation import write_folder
from cpg_infra.cli.planning import make_plan
from cpg_infra.engine.providers import version_of
from cpg_infra.engine.stacks import FACTS_OUTPUT, FINGERPRINT_OUTPUT, Facts, Shard, fingerprint, joined, shards_of
from cpg_infra.plan import Resource

DATASETS: Final = 100
USERS: Final = 300
GROUP: Final = 'analysis'
GOAL_STACKS: Final = 2
GOAL_SECONDS: Final = 15

DATE: Final = dt.date(2026, 11, 22)
PROJECT: Final = 'bench'
BASE: Final = 'production'


@dataclass(frozen=True, slots=True)
class Measured:
    """One `up` of so many stacks: seconds of wall and processor time, megabytes of the largest process."""

    seconds: float
    processor: float
    megabytes: float
    stacks: int
    steps: tuple[Mapping[str, int], ...]
    """What was done to how many resources, in each stack that was deployed."""


def main(datasets: int = DATASETS) -> None:
    """Print both runs, and the goals. Raises RuntimeError when they do not do what they should."""
    cli = find_cli()
    if cli is None:
        return
    print(f'one person in one of {datasets} datasets × {USERS} users, a stack each, with checkpoints')
    print(f'{"":34}{"s":>7}{"cpu s":>9}{"MB":>7}{"stacks":>9}')
    with tempfile.TemporaryDirectory(prefix='benchmark-') as scratch:
        folder = Path(scratch) / 'site'
        furnish(folder)
        write_folder(folder, datasets, USERS, stacks='per-dataset')
        _write_states(folder, cli)
        unchanged = _up(folder, cli)
        if unchanged.steps:
            raise RuntimeError(f'{len(unchanged.steps)} stacks had something new: {unchanged.steps}')
        _line('nothing new', unchanged)
        _one_more(folder, cli, datasets, 'one person more')
        added = _one_more(folder, cli, datasets, 'one more, states of the engine')
    print(f'{"stacks that run":34}{len(added.steps):7}    goal: ≤ {GOAL_STACKS}')
    print(f'{"whole command":34}{added.seconds:7.1f} s  goal: ≤ {GOAL_SECONDS} s ({added.seconds / GOAL_SECONDS:.0%})')


def _one_more(folder: Path, cli: str, datasets: int, what: str) -> Measured:
    _add_person(folder / f'study{datasets // 2:04d}' / 'members.yaml')
    added = _up(folder, cli)
    if not added.steps or any(steps.keys() != {'update'} for steps in added.steps):
        raise RuntimeError(f'not only updates: {added.steps}')
    _line(what, added)
    return added


def _line(what: str, found: Measured) -> None:
    shown = f'{len(found.steps)} of {found.stacks}'
    print(f'{what:34}{found.seconds:7.1f}{found.processor:9.1f}{found.megabytes:7.0f}{shown:>9}', flush=True)


def _up(folder: Path, cli: str) -> Measured:
    command = [str(Path(sys.executable).with_name('cpg-infra')), 'up', str(folder), '--format', 'json']
    surroundings = {**os.environ, **_surroundings(folder), 'CPG_INFRA_PULUMI': cli}
    begun = time.perf_counter()
    process = subprocess.Popen([*command, '--date', DATE.isoformat()], stdout=subprocess.PIPE, env=surroundings)
    assert process.stdout is not None
    last = process.stdout.read().splitlines()[-1]
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f'cpg-infra up failed: {last.decode()[:2000]}')
    stacks = json.loads(last)['stacks']
    steps = tuple(each['steps'] for each in stacks if each['status'] == 'done')
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, len(stacks), steps)


def _surroundings(folder: Path) -> dict[str, str]:
    found = {**environment(folder), 'PULUMI_BACKEND_URL': f'file://{folder / "state"}'}
    # A stack is small: its state may be written at each step, as it is by default.
    del found['PULUMI_SKIP_CHECKPOINTS']
    return found


def _add_person(file: Path) -> None:
    members = yaml.safe_load(file.read_text(encoding='utf-8'))
    there = members[GROUP]
    there.append(next(user for number in range(USERS) if (user := f'user{number}') not in there))
    file.write_text(yaml.safe_dump(members), encoding='utf-8')


# What was deployed before -----------------------------------------------------------------------------------------


def _write_states(folder: Path, cli: str) -> None:
    planned = make_plan(str(folder), DATE)
    organisation = planned.loaded.organisation
    shards = [
        shard
        for shard in shards_of(planned.plan, organisation.stacks, organisation.common_dataset)
        if not shard.is_on_paper
    ]
    (folder / 'answers.json').write_text(json.dumps(answers_for(planned.plan)), encoding='utf-8')
    facts = joined(_given(shard) for shard in shards)
    secrets = _secrets(folder, cli)
    for shard in shards:
        stack = f'{BASE}-{shard.name}'
        latest = {
            'manifest': {'time': '2026-11-22T00:00:00Z', 'magic': '', 'version': ''},
            'secrets_providers': secrets,
            'resources': list(_kept(shard, stack, facts)),
        }
        checkpoint = {'stack': f'organization/{PROJECT}/{stack}', 'latest': latest}
        file = folder / 'state' / '.pulumi' / 'stacks' / PROJECT / f'{stack}.json'
        file.write_text(json.dumps({'version': 3, 'checkpoint': checkpoint}), encoding='utf-8')


def _secrets(folder: Path, cli: str) -> dict[str, object]:
    """How a stack's secrets are encrypted, told by one that the CLI makes. It lays out the backend, too."""
    command = [cli, 'stack', 'init', 'first', '--non-interactive']
    subprocess.run(command, cwd=folder, env={**os.environ, **_surroundings(folder)}, capture_output=True, check=True)
    settings = folder / 'Pulumi.first.yaml'
    salt = yaml.safe_load(settings.read_text(encoding='utf-8'))['encryptionsalt']
    settings.unlink()
    (folder / 'state' / '.pulumi' / 'stacks' / PROJECT / 'first.json').unlink()
    return {'type': 'passphrase', 'state': {'salt': salt}}


def _given(shard: Shard) -> Facts:
    given: dict[str, dict[str, str]] = {}
    for ref in shard.gives:
        given.setdefault(ref.resource, {})[ref.output] = TEXT
    return given


def _kept(shard: Shard, stack: str, facts: Facts) -> Iterator[dict[str, object]]:
    """The shard's resources as a state has them, after those that the engine adds."""
    root = f'urn:pulumi:{stack}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{stack}'
    told = {FINGERPRINT_OUTPUT: fingerprint(shard, facts), FACTS_OUTPUT: _given(shard)}
    outputs = {**plain(shard.plan.outputs), **told}
    yield {'urn': root, 'custom': False, 'type': 'pulumi:pulumi:Stack', 'outputs': outputs}
    packages = sorted({resource.type.partition(':')[0] for resource in shard.deployed})
    providers = {package: f'urn:pulumi:{stack}::{PROJECT}::{_provider(package)}' for package in packages}
    for package, urn in providers.items():
        version = {'version': version_of(package)}
        kind = f'pulumi:providers:{package}'
        yield {'urn': urn, 'custom': True, 'id': package, 'type': kind, 'inputs': version, 'outputs': version}
    answers = answers_for(shard.plan)
    for resource in shard.deployed:
        provider = providers[resource.type.partition(':')[0]]
        yield _resource(resource, stack, root, f'{provider}::{resource.type.partition(":")[0]}', answers)


def _provider(package: str) -> str:
    version = version_of(package)
    return f'pulumi:providers:{package}::default' + (f'_{version.replace(".", "_")}' if version else '')


def _resource(
    resource: Resource, stack: str, root: str, provider: str, answers: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    inputs = plain(resource.inputs)
    return {
        'urn': f'urn:pulumi:{stack}::{PROJECT}::{resource.type}::{resource.name}',
        'custom': True,
        'id': resource.name,
        'type': resource.type,
        'inputs': inputs,
        'outputs': {**inputs, **answers.get(resource.type, {})},
        'parent': root,
        'provider': provider,
        'protect': resource.options.protect,
        'retainOnDelete': resource.options.retain,
    }


if __name__ == '__main__':
    parser = argparse.ArgumentParser(prog='python -m benchmarks.person', description=__doc__)
    parser.add_argument('--datasets', type=int, default=DATASETS)
    main(parser.parse_args().datasets)
