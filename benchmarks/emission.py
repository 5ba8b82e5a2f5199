"""What it costs to register a plan, against a bare loop that registers as many generic resources.

Both run in this process under the SDK's mocks, in turns; the figure is the median of the ratios of neighbouring
runs. Times are processor time, which a busy machine changes less: nothing here waits. The bare loop gets the same types, names and plain inputs, and nothing
of what a plan knows beyond them: no options, no dependencies, no outputs.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import pulumi
from pulumi.runtime import mocks, settings, stack

from benchmarks.organisation import SUBSCRIPTION, datasets, on_both_clouds, organisation
from cpg_infra.config import CPGDatasetConfig, CPGInfrastructureConfig
from cpg_infra.driver import Infrastructure
from cpg_infra.engine.emit import emit
from cpg_infra.plan import Lookup, Plan, Ref, Value
from cpg_infra.plan.computations import evaluate_value
from cpg_infra.plan.values import unknowns_of

DATASETS: Final = 30
DATASETS_ON_BOTH: Final = 15
USERS: Final = 100
REPETITIONS: Final = 3
GOAL: Final = 1.2

TODAY_SECONDS: Final = 94
"""What the program that deploys today takes for 30 datasets under the same mocks."""

Inputs = dict[str, object]

TEXT: Final = 'b3V0'
"""Stands for everything that a deployment fills in; base 64, because some of it is decoded."""


def main() -> None:
    """Print the size of each plan, the seconds of both loops and their ratio."""
    began = time.process_time()
    plan = plan_of(DATASETS)
    planning = time.process_time() - began
    emitted = compare(plan, f'{DATASETS} full datasets')
    share = (planning + emitted) / TODAY_SECONDS
    print(f'  planning + emission        {planning + emitted:6.2f} s  {share:.0%} of {TODAY_SECONDS} s, goal: ≤ 10%')
    os.environ['ARM_SUBSCRIPTION_ID'] = SUBSCRIPTION
    compare(plan_of(DATASETS_ON_BOTH, both_clouds=True), f'{DATASETS_ON_BOTH} full datasets on both clouds')


def compare(plan: Plan, what: str) -> float:
    """Register a plan and a bare loop of as many resources in turns, print both; the seconds of the plan."""
    bare = [(resource.type, resource.name, plain(resource.inputs)) for resource in plan.resources]

    def register_bare() -> None:
        for kind, name, inputs in bare:
            pulumi.CustomResource(kind, name, inputs)

    def register_bare_at_rest() -> None:
        gc.disable()
        register_bare()

    rounds = [
        (_seconds(lambda: emit(plan), plan), _seconds(register_bare, plan), _seconds(register_bare_at_rest, plan))
        for _ in range(REPETITIONS)
    ]
    emitted, looped, rested = (float(statistics.median(times)) for times in zip(*rounds, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs, _ in rounds)
    same_terms = statistics.median(mine / theirs for mine, _, theirs in rounds)
    count = len(plan.resources)
    print(f'emission of {count:,} resources ({what}), in-process mocks, processor time, medians of {REPETITIONS}')
    print(f'  plan                       {emitted:6.2f} s  {emitted / count * 1000:5.2f} ms each')
    print(f'  bare loop                  {looped:6.2f} s  {looped / count * 1000:5.2f} ms each')
    print(f'  … garbage collector off    {rested:6.2f} s  {rested / count * 1000:5.2f} ms each')
    print(f'  plan / bare loop           {ratio:6.2f}    goal: ≤ {GOAL}')
    print(f'  … garbage collector off    {same_terms:6.2f}    the emission turns it off too')
    return emitted


def plan_of(count: int, *, both_clouds: bool = False) -> Plan:
    """The plan of a generated organisation with `count` datasets."""
    config = CPGInfrastructureConfig.from_dict(on_both_clouds(USERS) if both_clouds else organisation(USERS))
    configs = [
        CPGDatasetConfig.from_dict({'dataset': name, **data})
        for name, data in datasets(count, USERS, everything=True, both_clouds=both_clouds).items()
    ]
    # What there is to remark is not news here.
    return replace(Infrastructure(config, configs).plan(), diagnostics=())


def plain(inputs: Mapping[str, Value]) -> Inputs:
    """The inputs with a text in the place of everything that a deployment fills in."""

    def resolve(value: Value) -> str | Value:
        return TEXT if isinstance(value, Ref | Lookup) else value

    return {key: evaluate_value(value, resolve) for key, value in inputs.items()}  # type: ignore[arg-type]  # no leaf is left


def _seconds(program: Callable[[], object], plan: Plan) -> float:
    """Run a program to its end; the processor time that took. Raises RuntimeError when it did not register the whole plan."""
    cloud = _Cloud(plan)
    gc.collect()
    began = time.process_time()
    try:
        contextvars.copy_context().run(_run, program, mocks.MockMonitor(cloud))
    finally:
        gc.enable()
    took = time.process_time() - began
    if cloud.registered != len(plan.resources):
        raise RuntimeError(f'{cloud.registered} of {len(plan.resources)} resources were registered')
    return took


class _Cloud(mocks.Mocks):
    """Answers with the inputs and with a text for every output that is read."""

    def __init__(self, plan: Plan) -> None:
        self.registered = 0
        self.outputs: dict[str, Inputs] = {}
        for leaf in (leaf for resource in plan.resources for leaf in unknowns_of(resource.inputs)):
            answers = leaf.resource if isinstance(leaf, Ref) else leaf.function
            self.outputs.setdefault(answers, {})[leaf.output] = TEXT

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, Inputs]:
        self.registered += 1
        return args.name, {**self.outputs.get(args.name, {}), **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[Inputs, list[tuple[str, str]]]:
        return self.outputs[args.token], []


def _run(program: Callable[[], object], monitor: mocks.MockMonitor) -> None:
    settings.configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK's mocks have no types
            monitor=monitor,
            monitor_features=set(),
            engine=mocks.MockEngine(None),
            project='project',
            stack='stack',
            organization='organization',
            dry_run=False,
            callbacks=None,
            outputs=set(),
            lock=threading.Lock(),
        )
    )
    settings.ROOT.set(None)
    loop = asyncio.new_event_loop()

    def finished() -> None:
        program()

    # One thread, as busy as the program lets it be: more of them only compete for the interpreter.
    with ThreadPoolExecutor(1) as threads:
        loop.set_default_executor(threads)
        loop.run_until_complete(stack.run_in_stack(finished))
    loop.close()


if __name__ == '__main__':
    main()
