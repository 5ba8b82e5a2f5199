"""One operation on one stack, as data: it may be carried out in this process or in another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from cpg_infra.engine.automation.failures import EngineError, StackMissingError, StoppedError
from cpg_infra.engine.automation.outcome import Listener, Outcome, name_of
from cpg_infra.engine.automation.pulumi_cli import PulumiCli
from cpg_infra.engine.automation.stack import Place, Stack, opened
from cpg_infra.engine.automation.state import State
from cpg_infra.engine.stacks import Facts, Shard


class Operation(StrEnum):
    """What is done to a stack."""

    PREVIEW = 'preview'
    UP = 'up'
    PREVIEW_DESTROY = 'preview-destroy'
    DESTROY = 'destroy'
    PREVIEW_REFRESH = 'preview-refresh'
    REFRESH = 'refresh'


LOOKS_ONLY = frozenset({Operation.PREVIEW, Operation.PREVIEW_DESTROY, Operation.PREVIEW_REFRESH})


@dataclass(frozen=True)
class Task:
    """`shard` is what a program deploys; `unprotect` are URNs whose destruction was allowed.

    `expected` is the hash of the state that was looked at before; None is no expectation.
    """

    operation: Operation
    place: Place
    shard: Shard | None = None
    facts: Facts = field(default_factory=dict)
    fingerprint: str = ''
    unprotect: tuple[str, ...] = ()
    expected: str | None = None


@dataclass(frozen=True)
class Result:
    """What came of a task. `state` is that from before a look, and that from after a change."""

    outcome: Outcome
    state: State = field(default_factory=State)


def carry_out(task: Task, cli: PulumiCli, listener: Listener) -> Result:
    """Carry a task out. What the engine refuses is in the outcome; it raises nothing of its own."""
    try:
        with opened(cli, task.place, listener) as stack, _phase(task, stack, listener):
            return _look(task, stack) if task.operation in LOOKS_ONLY else _change(task, stack, cli, listener)
    except EngineError as error:
        return Result(Outcome(task.place.stack, error=error))


@contextmanager
def _phase(task: Task, stack: Stack, listener: Listener) -> Iterator[None]:
    """Tell what begins, of how many resources, and that it is over."""
    count = len(task.shard.deployed) if task.shard else sum(1 for _ in stack.state.things)
    told = {'stack': task.place.stack, 'operation': task.operation.value}
    listener({'event': 'phase', **told, 'resources': count, 'looks': task.operation in LOOKS_ONLY})
    try:
        yield
    finally:
        listener({'event': 'phase-over', **told})


def _look(task: Task, stack: Stack) -> Result:
    if task.operation is Operation.PREVIEW:
        return Result(stack.preview(_program(task)), stack.state)
    _refuse_missing(task, stack)
    if task.operation is Operation.PREVIEW_DESTROY:
        return Result(stack.preview_destroy(), stack.state)
    return Result(stack.preview_refresh(), stack.state)


def _change(task: Task, stack: Stack, cli: PulumiCli, listener: Listener) -> Result:
    stack.clear_abandoned_locks()
    if task.expected is not None and task.expected != stack.state.hash:
        raise EngineError(f'the stack {task.place.stack} was changed by somebody since the preview: preview again')
    if task.operation is Operation.UP and not stack.state.exists:
        stack.create()
    elif task.operation is not Operation.UP:
        _refuse_missing(task, stack)
    if stack.state.pending:
        _tell_interrupted(task, stack.state, listener)
        stack.repair()
    if cli.stop.requested:
        raise StoppedError('stopped before anything was touched')
    stack.unprotect(task.unprotect)
    if task.operation is Operation.UP:
        outcome = stack.up(_program(task))
    else:
        outcome = stack.refresh() if task.operation is Operation.REFRESH else stack.destroy()
    with opened(cli, task.place, listener) as after:
        return Result(outcome, after.state)


def _refuse_missing(task: Task, stack: Stack) -> None:
    if not stack.state.exists:
        place = task.place
        raise StackMissingError(f'there is no stack {place.stack} in {place.backend.url}: `cpg-infra up` makes it')


def _tell_interrupted(task: Task, state: State, listener: Listener) -> None:
    names = sorted(name_of(each['resource']['urn']) for each in state.pending)
    shown = ', '.join(names[:5]) + (', …' if len(names) > len(names[:5]) else '')
    message = f'the last run was killed while it worked on {len(names)} of the resources, which are repaired: {shown}'
    listener({'event': 'note', 'stack': task.place.stack, 'message': message})


def _program(task: Task) -> partial[None]:
    if task.shard is None:
        raise TypeError('a program needs a shard')
    return partial(_emit, task.shard, task.facts, task.fingerprint)


def _emit(shard: Shard, facts: Facts, fingerprint: str) -> None:
    import pulumi  # noqa: PLC0415 - a task is made without it

    from cpg_infra.engine.emit import emit_shard  # noqa: PLC0415 - likewise
    from cpg_infra.engine.stacks import FINGERPRINT_OUTPUT  # noqa: PLC0415 - likewise

    # What there is to remark was said, with places in files, before the engine was started.
    plan = dataclasses.replace(shard.plan, diagnostics=shard.plan.errors)
    registered = emit_shard(dataclasses.replace(shard, plan=plan), facts)
    if fingerprint:
        # Known when every resource is there, so a run that failed leaves the old one.
        urns = pulumi.Output.all(*(resource.urn for resource in registered.values()))
        pulumi.export(FINGERPRINT_OUTPUT, urns.apply(lambda _: fingerprint))
