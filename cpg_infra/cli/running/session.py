"""From the options of a command to a run, and from what goes wrong to a sentence."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from cpg_infra.cli.failures import FAULTY, reporting
from cpg_infra.cli.planning import Planned, make_plan
from cpg_infra.cli.remarks import lines_of
from cpg_infra.cli.running.asked import Asked
from cpg_infra.cli.running.options import CHANGES, Format
from cpg_infra.cli.running.report import Telling
from cpg_infra.cli.running.telling import Teller, teller
from cpg_infra.cli.writing import note
from cpg_infra.config import ConfigurationError
from cpg_infra.config.suggest import did_you_mean
from cpg_infra.engine.automation.backend import Backend, BackendRefusedError, choose_backend
from cpg_infra.engine.automation.failures import EngineError, RefusedError
from cpg_infra.engine.automation.guards import Limits
from cpg_infra.engine.automation.neighbours import names_in_backend
from cpg_infra.engine.automation.project import find_project
from cpg_infra.engine.automation.pulumi_cli import PulumiCli, find_cli
from cpg_infra.engine.automation.run import Report, Run
from cpg_infra.engine.automation.stopping import Stop
from cpg_infra.engine.automation.surroundings import told
from cpg_infra.engine.stacks import Shard, check_single_writers, shards_of, stacks_with
from cpg_infra.engine.stacks.placement import WHOLE
from cpg_infra.plan import Plan

_JOBS = 4


@dataclass(frozen=True)
class Session:
    """A run that can begin. `all_shards` are those of the whole plan, `run` has those that were chosen."""

    planned: Planned
    run: Run
    all_shards: tuple[Shard, ...]
    cli: PulumiCli
    teller: Teller

    def finish(self, report: Report, *, detailed: bool, looked_only: bool, drift: bool = False) -> None:
        """Show what came of it and end with its status. Raises `typer.Exit`."""
        self.teller.finish(report, Telling(looked_only, drift))
        # A preview that went well has done its work, also when it says that `up` would be refused.
        if not (report.is_previewed if looked_only else report.is_sound):
            raise typer.Exit(FAULTY)
        if detailed and report.has_changes:
            raise typer.Exit(CHANGES)


@contextmanager
def session(asked: Asked, *, removed_too: bool = False) -> Iterator[Session]:
    """Plan, choose, find the CLI and take over signals; what goes wrong ends the command with a sentence.

    `removed_too`: datasets that the configuration does not have any more can be chosen.
    """
    with reporting(asked.folder), _sentences(asked.format), Stop(_tell_stopping) as stop:
        backend = choose_backend(asked.folder, asked.backend)
        cli = PulumiCli(find_cli(), stop=stop)
        planned = make_plan(asked.folder, asked.day)
        for line in lines_of(planned.remarks, asked.folder).splitlines():
            note(line)
        _say_backend(backend)
        organisation = planned.loaded.organisation
        shards = shards_of(planned.plan, organisation.stacks, organisation.common_dataset)
        if twice := check_single_writers(shards):
            raise ConfigurationError(twice)
        shards = tuple(shard for shard in shards if not shard.is_on_paper)
        caps = organisation.blast_radius
        run = Run(
            backend,
            find_project(asked.folder),
            asked.stack,
            shards,
            Limits(caps.max_removed_memberships, caps.max_removed_grants) if caps else Limits(),
            tuple(asked.allow_destroy or ()),
            asked.everything,
            asked.parallel,
            asked.jobs or min(_JOBS, os.cpu_count() or 1),
        )
        run = _chosen(run, asked.dataset or (), planned, removed_too=removed_too)
        # From here on much is made and thrown away; the plan is not.
        gc.freeze()
        gc.enable()
        with told(planned.plan.settings), teller(asked.format) as telling:
            yield Session(planned, run, shards, cli, telling)


def _chosen(run: Run, datasets: Sequence[str], planned: Planned, *, removed_too: bool) -> Run:
    if not datasets:
        return run
    if any(shard.name == WHOLE for shard in run.shards):
        raise typer.BadParameter(
            'one stack holds everything (`stacks: single` in the configuration): leave this out',
            param_hint='--dataset',
        )
    wanted: dict[str, None] = {}
    here = {shard.name for shard in run.shards}
    begin = f'{run.base}-'
    gone = {name.removeprefix(begin) for name in names_in_backend(run) if name.startswith(begin)} - here
    for name in datasets:
        names = ({name} | stacks_with(name)) & (here | gone if removed_too else here)
        if not names:
            near = did_you_mean(name, [*planned.loaded.datasets, *here])
            raise typer.BadParameter(f'no dataset {name!r}{f" ({near})" if near else ""}', param_hint='--dataset')
        wanted.update(dict.fromkeys(names))
    extra = tuple(Shard(name, _NOTHING) for name in sorted(wanted.keys() - here))
    chosen = tuple(shard for shard in run.shards if shard.name in wanted) + extra
    return Run(**{**vars(run), 'shards': chosen})


_NOTHING = Plan((), (), (), (), (), (), ())


def _say_backend(backend: Backend) -> None:
    if backend.chosen_by.startswith('neither'):
        note(f'the state is kept in {_short(backend)} ({backend.chosen_by})')


def _short(backend: Backend) -> str:
    folder = backend.folder
    if folder is None:
        return backend.url
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)


def _tell_stopping(count: int) -> None:
    note(
        'stopping: what is in flight is finished and saved; a second signal stops at once'
        if count == 1
        else 'stopping at once'
    )


@contextmanager
def _sentences(format_: Format) -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        _say([*error.reasons, 'nothing was changed'], format_, error.kind)
    except EngineError as error:
        _say([str(error)], format_, error.kind)
    except BackendRefusedError as error:
        _say([str(error)], format_, 'backend-scheme')


def _say(lines: Sequence[str], format_: Format, kind: str) -> None:
    from cpg_infra.cli.running.telling import as_line
    from cpg_infra.cli.writing import show

    for line in lines:
        note(line)
    if format_ is Format.JSON:
        show(as_line({'event': 'error', 'kind': kind, 'message': ' '.join(lines)}))
    raise typer.Exit(FAULTY) from None
