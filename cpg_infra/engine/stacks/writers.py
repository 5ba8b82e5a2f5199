"""Each policy, group, member list and blob has one writer stack.

Two stacks that write the same thing undo each other's work, or lose a race. `shards_of` puts every policy beside the
thing that it is the policy of; what can still go wrong is a plugin, or two resources, writing one thing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from cpg_infra.config.diagnostics import ORGANISATION, Diagnostic, Path, Severity, dataset_path, in_order
from cpg_infra.engine.stacks.shards import Shard
from cpg_infra.plan import Grant, Plan, Resource

_POLICY: Final = re.compile(r'^(?P<thing>.*?)IAM(Member|Binding|Policy|AuditConfig)$', re.IGNORECASE)
"""The class of a policy resource of Google: `BucketIAMBinding`, `RepositoryIamMember`, `IAMMember`."""

_NOT_SCOPE: Final = frozenset({'role', 'member', 'members', 'condition', 'policyData', 'etag'})
"""The inputs of a policy resource that say who and what; all others say whose policy it is."""


def check_single_writers(shards: Iterable[Shard]) -> tuple[Diagnostic, ...]:
    """An error for everything that more than one shard writes; on paper, too."""
    writers: dict[str, dict[str, Resource]] = {}
    for shard in shards:
        for resource in shard.plan.resources:
            for target in _targets(resource, shard.plan):
                writers.setdefault(target, {}).setdefault(shard.name, resource)
    return in_order(_refusal(target, by) for target, by in sorted(writers.items()) if len(by) > 1)


def _refusal(target: str, by: Mapping[str, Resource]) -> Diagnostic:
    said = ' and '.join(f'{stack} ({resource.name})' for stack, resource in sorted(by.items()))
    owner = next(iter(by.values())).owner
    return Diagnostic('two-writers', f'{target} is written by two stacks: {said}', _path(owner.dataset), Severity.ERROR)


def _path(dataset: str) -> Path:
    return dataset_path(dataset) if dataset else ORGANISATION


def _targets(resource: Resource, plan: Plan) -> Iterator[str]:
    """What a resource writes, in words; equal words are one thing."""
    yield f'the resource {resource.name}'
    yield f'{resource.type} {resource.physical}'
    package, _, rest = resource.type.partition(':')
    policy = _POLICY.match(rest.rpartition(':')[2])
    if policy is not None:
        # By inputs, because what a plugin declares raw stands for no grant.
        scope = {name: str(value) for name, value in resource.inputs.items() if name not in _NOT_SCOPE}
        kind = ' '.join((package, rest.partition('/')[0], policy['thing'].lower())).strip()
        yield f'the policy of {kind} {", ".join(f"{name} {value}" for name, value in sorted(scope.items()))}'
        return
    for key in resource.intents:
        grant = plan.intent_by_key.get(key)
        if isinstance(grant, Grant):
            yield f'the policy of {grant.asset}'
