"""Whether a stack can be left alone: nothing new to tell it, and its state is what it was told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpg_infra.engine.automation.state import State
from cpg_infra.engine.stacks import FINGERPRINT_OUTPUT, Shard
from cpg_infra.plan import Archive, Computed, Lookup, Ref, Value
from cpg_infra.plan.values import is_known


def is_unchanged(shard: Shard, fingerprint: str, state: State) -> bool:
    """Whether the last run was successful, was told the same, and the state still agrees.

    The fingerprint alone does not say so: a refresh brings drift into the state, a deletion may have failed after
    everything else was done, and somebody may have edited the state.
    """
    if state.outputs.get(FINGERPRINT_OUTPUT) != fingerprint or not state.is_settled:
        return False
    things = {each['urn'].rpartition('::')[2]: each for each in state.things}
    return things.keys() == {resource.name for resource in shard.deployed} and all(
        bool(things[resource.name].get('protect')) == resource.options.protect
        and _agrees(resource.inputs, things[resource.name].get('inputs') or {}, resource.options.secret_inputs)
        for resource in shard.deployed
    )


def _agrees(planned: Mapping[str, Value], kept: Mapping[str, Any], secret: tuple[str, ...]) -> bool:
    return all(_same(value, kept.get(key)) for key, value in planned.items() if key not in secret and value is not None)


def _same(planned: Value, kept: Any) -> bool:  # noqa: ANN401 - whatever a state holds
    """Whether a state holds what was planned. Providers add keys of their own; what is deferred is not compared."""
    if isinstance(planned, Ref | Lookup | Computed):
        return True
    if isinstance(planned, Archive):
        return isinstance(kept, Mapping) and kept.get('hash') == planned.sha256
    if isinstance(planned, Mapping):
        return isinstance(kept, Mapping) and all(
            _same(value, kept.get(key)) for key, value in planned.items() if value is not None
        )
    if isinstance(planned, list | tuple):
        if not is_known(planned):
            return True
        return (
            isinstance(kept, list)
            and len(kept) == len(planned)
            and all(_same(one, other) for one, other in zip(planned, kept, strict=True))
        )
    return bool(planned == kept)
