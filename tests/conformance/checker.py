"""Holds a plan against what its providers know, and says of everything that does not fit where it is.

A plan names types, inputs and outputs as data, so a slip of the pen would be found only by a cloud. For every
resource this checks: the type exists; every key of its inputs exists, nested ones too, and every required one is
there; values have the shape that is due (where the SDK has a text, a number is a fault); references name outputs
that exist and have the shape that is due; look-ups name functions, arguments and outputs that exist; options name
properties that exist; what the provider keeps secret is secret; nothing is deprecated.

What a dry run shows is not for a provider, so it is left out; nothing that is deployed may refer to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, get_type_hints

from cpg_infra.config import Cloud
from cpg_infra.plan import Computed, Json, Lookup, Plan, Ref, Resource
from cpg_infra.plan.computations import COMPUTATIONS
from cpg_infra.plan.values import refs_of
from tests.conformance.fitting import Faults, faults, fits, record_faults, unknown
from tests.conformance.shapes import FLAG, NUMBER, TEXT, AnyOf, Anything, Catalogue, Function, ResourceType, Shape

EVERY_RESOURCE_HAS: Final[Mapping[str, Shape]] = {'id': TEXT, 'urn': TEXT}

NOT_SECRET: Final = frozenset({'effectiveLabels', 'pulumiLabels'})
"""Derived from labels, which the SDK hides because default labels might hold anything; ours are names."""

FITS_IN_A_TEXT: Final = AnyOf((TEXT, NUMBER, FLAG))
"""What a computation can put into a text."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something that a provider would refuse: of what, at which key, and what is wrong."""

    resource: str
    path: str
    message: str

    def __str__(self) -> str:
        return f'{self.resource}: {self.path}: {self.message}'


def is_on_paper(resource: Resource) -> bool:
    """Whether a resource is of a dry run."""
    return resource.owner.cloud == Cloud.DRY_RUN


def registered(plan: Plan) -> tuple[Resource, ...]:
    """The resources that a provider will hear of."""
    return tuple(resource for resource in plan.resources if not is_on_paper(resource))


class Checker:
    """Holds plans against catalogues, which are found by the first part of a type token: `gcp`, `cpg`."""

    def __init__(self, catalogues: Mapping[str, Catalogue]) -> None:
        self.catalogues = catalogues

    def check(self, plan: Plan) -> list[Finding]:
        """Everything in a plan that does not fit, in canonical order."""
        return sorted(_Check(self, plan).findings())

    def resource_type(self, token: str) -> ResourceType | str:
        """A type, or why there is none."""
        catalogue = self._catalogue(token)
        if isinstance(catalogue, str):
            return catalogue
        try:
            return catalogue.resource_type(token)
        except KeyError:
            return unknown('type', token, tuple(catalogue.tokens_like(token)))

    def function(self, token: str) -> Function | str:
        """A function, or why there is none."""
        catalogue = self._catalogue(token)
        if isinstance(catalogue, str):
            return catalogue
        try:
            return catalogue.function(token)
        except KeyError:
            return f"no function '{token}'"

    def _catalogue(self, token: str) -> Catalogue | str:
        package = token.partition(':')[0]
        return self.catalogues.get(package) or unknown('provider', package, self.catalogues)


class _Check:
    """One run over one plan."""

    def __init__(self, checker: Checker, plan: Plan) -> None:
        self.checker = checker
        self.resources = plan.resource_by_name
        self.on_paper = {resource.name for resource in plan.resources if is_on_paper(resource)}
        self.plan = plan

    def findings(self) -> Iterator[Finding]:
        for resource in registered(self.plan):
            where = f'{resource.name} ({resource.type})'
            type_ = self.checker.resource_type(resource.type)
            found = [('type', type_)] if isinstance(type_, str) else self._resource(resource, type_)
            yield from (Finding(where, path, message) for path, message in found)
        for name, value in self.plan.outputs.items():
            if any(ref.resource in self.on_paper for ref in refs_of(value)):
                continue  # A stack output is left out together with what it needs.
            for path, message in faults(value, Anything(), name, self._deferred):
                yield Finding('stack outputs', path, message)

    def _resource(self, resource: Resource, type_: ResourceType) -> Faults:
        yield from record_faults(resource.inputs, type_.inputs, '', self._deferred)
        options = resource.options
        yield from _known(options.ignore_changes, type_.outputs.keys() | type_.inputs.keys(), 'options.ignore_changes')
        yield from _known(options.secret_inputs, type_.inputs, 'options.secret_inputs')
        yield from _known(options.secret_outputs, type_.outputs, 'options.secret_outputs')
        there = resource.inputs.keys() | (type_.outputs.keys() - type_.inputs.keys())
        for name in sorted(type_.secrets & there - NOT_SECRET - {*options.secret_inputs, *options.secret_outputs}):
            yield name, 'the provider keeps this secret, and neither secret_inputs nor secret_outputs names it'

    def _deferred(self, value: Ref | Lookup | Computed, shape: Shape, path: str) -> Faults:
        match value:
            case Ref():
                yield from self._reference(value, shape, path)
            case Lookup():
                yield from self._looked_up(value, shape, path)
            case Computed():
                yield from self._computed(value, shape, path)

    def _reference(self, ref: Ref, shape: Shape, path: str) -> Faults:
        target = self.resources.get(ref.resource)
        if target is None:
            yield path, unknown('resource', ref.resource, self.resources)
            return
        if ref.resource in self.on_paper:
            yield path, f'{ref} is of a dry run, which is never deployed'
            return
        type_ = self.checker.resource_type(target.type)
        if isinstance(type_, str):
            return  # It is told at the resource itself.
        outputs = {**type_.outputs, **EVERY_RESOURCE_HAS}
        if ref.output not in outputs:
            yield f'{path} → {ref}', unknown(f'output of {target.type}', ref.output, outputs)
        elif not fits(outputs[ref.output], shape):
            yield path, f'must be {shape}, and {ref} is {outputs[ref.output]}'

    def _looked_up(self, lookup: Lookup, shape: Shape, path: str) -> Faults:
        function = self.checker.function(lookup.function)
        if isinstance(function, str):
            yield path, function
            return
        yield from record_faults(
            dict(lookup.arguments), function.arguments, f'{path} → {lookup.function}', self._deferred
        )
        if lookup.output not in function.outputs:
            yield f'{path} → {lookup}', unknown(f'output of {lookup.function}', lookup.output, function.outputs)
        elif not fits(function.outputs[lookup.output], shape):
            yield path, f'must be {shape}, and {lookup} is {function.outputs[lookup.output]}'

    def _computed(self, computed: Computed, shape: Shape, path: str) -> Faults:
        function = COMPUTATIONS.get(computed.function)
        if function is None:
            yield path, unknown('computation', computed.function, COMPUTATIONS)
            return
        if _makes_a_text(function) and not fits(TEXT, shape):
            yield path, f'must be {shape}, and {computed.function} makes a text'
        for position, argument in enumerate(computed.arguments):
            begin = f'{path} → {computed.function}[{position}]'
            yield from faults(argument, FITS_IN_A_TEXT, begin, self._deferred)


def _known(names: Iterable[str], known: Collection[str], path: str) -> Faults:
    """What options name must exist; of a path into a property, its beginning."""
    for name in names:
        begin = name.partition('.')[0].partition('[')[0]
        if begin not in known:
            yield path, unknown('property', begin, known)


@cache
def _makes_a_text(function: Callable[..., Json]) -> bool:
    return get_type_hints(function)['return'] is str
