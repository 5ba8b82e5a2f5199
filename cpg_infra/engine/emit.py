"""Registers a plan with Pulumi, in one flat loop.

Generic resources only: typed provider classes cost up to eight times as much and add nothing to a plan that the
conformance tests have checked. No component resources (depending on one means depending on all its children), and
providers of our own only where the plan says so: each costs a process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi

from cpg_infra.abstraction.dry_run import PREFIX
from cpg_infra.config.diagnostics import Severity
from cpg_infra.engine.collector import collector_resting
from cpg_infra.engine.order import in_dependency_order
from cpg_infra.engine.outputs import Outputs
from cpg_infra.engine.own_providers import own_providers, refuse_other_settings
from cpg_infra.engine.pacing import UnderWay
from cpg_infra.engine.refused import PlanRefusedError
from cpg_infra.engine.registration import GenericResource, resource_options, stack_traces_left_out, start_registrations
from cpg_infra.engine.sdk_log import leave_out_debug_log
from cpg_infra.engine.stacks.facts import FACTS_OUTPUT, Facts, MissingFactsError, facts_output, missing_facts
from cpg_infra.engine.stacks.shards import Shard
from cpg_infra.engine.survey import Survey, survey
from cpg_infra.plan import Plan, PlanError, Ref, Resource, Value
from cpg_infra.plan.values import refs_of


def emit(
    plan: Plan, *, facts: Facts | None = None, gives: Iterable[Ref] = (), givers: Mapping[str, str] | None = None
) -> Mapping[str, pulumi.CustomResource]:
    """Register the plan's resources and stack outputs with the running Pulumi program; resources by logical name.

    Resources of a dry run are counted in the log and not registered, nor are stack outputs that need one.
    Warnings go to the log. Nothing is registered when the plan is refused: raises `PlanRefusedError` when it has
    diagnostics of severity error or the stack's settings are for another plan, `PlanError` when its resources contradict each other (`DependencyCycleError`,
    `DanglingReferenceError`).

    With `facts`, even empty ones, the plan is a part of a larger one: what it reads of other parts is taken from
    there. A missing fact is an unknown in a preview; in an update nothing is registered then: raises
    `MissingFactsError`, which names the stacks to run first as far as `givers` knows them. What `gives` names is
    exported as the stack output `facts`.
    """
    if plan.errors:
        raise PlanRefusedError(plan.errors)
    resources = {resource.name: resource for resource in plan.resources if not resource.type.startswith(PREFIX)}
    on_paper = {resource.name for resource in plan.resources if resource.name not in resources}
    outputs = {name: value for name, value in plan.outputs.items() if not _needs(value, on_paper)}
    left_out = len(plan.outputs) - len(outputs)
    if given := facts_output(gives):
        outputs[FACTS_OUTPUT] = given
    found = survey(resources, outputs, absent=on_paper, is_part=facts is not None)
    missing = missing_facts(found.from_elsewhere, facts or {})
    if missing and not pulumi.runtime.is_dry_run():
        raise MissingFactsError(missing, givers or {})
    refuse_other_settings(plan, resources.values())
    leave_out_debug_log()
    registered = _register(plan, resources, outputs, found, facts or {})
    _tell(plan, len(on_paper), left_out)
    return registered


def emit_shard(shard: Shard, facts: Facts) -> Mapping[str, pulumi.CustomResource]:
    """Register what one stack deploys, told the `facts` of the stacks before it. Raises what `emit` raises."""
    return emit(shard.plan, facts=facts, gives=shard.gives, givers=shard.givers)


def _register(
    plan: Plan, planned: Mapping[str, Resource], outputs: Mapping[str, Value], found: Survey, facts: Facts
) -> dict[str, pulumi.CustomResource]:
    order = in_dependency_order(planned, found.needs)
    _refuse_unknown_secrets(planned)
    registered: dict[str, pulumi.CustomResource] = {}
    values = Outputs(planned, registered, facts)
    providers = own_providers(plan, planned.values())
    under_way = UnderWay()
    with collector_resting(under_way.all_ended):
        for name in order:
            resource = planned[name]
            inputs = _inputs(resource, found, values)
            first = [registered[other] for other in found.waits_for.get(name, ())]
            with stack_traces_left_out():
                options = resource_options(resource, first, providers.get(resource.provider or ''))
                registered[name] = GenericResource(resource.type, name, inputs, options)
            under_way.add(registered[name])
        for name, value in outputs.items():
            pulumi.export(name, values.fill(value))
        start_registrations()
    return registered


def _inputs(resource: Resource, found: Survey, values: Outputs) -> dict[str, pulumi.Input[object]]:
    # A copy, because what transformations do to the inputs is not to reach the plan. An output can be read only
    # when its key is among the inputs; None stands for "not an input".
    inputs: dict[str, pulumi.Input[object]] = dict(resource.inputs)
    for key in found.read_outputs.get(resource.name, ()):
        inputs.setdefault(key)
    for key in found.deferred.get(resource.name, ()):
        inputs[key] = values.fill(resource.inputs[key])
    for key in resource.options.secret_inputs:
        inputs[key] = pulumi.Output.secret(inputs[key])
    return inputs


def _needs(value: Value, names: set[str]) -> bool:
    return bool(names) and any(ref.resource in names for ref in refs_of(value))


def _refuse_unknown_secrets(planned: Mapping[str, Resource]) -> None:
    """A misspelt secret input would go to the state in clear."""
    for resource in planned.values():
        for key in resource.options.secret_inputs:
            if key not in resource.inputs:
                raise PlanError(f'{resource.name}: the secret input {key} is not among its inputs')


def _tell(plan: Plan, resources_on_paper: int, outputs_on_paper: int) -> None:
    for remark in plan.diagnostics:
        log = pulumi.log.warn if remark.severity is Severity.WARNING else pulumi.log.info
        log(str(remark))
    if resources_on_paper:
        pulumi.log.info(
            f'dry run: {resources_on_paper} resources and {outputs_on_paper} stack outputs are planned, not registered'
        )
