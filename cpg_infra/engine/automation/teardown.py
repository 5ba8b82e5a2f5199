"""Destroys and refreshes stacks that exist."""

from __future__ import annotations

from collections.abc import Iterable

from cpg_infra.engine.automation.failures import StackMissingError
from cpg_infra.engine.automation.neighbours import missing, refuse_locked
from cpg_infra.engine.automation.outcome import Listener
from cpg_infra.engine.automation.pool import Pool
from cpg_infra.engine.automation.previews import Looked, look_at
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.run import Report, Run, StackReport, Status
from cpg_infra.engine.automation.tasks import Operation, Task


def destroy(run: Run, cli: PulumiCli, listener: Listener) -> Report:
    """Preview, judge, and then delete everything in the stacks, the last first. Raises `EngineError`."""
    refuse_locked(run)
    looked = _looked(Operation.PREVIEW_DESTROY, run, cli, listener)
    if looked.error:
        return Report(looked.reports(run, Status.NOT_RUN, 'another stack cannot be previewed'))
    if refusals := looked.verdict(run).refusals:
        return Report(looked.reports(run, Status.NOT_RUN, 'the run was refused'), refusals)
    order = [shard.name for shard in reversed(run.shards) if shard.name in looked.previews]
    return _one_by_one(Operation.DESTROY, order, run, cli, listener, looked)


def preview_refresh(run: Run, cli: PulumiCli, listener: Listener) -> Report:
    """How the clouds differ from the states. Raises `EngineError`."""
    return Report(_looked(Operation.PREVIEW_REFRESH, run, cli, listener).reports(run))


def refresh(run: Run, cli: PulumiCli, listener: Listener) -> Report:
    """Take over what is in the clouds into the states. Raises `EngineError`."""
    tasks = {shard.name: Task(Operation.REFRESH, run.place(shard.name)) for shard in run.shards}
    with Pool(cli, min(run.jobs, len(tasks)), listener) as pool:
        begun = {name: pool.submit(task) for name, task in tasks.items()}
        results = {name: future.result() for name, future in begun.items()}
    if results and all(isinstance(each.outcome.error, StackMissingError) for each in results.values()):
        raise missing(run, cli)
    return Report(
        tuple(
            StackReport(run.place(name).stack, Status.FAILED if each.outcome.error else Status.DONE, each.outcome)
            for name, each in results.items()
        )
    )


def _looked(operation: Operation, run: Run, cli: PulumiCli, listener: Listener) -> Looked:
    looked = look_at(operation, run, cli, listener)
    if not looked.previews:
        raise missing(run, cli)
    return looked


def _one_by_one(
    operation: Operation, order: Iterable[str], run: Run, cli: PulumiCli, listener: Listener, looked: Looked
) -> Report:
    """What needs others goes first, so that nothing is deleted under the feet of another stack."""
    reports: dict[str, StackReport] = {}
    failed = ''
    for name in order:
        stack = run.place(name).stack
        if failed:
            reports[name] = StackReport(stack, Status.NOT_RUN, why=f'it comes after {failed}')
            continue
        task = Task(
            operation,
            run.place(name),
            unprotect=looked.unprotect(run, name),
            expected=looked.states[name].hash,
        )
        with Pool(cli, 1, listener) as pool:
            outcome = pool.submit(task).result().outcome
        failed = name if outcome.error else ''
        reports[name] = StackReport(stack, Status.FAILED if outcome.error else Status.DONE, outcome)
    absent = (shard.name for shard in run.shards if shard.name not in reports)
    reports.update({name: StackReport(run.place(name).stack, Status.UNCHANGED) for name in absent})
    return Report(tuple(reports[shard.name] for shard in run.shards))
