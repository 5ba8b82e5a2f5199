"""Other stacks of the same project: another layout, another base name, or a dataset that is no more.

Deploying makes a stack that is not there. Under a name that was mistyped that would be everything a second time, so a
new name beside others needs a word.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pulumi.automation.errors import CommandError

from cpg_infra.config.suggest import did_you_mean
from cpg_infra.engine.automation.failures import RefusedError, StackMissingError
from cpg_infra.engine.automation.locks import locked, locks_in
from cpg_infra.engine.automation.previews import read_alone
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Run, stack_name
from cpg_infra.engine.automation.stack import environment
from cpg_infra.engine.automation.state import read_state
from cpg_infra.engine.stacks import Shard
from cpg_infra.engine.stacks.placement import WHOLE

_SHOWN = 5


def refuse_second(run: Run, all_shards: tuple[Shard, ...], cli: PulumiCli, *, is_meant: bool) -> None:
    """Refuse to deploy everything a second time: in the other layout, or under a new name unless that `is_meant`.

    Raises `RefusedError`.
    """
    _refuse_other_layout(run, all_shards, cli)
    if is_meant or not all_shards:
        return
    ours = {run.place(shard.name).stack for shard in all_shards}
    there = _names(run, cli, unless=all_shards[0])
    if there and not ours & set(there):
        others = _others(run.base, all_shards, there)
        said = f'there is no stack {run.base} in {run.backend.url}, and the project has {others}'
        raise RefusedError((f'{said}; --create makes a new one beside what is there',), 'unknown-stack')


def refuse_locked(run: Run) -> None:
    """Say at once that somebody holds the only stack there is to run. Among many, the others need not wait for it.

    Raises `StackLockedError`.
    """
    if len(run.shards) == 1:
        place = run.place(run.shards[0].name)
        held = locks_in(place.backend, place.project.name, place.stack)
        if not all(lock.is_abandoned for lock in held):
            raise locked(held, place.backend, place.project.name, place.stack)


def missing(run: Run, cli: PulumiCli) -> StackMissingError:
    """What to say when none of the stacks of a run is there."""
    names = ', '.join(run.place(shard.name).stack for shard in run.shards)
    there = _names(run, cli)
    others = f'; the project has {_others(run.base, run.shards, there)}' if there else ': `cpg-infra up` makes it'
    return StackMissingError(f'there is no stack {names} in {run.backend.url}{others}')


def _others(base: str, shards: Iterable[Shard], there: Iterable[str]) -> str:
    """The base names that there are, and the one that may have been meant."""
    bases = sorted({_base_of(name, shards) for name in there})
    listed = ', '.join(bases[:_SHOWN]) + (', …' if len(bases) > _SHOWN else '')
    near = did_you_mean(base, bases)
    return f'{listed} ({near})' if near else listed


def _base_of(name: str, shards: Iterable[Shard]) -> str:
    ends = [stack_name('', shard.name) for shard in shards if shard.name != WHOLE]
    return next((name.removesuffix(end) for end in ends if name.endswith(end)), name)


def _names(run: Run, cli: PulumiCli, unless: Shard | None = None) -> tuple[str, ...]:
    """The stacks of the project; of another backend than files only the one of `unless`, when that is there.

    To list a bucket the engine reads each state in it.
    """
    if run.backend.folder is not None:
        return names_in_backend(run)
    with tempfile.TemporaryDirectory(prefix='cpg-infra-work-') as folder:
        if unless is not None and read_alone(cli, place := run.place(unless.name), Path(folder)).exists:
            return (place.stack,)
        return _listed(run, cli, folder)


def _listed(run: Run, cli: PulumiCli, folder: str) -> tuple[str, ...]:
    arguments = ['stack', 'ls', '--json', '--project', run.project.name]
    try:
        said = cli.run(arguments, folder, environment(run.backend.url)).stdout
    except CommandError:
        # It is a matter of what else there is: whoever works on the stack itself says what is wrong.
        return ()
    return tuple(sorted(each['name'].rpartition('/')[2] for each in json.loads(said)))


def _refuse_other_layout(run: Run, all_shards: tuple[Shard, ...], cli: PulumiCli) -> None:
    is_single = any(shard.name == WHOLE for shard in all_shards)
    if is_single:
        others = [name for name in names_in_backend(run) if name.startswith(f'{run.base}-')]
    else:
        with tempfile.TemporaryDirectory(prefix='cpg-infra-work-') as folder:
            whole = read_alone(cli, run.place(WHOLE), Path(folder))
        others = [run.base] if any(whole.things) else []
    if others:
        layout = 'one stack' if is_single else 'one stack per dataset'
        there = f'{run.backend.url} has {", ".join(sorted(others)[:5])}'
        way_out = 'give another --stack, or put `stacks` in the configuration back'
        raise RefusedError((f'the configuration asks for {layout}, and {there}: all would be made twice; {way_out}',))


def orphans(run: Run, all_shards: tuple[Shard, ...]) -> tuple[str, ...]:
    """Stacks of this base name that no plan has any more. Known of file backends only."""
    if any(shard.name == WHOLE for shard in all_shards):
        return ()
    planned = {run.place(shard.name).stack for shard in all_shards}
    others = (name for name in names_in_backend(run) if name.startswith(f'{run.base}-') and name not in planned)
    return tuple(name for name in others if _holds_anything(run, name))


def _holds_anything(run: Run, stack: str) -> bool:
    folder = run.backend.folder
    found = read_state(folder, run.project.name, stack) if folder else None
    # What cannot be read here may hold anything.
    return found is None or any(found.things)


def names_in_backend(run: Run) -> tuple[str, ...]:
    """The stacks of the project in a file backend; none are known of others."""
    folder = run.backend.folder
    if folder is None:
        return ()
    found = (folder / '.pulumi' / 'stacks' / run.project.name).glob('*.json*')
    return tuple(
        sorted({file.name.partition('.json')[0] for file in found if not file.name.endswith(('.bak', '.attrs'))})
    )
