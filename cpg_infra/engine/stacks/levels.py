"""Which stacks can run side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpg_infra.engine.stacks.shards import Shard


def levels_of(shards: Iterable[Shard]) -> Mapping[str, int]:
    """The level of each shard, by name: 0 when it needs none, else one above the highest that it needs.

    Shards of one level do not need each other. `shards` are in an order that respects `after`, as `shards_of`
    returns them.
    """
    levels: dict[str, int] = {}
    for shard in shards:
        levels[shard.name] = max((levels[other] + 1 for other in shard.after), default=0)
    return levels
