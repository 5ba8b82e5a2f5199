"""Finds the cycles of a graph without recursion and in bounded time."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

MAX_CYCLES = 25
"""Cycles that are reported at most; a graph of a hundred nodes can have more cycles than atoms."""

Graph = Mapping[str, tuple[str, ...]]


def find_cycles(graph: Graph) -> tuple[list[tuple[str, ...]], bool]:
    """Cycles of the graph, each once and starting at its smallest name, and whether there are more.

    Every edge that closes a walk gives the shortest cycle through it, so that a graph without any of the
    cycles found has none at all, as long as there are at most `MAX_CYCLES`.
    """
    found: dict[tuple[str, ...], None] = {}
    for start, end in _closing_edges(graph):
        cycle = _rotated(_shortest_path(graph, end, start))
        if cycle not in found and len(found) == MAX_CYCLES:
            return list(found), True
        found[cycle] = None
    return list(found), False


def _closing_edges(graph: Graph) -> list[tuple[str, str]]:
    """The edges of a depth-first walk that lead back to a node the walk came from."""
    closing: list[tuple[str, str]] = []
    done: set[str] = set()
    for root in sorted(graph):
        if root in done:
            continue
        on_walk = {root: None}
        stack = [(root, iter(graph[root]))]
        while stack:
            node, waiting = stack[-1]
            following = next(waiting, None)
            if following is None:
                stack.pop()
                del on_walk[node]
                done.add(node)
            elif following in on_walk:
                closing.append((node, following))
                if len(closing) > _MAX_EDGES:
                    return closing
            elif following not in done and following in graph:
                on_walk[following] = None
                stack.append((following, iter(graph[following])))
    return closing


_MAX_EDGES = 4 * MAX_CYCLES


def _shortest_path(graph: Graph, start: str, end: str) -> tuple[str, ...]:
    came_from: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came_from:
        node = waiting.popleft()
        for following in graph.get(node, ()):
            if following not in came_from:
                came_from[following] = node
                waiting.append(following)
    path: list[str] = []
    step: str | None = end
    while step is not None:
        path.append(step)
        step = came_from[step]
    return tuple(reversed(path))


def _rotated(cycle: tuple[str, ...]) -> tuple[str, ...]:
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]
