"""A plan cut into stacks.

Edges between stacks are those of the plan, not the word "dependency" of the configuration: the groups, caches and
billing projects of a dependency name people and programs of its dependants, so a dependant's stack goes first, and
that of the common dataset last. What every dataset needs of the organisation is in a small stack before all others.
Nothing here imports Pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

from cpg_infra.abstraction.dry_run import PREFIX
from cpg_infra.config.diagnostics import Diagnostic
from cpg_infra.engine.order import DependencyCycleError, in_dependency_order
from cpg_infra.engine.stacks.levels import levels
from cpg_infra.engine.stacks.parts import Parts
from cpg_infra.engine.stacks.placement import FOUNDATION, WHOLE, Placement
from cpg_infra.plan import DanglingReferenceError, Plan, PlanError, Ref, Resource, Value
from cpg_infra.plan.values import refs_of

Mode: TypeAlias = Literal['single', 'per-dataset']

RESERVED_OUTPUTS: Final = frozenset({'facts', 'fingerprint'})
"""Stack outputs that belong to the engine."""


class ShardCycleError(PlanError):
    """Stacks wait for each other. `cycle` begins and ends with the same name; the message names a resource of each."""

    def __init__(self, cycle: tuple[str, ...], because: Iterable[str]) -> None:
        self.cycle = cycle
        super().__init__(f'stacks wait for each other: {" → ".join(cycle)}; {", ".join(because)}')


class SecretFactError(PlanError):
    """A stack would hand a secret to another one, in clear."""


@dataclass(frozen=True)
class Shard:
    """What one stack deploys.

    `after` names the shards that must have run before; `reads` are outputs of their resources, `gives` outputs of
    its own resources that others read; `givers` says for each resource in `reads` which shard has it.
    """

    name: str
    plan: Plan
    after: tuple[str, ...] = ()
    reads: tuple[Ref, ...] = ()
    gives: tuple[Ref, ...] = ()
    givers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def deployed(self) -> tuple[Resource, ...]:
        """The resources that are registered with the engine: all but those of a dry run."""
        return tuple(resource for resource in self.plan.resources if not resource.type.startswith(PREFIX))

    @property
    def is_on_paper(self) -> bool:
        """Whether there is nothing to deploy: such a shard needs no stack."""
        return not self.deployed and not self.plan.outputs


def shards_of(plan: Plan, mode: Mode, common_dataset: str) -> tuple[Shard, ...]:
    """The shards of a plan, each after those that it needs. Every resource is in exactly one.

    Raises `ShardCycleError` when stacks would wait for each other, `SecretFactError` when one would read a secret
    of another, `DanglingReferenceError` when one reads what exists on paper only, and `PlanError` when a stack
    output has a reserved name.
    """
    for name in sorted(RESERVED_OUTPUTS & plan.outputs.keys()):
        raise PlanError(f'the stack output {name} has a name that the engine itself uses')
    return (Shard(WHOLE, plan),) if mode == 'single' else _Cut(plan, common_dataset).shards()


class _Cut:
    """One plan on its way to becoming shards."""

    def __init__(self, plan: Plan, common_dataset: str) -> None:
        self._plan = plan
        self._refs = {resource.name: tuple(dict.fromkeys(refs_of(resource.inputs))) for resource in plan.resources}
        self._placement = Placement(plan, common_dataset, self._needs)
        self._place = {resource.name: self._placement.of_resource(resource) for resource in plan.resources}
        self._outputs = {name: self._place_of_output(value) for name, value in plan.outputs.items()}
        # The order in which stacks that do not need each other are listed.
        everyone = {*self._place.values(), *self._outputs.values()} - {FOUNDATION, self._placement.last}
        self._names = (FOUNDATION, *sorted(everyone), self._placement.last)

    def _needs(self, name: str) -> Iterable[str]:
        yield from (ref.resource for ref in self._refs[name])
        yield from self._plan.resource_by_name[name].depends_on

    def _place_of_output(self, value: Value) -> str:
        """Beside the one stack that it tells of, else last."""
        places = {self._place[ref.resource] for ref in refs_of(value)}
        return places.pop() if len(places) == 1 else self._placement.last

    def shards(self) -> tuple[Shard, ...]:
        """The shards in order; those that would be empty are left out."""
        resources: dict[str, list[Resource]] = {name: [] for name in self._names}
        for resource in self._plan.resources:
            resources[self._place[resource.name]].append(resource)
        outputs: dict[str, dict[str, Value]] = {name: {} for name in self._names}
        for name, value in self._plan.outputs.items():
            outputs[self._outputs[name]][name] = value
        reads = {name: self._reads(name, resources[name], outputs[name]) for name in self._names}
        gives: dict[str, set[Ref]] = {name: set() for name in self._names}
        for read in reads.values():
            for ref in read:
                gives[self._place[ref.resource]].add(ref)
        edges = self._edges(outputs)
        parts = Parts(self._plan, self._placement.of_owner)
        return tuple(
            Shard(
                name,
                parts.part(name, resources[name], outputs[name], self._about(name, resources[name])),
                tuple(sorted(edges[name])),
                reads[name],
                _in_order(gives[name]),
                {ref.resource: self._place[ref.resource] for ref in reads[name]},
            )
            for name in self._ordered(edges)
            if resources[name] or outputs[name]
        )

    def _reads(self, name: str, resources: Sequence[Resource], outputs: Mapping[str, Value]) -> tuple[Ref, ...]:
        found: set[Ref] = set()
        for resource in resources:
            if not resource.type.startswith(PREFIX):
                found.update(ref for ref in self._refs[resource.name] if self._place[ref.resource] != name)
        for value in outputs.values():
            found.update(ref for ref in refs_of(value) if self._place[ref.resource] != name)
        for ref in found:
            self._refuse(name, ref)
        return _in_order(found)

    def _refuse(self, name: str, ref: Ref) -> None:
        giver = self._plan.resource_by_name[ref.resource]
        if giver.type.startswith(PREFIX):
            raise DanglingReferenceError(f'stack {name} needs {ref.resource}, which is not registered')
        if ref.output in giver.options.secret_outputs or ref.output in giver.options.secret_inputs:
            raise SecretFactError(f'stack {name} reads the secret {ref} of stack {self._place[ref.resource]}')

    def _edges(self, outputs: Mapping[str, Mapping[str, Value]]) -> dict[str, dict[str, tuple[str, str]]]:
        """For each stack those that it needs, each with an example: who needs what."""
        edges: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in self._names}
        for resource in self._plan.resources:
            here = self._place[resource.name]
            for other in self._needs(resource.name):
                if (there := self._place[other]) != here:
                    edges[here].setdefault(there, (resource.name, other))
        for here, values in outputs.items():
            for name, value in values.items():
                for ref in refs_of(value):
                    if (there := self._place[ref.resource]) != here:
                        edges[here].setdefault(there, (f'the stack output {name}', ref.resource))
        return edges

    def _ordered(self, edges: Mapping[str, Mapping[str, tuple[str, str]]]) -> Sequence[str]:
        """Level by level."""
        try:
            level = levels(in_dependency_order(self._names, edges.__getitem__), edges.__getitem__)
            return sorted(self._names, key=level.__getitem__)
        except DependencyCycleError as error:
            steps = zip(error.cycle, error.cycle[1:], strict=False)
            because = (' needs '.join(edges[here][there]) for here, there in steps)
            raise ShardCycleError(error.cycle, because) from None

    def _about(self, name: str, resources: Sequence[Resource]) -> Callable[[Diagnostic], bool]:
        datasets = {resource.owner.dataset for resource in resources}

        def about(remark: Diagnostic) -> bool:
            if remark.path[:1] == ('dataset',) and len(remark.path) > 1:
                return remark.path[1] in datasets and name != FOUNDATION
            return name == self._placement.last

        return about


def _in_order(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    return tuple(sorted(refs, key=lambda ref: (ref.resource, ref.output)))
