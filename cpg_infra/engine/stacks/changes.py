"""Which stacks have anything new to deploy, between two states of a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cpg_infra.engine.stacks.fingerprint import fingerprint
from cpg_infra.engine.stacks.shards import Shard


@dataclass(frozen=True, slots=True)
class StackChanges:
    """Names of stacks: `added` and `changed` in the order of the later shards, `removed` in the earlier's."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def to_deploy(self) -> frozenset[str]:
        """The stacks that an `up` would find something new for."""
        return frozenset((*self.added, *self.changed))


def stack_changes(earlier: Iterable[Shard], later: Iterable[Shard]) -> StackChanges:
    """What differs, as far as plans tell: facts and look-ups are the same on both sides, and so is the program.

    A stack that reads a fact which only a deployment changes (a Hail identity that is made anew) is not among them;
    a run that has the facts finds it.
    """
    before = {shard.name: fingerprint(shard, {}) for shard in earlier if not shard.is_on_paper}
    after = {shard.name: fingerprint(shard, {}) for shard in later if not shard.is_on_paper}
    return StackChanges(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name, print_ in after.items() if before.get(name, print_) != print_),
        removed=tuple(name for name in before if name not in after),
    )
