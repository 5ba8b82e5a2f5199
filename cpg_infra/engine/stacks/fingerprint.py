"""Whether a stack would be told anything new: the fingerprint of what its last successful run was told.

It covers what an emission reads and nothing else: registered resources, stack outputs, the facts read and given, the
version of this program, and those of the providers that serve the shard. What look-ups answer is not known before a
run and is not covered.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Final

from cpg_infra.engine.providers import own_version, version_of
from cpg_infra.engine.stacks.facts import Facts, chosen_facts
from cpg_infra.engine.stacks.shards import Shard
from cpg_infra.plan import Computed, Lookup, Value

FINGERPRINT_OUTPUT: Final = 'fingerprint'
"""The stack output that holds the fingerprint of the last successful run."""


def fingerprint(shard: Shard, facts: Facts) -> str:
    """SHA-256, in hexadecimal, of what deploying `shard` with `facts` depends on."""
    told = dataclasses.replace(
        shard.plan,
        resources=shard.deployed,
        assets=(),
        principals=(),
        groups=(),
        memberships=(),
        grants=(),
        entitlements=(),
        diagnostics=(),
    )
    rest = {
        'facts': chosen_facts(shard.reads, facts),
        'gives': [[ref.resource, ref.output] for ref in shard.gives],
        'program': own_version(),
        'providers': provider_versions(shard),
    }
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode())
    digest.update(b'\n')
    digest.update(told.canonical_bytes())
    return digest.hexdigest()


def provider_versions(shard: Shard) -> dict[str, str | None]:
    """The version of each provider that serves the shard, by package; None where it is not pinned."""
    tokens = {resource.type for resource in shard.deployed}
    for resource in shard.deployed:
        for value in resource.inputs.values():
            _gather_functions(value, tokens)
    for value in shard.plan.outputs.values():
        _gather_functions(value, tokens)
    return {token.partition(':')[0]: version_of(token) for token in sorted(tokens)}


def _gather_functions(value: Value, found: set[str]) -> None:
    if value is None or isinstance(value, str | bool | int | float):
        return
    if isinstance(value, Lookup):
        found.add(value.function)
        for _, text in value.arguments:
            _gather_functions(text, found)
    elif isinstance(value, Computed):
        for argument in value.arguments:
            _gather_functions(argument, found)
    elif isinstance(value, dict):
        for item in value.values():
            _gather_functions(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _gather_functions(item, found)
