"""One generic resource as Pulumi sees it, and its options.

Three habits of the Python SDK make large programs slow or fail; they are dealt with here and nowhere else, and
`tests/engine/test_chains.py` fails should a new release of the SDK need something else.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pulumi
from pulumi.runtime.sync_await import _sync_await

from cpg_infra.engine.providers import version_of
from cpg_infra.plan import Resource


class GenericResource(pulumi.CustomResource):
    """A resource without a class of its own: its type token and its inputs are data.

    The SDK looks for dependency cycles by walking, recursively, over all ancestors of every resource that is
    depended on. An emission is already in order, so there is none; the walk made chains of some hundred
    resources overflow the stack. Claiming to have no ancestors spares it.
    """

    @property
    def _direct_computed_dependencies(self) -> frozenset[pulumi.Resource]:
        return frozenset()

    @_direct_computed_dependencies.setter
    def _direct_computed_dependencies(self, _: set[pulumi.Resource]) -> None:
        """The SDK wants to remember a dependency: see above."""


def start_registrations() -> None:
    """Let the event loop take one turn, in which every registration enters the SDK's list of pending calls.

    A Pulumi program that never yields leaves that list empty when the SDK begins to wait for it. The SDK then
    waits for all pending outputs instead, and looks at every one of them each time that one arrives: a time that
    grows with the square of the program.
    """
    _sync_await(asyncio.sleep(0))


@contextmanager
def stack_traces_left_out() -> Iterator[None]:
    """Take no stack traces in the block.

    The SDK walks over the whole stack for every resource, to show which line of a program made it. For a plan that
    is always the same loop; which configuration asked for a resource is in the plan.
    """
    before = getattr(sys, 'tracebacklimit', None)
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before


def resource_options(
    resource: Resource, depends_on: Iterable[pulumi.Resource], provider: pulumi.ProviderResource | None = None
) -> pulumi.ResourceOptions:
    """The options of `resource` as Pulumi spells them; it comes after `depends_on` and what its inputs refer to.

    Without a `provider` the default one of its package makes it.
    """
    options = resource.options
    return pulumi.ResourceOptions(
        protect=options.protect or None,
        retain_on_delete=options.retain or None,
        ignore_changes=list(options.ignore_changes) or None,
        delete_before_replace=options.delete_before_replace or None,
        # Providers hand inputs back as outputs: what is secret as one is secret as the other.
        additional_secret_outputs=[*options.secret_outputs, *options.secret_inputs] or None,
        aliases=[pulumi.Alias(name=name) for name in options.aliases] or None,
        version=version_of(resource.type),
        provider=provider,
        depends_on=list(depends_on) or None,
    )
