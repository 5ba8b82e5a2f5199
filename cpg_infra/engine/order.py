"""The order of registrations: every resource after all that it needs, else as the plan has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cpg_infra.plan import PlanError


class DependencyCycleError(PlanError):
    """Resources that wait for each other. `cycle` begins and ends with the same logical name."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        self.cycle = cycle
        super().__init__(f'resources wait for each other: {" → ".join(cycle)}')


def in_dependency_order(names: Iterable[str], needs: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The names, each preceded by what it needs; the given order is kept where the needs allow it.

    Raises `DependencyCycleError` when there is no such order.
    """
    # Depth first with a stack of our own: chains are longer than Python may recurse.
    done: dict[str, None] = {}
    for start in names:
        if start in done:
            continue
        path: dict[str, Iterator[str]] = {start: iter(needs(start))}
        while path:
            name, pending = next(reversed(path.items()))
            for other in pending:
                if other in path:
                    chain = tuple(path)
                    raise DependencyCycleError((*chain[chain.index(other) :], other))
                if other not in done:
                    path[other] = iter(needs(other))
                    break
            else:
                done[name] = None
                del path[name]
    return tuple(done)
