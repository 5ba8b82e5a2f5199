"""Deferred values become Pulumi outputs, as deep inside an input as possible.

Only the deferred part of an input turns into an output, so that a preview still shows the rest. Secretness and
unknowns travel with the outputs: what is computed from a secret is secret, what is computed from an unknown is
unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeAlias, cast

import pulumi

from cpg_infra.engine.archives import file_of
from cpg_infra.engine.providers import version_of
from cpg_infra.engine.stacks.facts import Facts
from cpg_infra.engine.survey import Leaf, collect_leaves, leaves_of
from cpg_infra.plan import Archive, Computed, Json, Lookup, Ref, Resource, Text, Value
from cpg_infra.plan.computations import evaluate_value

Reply: TypeAlias = dict[str, Json]
"""What a provider function answers."""


class Outputs:
    """Makes outputs of deferred values. Equal ones are made once in a run, and a look-up is asked once."""

    def __init__(
        self, resources: Mapping[str, Resource], registered: Mapping[str, pulumi.CustomResource], facts: Facts
    ) -> None:
        self._resources = resources
        self._registered = registered
        self._facts = facts
        self._replies: dict[tuple[str, tuple[tuple[str, Text], ...]], pulumi.Output[Reply]] = {}
        self._leaves: dict[Leaf, pulumi.Output[Json]] = {}
        self._computed: dict[Computed, pulumi.Output[Json]] = {}

    def fill(self, value: Value) -> pulumi.Input[object]:
        """The value with an output in the place of each deferred part; a plain value is handed back as it is.

        The resources that it refers to must have been registered.
        """
        if isinstance(value, Ref | Lookup):
            return self._leaf(value)
        if isinstance(value, Computed):
            return self._compute(value)
        if isinstance(value, Archive):
            # An asset and not an archive: Pulumi would pack it anew, and its bytes are what the name was made of.
            return pulumi.FileAsset(str(file_of(value)))
        if not collect_leaves(value, []):
            return value
        if isinstance(value, Mapping):
            return {key: self.fill(item) for key, item in value.items()}
        return [self.fill(item) for item in cast('list[Value]', value)]

    def _leaf(self, leaf: Leaf) -> pulumi.Output[Json]:
        output = self._leaves.get(leaf)
        if output is None:
            output = self._leaves[leaf] = self._read(leaf) if isinstance(leaf, Ref) else self._look_up(leaf)
        return output

    def _read(self, ref: Ref) -> pulumi.Output[Json]:
        if ref.resource not in self._resources:
            return self._fact(ref)
        # Not by attribute: an output may have the name of one that every resource has.
        output: pulumi.Output[Json] = self._registered[ref.resource].__dict__[ref.output]

        def present(value: Json) -> Json:
            # The SDK drops an input that is None, and the dependency with it: a misspelt output would pass unseen.
            if value is None and not pulumi.runtime.is_dry_run():
                raise pulumi.RunError(f'{ref} is not known: the provider did not say it')
            return value

        output = output.apply(present)
        options = self._resources[ref.resource].options
        if ref.output in options.secret_outputs or ref.output in options.secret_inputs:
            # The engine marks them too, but not before it knows them: a preview must not show less secrecy.
            return pulumi.Output.secret(output)
        return output

    def _fact(self, ref: Ref) -> pulumi.Output[Json]:
        """What another stack told, else an unknown: only a preview comes here without having been told."""
        value = self._facts.get(ref.resource, {}).get(ref.output)
        return _unknown() if value is None else pulumi.Output.from_input(value)

    def _look_up(self, lookup: Lookup) -> pulumi.Output[Json]:
        question = (lookup.function, lookup.arguments)
        reply = self._replies.get(question)
        if reply is None:
            options = pulumi.InvokeOutputOptions(version=version_of(lookup.function))
            arguments = {name: self.fill(argument) for name, argument in lookup.arguments}
            reply = pulumi.runtime.invoke_output(lookup.function, arguments, options)
            self._replies[question] = reply

        def pick(answer: Reply) -> Json:
            if lookup.output not in answer:
                raise pulumi.RunError(f'{lookup} is not known: the answer of {lookup.function} does not have it')
            return answer[lookup.output]

        return reply.apply(pick)

    def _compute(self, computed: Computed) -> pulumi.Output[Json]:
        try:
            output = self._computed.get(computed)
        except TypeError:  # an argument that is a list or a mapping has no hash
            return self._evaluation(computed)
        if output is None:
            output = self._computed[computed] = self._evaluation(computed)
        return output

    def _evaluation(self, computed: Computed) -> pulumi.Output[Json]:
        # One output for the whole computation: each plain argument as an output of its own would be a task.
        leaves = leaves_of(computed)

        def evaluate(arrived: list[Json]) -> Json:
            known = dict(zip(leaves, arrived, strict=True))

            def resolve(value: Value) -> Json:
                return known[value] if isinstance(value, Ref | Lookup) else cast('Json', value)

            return evaluate_value(computed, resolve)

        return pulumi.Output.all(*map(self._leaf, leaves)).apply(evaluate)


def _unknown() -> pulumi.Output[Json]:
    nothing: asyncio.Future[set[pulumi.Resource]] = asyncio.Future()
    nothing.set_result(set())
    value: asyncio.Future[Json] = asyncio.Future()
    value.set_result(None)
    is_known: asyncio.Future[bool] = asyncio.Future()
    is_known.set_result(False)
    return pulumi.Output(nothing, value, is_known)
