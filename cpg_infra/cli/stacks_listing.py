"""The stacks of a configuration, listed for people and for programs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cpg_infra.cli.failures import reporting
from cpg_infra.cli.planning import Planned, make_plan
from cpg_infra.cli.remarks import amount, amounts
from cpg_infra.cli.writing import note
from cpg_infra.config import ConfigurationError, LoadedConfiguration, load
from cpg_infra.config.revision import GitRevision
from cpg_infra.driver.infrastructure import Infrastructure
from cpg_infra.engine.stacks import (
    Mode,
    Shard,
    StackChanges,
    check_single_writers,
    levels_of,
    shards_of,
    stack_changes,
    stacks_with,
)

_MOST_NAMES = 3
"""How many stacks a line of text names before it counts the others."""


@dataclass(frozen=True)
class StacksListing:
    """The stacks that are listed, in order; `levels` are those of all stacks, whichever are listed."""

    folder: str
    date: dt.date
    mode: Mode
    shards: Sequence[Shard]
    levels: Mapping[str, int]
    on_paper: Sequence[str]
    base: str | None = None
    changes: StackChanges | None = None

    def text(self) -> str:
        """A heading and one line per stack."""
        what = f'{amount(len(self.shards), "stack")} with something new since {self.base}'
        heading = amount(len(self.shards), 'stack') if self.changes is None else what
        count = sum(len(shard.deployed) for shard in self.shards)
        lines = [f'{self.folder} on {self.date} ({self.mode}): {heading}, {amount(count, "resource")}']
        if self.shards:
            width = max(len('stack'), *(len(shard.name) for shard in self.shards))
            lines += ['', f'level  {"stack":{width}}  resources  after']
            for shard in self.shards:
                row = (
                    f'{self.levels[shard.name]:5}  {shard.name:{width}}  {len(shard.deployed):9,}  {_some(shard.after)}'
                )
                lines.append(row.rstrip())
        if self.changes is not None and self.changes.removed:
            lines += ['', f'No longer there: {", ".join(self.changes.removed)}']
        if self.on_paper:
            lines += ['', f'On paper only, no stack: {", ".join(self.on_paper)}']
        return '\n'.join(lines) + '\n'

    def json(self) -> str:
        """One line of JSON with all that is known of each stack."""
        whole: dict[str, object] = {
            'date': self.date.isoformat(),
            'mode': self.mode,
            'stacks': [self._row(shard) for shard in self.shards],
            'on_paper': list(self.on_paper),
        }
        if self.changes is not None:
            whole['base'] = self.base
            whole['removed'] = list(self.changes.removed)
        return json.dumps(whole, ensure_ascii=False) + '\n'

    def matrix(self) -> str:
        """One line of JSON: the matrix of a CI job, in which a job of one level comes after those of lower ones."""
        include = [{'stack': shard.name, 'level': self.levels[shard.name]} for shard in self.shards]
        return json.dumps({'include': include}) + '\n'

    def _row(self, shard: Shard) -> dict[str, object]:
        row: dict[str, object] = {
            'stack': shard.name,
            'level': self.levels[shard.name],
            'resources': len(shard.deployed),
            'after': list(shard.after),
            'reads': [[ref.resource, ref.output] for ref in shard.reads],
            'gives': [[ref.resource, ref.output] for ref in shard.gives],
        }
        if self.changes is not None:
            row['change'] = 'added' if shard.name in self.changes.added else 'changed'
        return row


def list_stacks(
    folder: str, date: dt.date, base: str | None, choose: Callable[[Planned], Collection[str] | None]
) -> StacksListing:
    """The stacks of the configuration in `folder`, of the datasets that `choose` names or of all.

    With a `base`, only those that have something new since: a folder if there is one of this name, else a git
    revision. Raises what making a plan raises, and `ConfigurationError` when two stacks write one thing.
    """
    planned = make_plan(folder, date)
    datasets = choose(planned)
    organisation = planned.loaded.organisation
    shards = shards_of(planned.plan, organisation.stacks, organisation.common_dataset)
    if refused := check_single_writers(shards):
        raise ConfigurationError([remark.located(planned.loaded.sources) for remark in refused])
    changes = None if base is None else stack_changes(_shards_at(folder, base, date), shards)
    wanted = None if datasets is None else {name for dataset in datasets for name in stacks_with(dataset)}

    def is_wanted(name: str) -> bool:
        return wanted is None or name in wanted

    def is_listed(shard: Shard) -> bool:
        return is_wanted(shard.name) and (changes is None or shard.name in changes.to_deploy)

    return StacksListing(
        folder,
        date,
        organisation.stacks,
        [shard for shard in shards if not shard.is_on_paper and is_listed(shard)],
        levels_of(shards),
        [shard.name for shard in shards if shard.is_on_paper and is_wanted(shard.name)],
        base,
        changes,
    )


def _shards_at(folder: str, base: str, date: dt.date) -> tuple[Shard, ...]:
    """The shards of the base. What its plan warns of, or would be refused for, is not said here."""
    if Path(base).is_dir():
        # Its faults are placed in it, and not in the folder that is looked at.
        with reporting(base):
            return _shards(load(base), date)
    try:
        return _shards(load(GitRevision(folder, base)), date)
    except ConfigurationError as error:
        # That there is no such revision needs no more words; a fault inside one is not in the files at hand.
        if any(remark.location and remark.location.file != str(Path(folder)) for remark in error.diagnostics):
            note(f'in revision {base}:')
        raise


def _shards(loaded: LoadedConfiguration, date: dt.date) -> tuple[Shard, ...]:
    plan = Infrastructure(loaded.organisation, loaded.datasets, date=date, sources=loaded.sources).plan()
    return shards_of(plan, loaded.organisation.stacks, loaded.organisation.common_dataset)


def _some(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMES + 1:
        return ', '.join(names)
    return f'{", ".join(names[:_MOST_NAMES])} and {amounts((len(names) - _MOST_NAMES, "other"))}'
