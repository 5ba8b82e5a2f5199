"""Other stacks of the same project: what was deployed under another layout, or for a dataset that is no more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cpg_infra.engine.automation.failures import RefusedError
from cpg_infra.engine.automation.previews import read_alone
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Run
from cpg_infra.engine.automation.state import read_state
from cpg_infra.engine.stacks import Shard
from cpg_infra.engine.stacks.placement import WHOLE


def refuse_other_layout(run: Run, all_shards: tuple[Shard, ...], cli: PulumiCli) -> None:
    """Refuse to deploy everything a second time, beside stacks of the other layout. Raises `RefusedError`."""
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
