"""Which stacks can run side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cpg_infra.engine.stacks.shards import Shard


def levels_of(shards: Iterable[Shard]) -> Mapping[str, int]:
    """The level of each shard, by name: 0 when it needs none, else one above the highest that it needs.

    Shards of one level do not need each other. `shards` are in an order that respects `after`, as `shards_of`
    returns them.
    """
    after = {shard.name: shard.after for shard in shards}
    return levels(after, after.__getitem__)


def levels(ordered: Iterable[str], needs: Callable[[str], Iterable[str]]) -> Mapping[str, int]:
    """The same for names, each of which comes after those that it needs."""
    found: dict[str, int] = {}
    for name in ordered:
        found[name] = max((found[other] + 1 for other in needs(name)), default=0)
    return found
